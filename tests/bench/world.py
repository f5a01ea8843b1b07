# SPDX-License-Identifier: BSD-2-Clause
"""The world that is measured in: programs, users, their state, PAM services.

Everything private (/etc/passwd, /dev/log) is bind-mounted in the mount
namespace that the caller has made; the host sees nothing of it.
"""

import base64
import hmac
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

SECRET = b"12345678901234567890"  # RFC 4226, RFC 6238
STEP = 30
FIRST_UID = 100000  # as in maker.c
SLOT_FILE = 16384


class Impossible(Exception):
    """What is asked for cannot be done here."""


def code(counter):
    """The HOTP code of "counter": written anew here, and not ours."""
    mac = hmac.digest(SECRET, counter.to_bytes(8, "big"), "sha1")
    at = mac[-1] & 15
    number = int.from_bytes(mac[at:at + 4], "big") & 0x7fffffff
    return f"{number % 1000000:06d}"


def now_code():
    return code(int(time.time()) // STEP)


def wrong_code():
    """Right at no time near now, also where a module searches for hours."""
    step = int(time.time()) // STEP
    right = {code(i) for i in range(step - 2000, step + 2000)}
    right |= {code(i) for i in range(5000)}
    return next(f"{i:06d}" for i in range(1000000) if f"{i:06d}" not in right)


def user(i):
    return f"u{i:06d}"


def quietly(*argv, **kwargs):
    subprocess.run(argv, check=True, capture_output=True, text=True, **kwargs)


def build(tree, where, module):
    """The project (if no module is given) and our programs, into "where"."""
    here = os.path.join(tree, "tests", "bench")
    os.makedirs(where, exist_ok=True)
    meson = os.path.join(where, "meson")
    setup = ["meson", "setup", "--buildtype=release", "-Dtests=false"]
    if os.path.exists(os.path.join(meson, "build.ninja")):
        setup.append("--reconfigure")
    quietly(*setup, meson, tree)
    quietly("ninja", "-C", meson, "pam_otp/pam_otp.so", "common/libcommon.a",
            "enroll/otp-enroll", "enroll/pam_otpd", "deliver/pam_otp-send")
    built = {"here": here, "meson": meson, "otp": os.path.abspath(
        module or os.path.join(meson, "pam_otp", "pam_otp.so"))}
    cc = ["cc", "-O2", "-std=gnu11", "-D_GNU_SOURCE", "-I", tree]
    for name, argv in (
            ("client", ["client.c", "-lpam"]),
            ("client-crypto", ["client.c", "host_crypto.c", "-lpam",
                               "-lcrypto"]),
            ("maker", ["maker.c",
                       os.path.join(meson, "common", "libcommon.a"),
                       "-Wl,--wrap=fsync,--wrap=fdatasync,--wrap=pwritev2",
                       "-lcrypto"])):
        built[name] = os.path.join(where, name)
        quietly(*cc, *argv, "-o", built[name], cwd=here)
    return built


def file_system(path):
    kind = subprocess.run(
        ["findmnt", "-n", "-o", "FSTYPE,SOURCE,OPTIONS", "-T", path],
        check=True, capture_output=True, text=True).stdout.split()
    if kind[0] in ("tmpfs", "ramfs", "overlay"):
        raise Impossible(f"{path} is on {kind[0]}, where a durable write "
                         "means nothing: give me a disk with --dir")
    return " ".join(kind)


def read_until_alone(log, parent):
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    log.settimeout(1)
    while os.getppid() == parent:
        try:
            log.recv(65536)
        except TimeoutError:
            pass


def write(path, text, mode=0o600):
    with open(path, "w", encoding="ascii",
              opener=lambda p, f: os.open(p, f, mode)) as out:
        out.write(text)


def ga_file(kind):
    """As google-authenticator makes it, with all that makes it durable."""
    how = '" TOTP_AUTH' if kind == "totp" else '" HOTP_COUNTER 1'
    codes = "".join(f"{10000000 + i * 7919}\n" for i in range(10))
    return (base64.b32encode(SECRET).decode().rstrip("=") +
            '\n" RATE_LIMIT 100 1\n" WINDOW_SIZE 3\n" DISALLOW_REUSE\n' +
            how + "\n" + codes)


def oath_line(i, kind):
    how = "HOTP/T30" if kind == "totp" else "HOTP"
    return f"{how}\t{user(i)}\t-\t{SECRET.hex()}\n"


def oath_file(n, kind):
    """User 0 stands in the middle; everybody else has TOTP."""
    lines = [oath_line(i, "totp") for i in range(1, n)]
    lines.insert(len(lines) // 2, oath_line(0, kind))
    return "".join(lines)


class World:
    """Scales (numbers of users), each with the state of every module."""

    def __init__(self, built, parent, scales):
        self.built, self.scales = built, scales
        os.makedirs(parent, exist_ok=True)
        self.fs = file_system(parent)
        self.base = tempfile.mkdtemp(prefix="data-", dir=parent)
        os.chmod(self.base, 0o755)
        self.reader = None

    def __enter__(self):
        try:
            self.private_etc()
            self.private_log()
            self.slot = os.path.join(self.base, "slot")
            with open(self.slot, "wb") as out:
                out.write(bytes(SLOT_FILE))
            for n in self.scales:
                self.make_scale(n)
            os.sync()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.reader:
            os.kill(self.reader, signal.SIGKILL)
            os.waitpid(self.reader, 0)
        shutil.rmtree(self.base)

    def path(self, n, *names):
        return os.path.join(self.base, str(n), *map(str, names))

    # What every program sees.

    def private_etc(self):
        self.passwd = os.path.join(self.base, "passwd")
        self.everybody = "".join(
            f"{user(i)}:x:{FIRST_UID + i}:100::/:/bin/sh\n"
            for i in range(max(self.scales)))
        write(self.passwd, "", 0o644)
        self.first_in_passwd([0])
        nss = os.path.join(self.base, "nsswitch.conf")
        write(nss, "passwd: files\ngroup: files\n", 0o644)
        quietly("mount", "--bind", self.passwd, "/etc/passwd")
        quietly("mount", "--bind", nss, "/etc/nsswitch.conf")

    def first_in_passwd(self, users):
        """Users that are measured come first: no module pays for a search."""
        with open(self.passwd, "r+", encoding="ascii") as out:
            out.write("root:x:0:0:root:/root:/bin/sh\n")
            for i in users:
                out.write(f"{user(i)}:x:{FIRST_UID + i}:100::/:/bin/sh\n")
            out.write(self.everybody)
            out.truncate()

    def private_log(self):
        """A /dev of our own, with a reader of /dev/log."""
        nodes = ("null", "zero", "full", "random", "urandom")
        held = {name: os.open("/dev/" + name, os.O_PATH) for name in nodes}
        quietly("mount", "-t", "tmpfs", "-o", "mode=0755", "tmpfs", "/dev")
        for name, fd in held.items():
            write("/dev/" + name, "", 0o666)
            quietly("mount", "--bind", f"/proc/self/fd/{fd}", "/dev/" + name,
                    pass_fds=[fd])
            os.close(fd)
        log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        log.bind("/dev/log")
        parent = os.getpid()
        self.reader = os.fork()
        if self.reader == 0:
            try:
                read_until_alone(log, parent)
            finally:
                os._exit(0)
        log.close()

    # What the modules keep of their users.

    def make_scale(self, n):
        os.makedirs(self.path(n, "ga"))
        os.makedirs(self.path(n, "pam"))
        os.makedirs(self.path(n, "as"))
        for kind in ("hotp", "totp"):
            self.make_otp(n, kind)
            write(self.path(n, "as", "ga-" + kind), ga_file(kind))
            write(self.path(n, "as", "oath-" + kind), oath_file(n, kind))
        for i in range(n):
            write(self.path(n, "ga", user(i)), ga_file("totp"))
        self.services(n)

    def make_otp(self, n, kind):
        """User 0 anew, as "kind", kept as it then is; first all the others."""
        store, key = self.path(n, "otp"), self.path(n, "key")
        maker = [self.built["maker"], store, key]
        record = os.path.join(store, "users", user(0))
        if os.path.exists(record):
            os.unlink(record)
        elif n > 1:
            quietly(*maker, "totp", "1", str(n - 1))
        quietly(*maker, kind, "0", "1")
        shutil.copyfile(record, self.path(n, "as", "otp-" + kind))

    def state(self, n, module):
        """The file that this module keeps user 0 in."""
        return {"ga": self.path(n, "ga", user(0)),
                "oath": self.path(n, "users.oath"),
                "otp": self.path(n, "otp", "users", user(0))}[module]

    def services(self, n):
        conf = self.path(n, "pam_otp.conf")
        write(conf, "[default]\ntries = 1\n\n[store]\n"
              f"path = {self.path(n, 'otp')}\nkey = {self.path(n, 'key')}\n")
        ga = ("pam_google_authenticator.so user=root "
              f"secret={self.path(n, 'ga')}/${{USER}}")
        # Without it libpam complains to the log at every login.
        write(self.path(n, "pam", "other"), "# nothing\n")
        for service, line in (
                ("permit", "pam_permit.so"),
                ("ga", ga + " noskewadj"),
                ("ga-skew", ga),
                ("oath", f"pam_oath.so usersfile={self.path(n, 'users.oath')}"
                 " digits=6"),
                ("otp", f"{self.built['otp']} conf={conf}")):
            write(self.path(n, "pam", service), f"auth required {line}\n")
