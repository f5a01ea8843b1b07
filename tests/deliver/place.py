# SPDX-License-Identifier: BSD-2-Clause
"""The place of the tests: hosts, certificates, files; and how one asks.

Everything is below one directory, or mounted where only we see it.
"""

import atexit
import base64
import ctypes
import os
import shutil
import socket
import subprocess
import tempfile
import time

PROGRAM = None   # run.py says them
CONFINED = None
FAR = "192.0.2.1"  # a host that is not loopback
NEAR = "127.0.0.1"
TOP = None
LATE = 3  # seconds that a busy machine may need for nothing

EMAIL, SMS = 8, 16  # enum policy_method
MAIL, HTTP, LOOKUP = 1, 2, 3  # enum delivery_kind

# These must be nowhere but where they are meant for.
CODE = "71823645"
PASSWORD = "s3cret-of-the-mail-server"
TEXT = "Your code is %s.\nIt is good for 10 minutes.\n" % CODE

# A name that must not be looked up, and two that are.
HOSTS = """\
192.0.2.1 localhost
192.0.2.1 mail.test other.test %s
""" % socket.gethostname()

# Secrets that this root could read, were it not for the confinement.
CLOSED = ["/etc/security/pam_otp.key", "/etc/security/pam_otp.secrets",
          "/var/lib/pam_otp/users/alice", "/var/lib/pam_otp/.store"]

LIBC = ctypes.CDLL(None, use_errno=True)
MS_BIND = 4096
MS_REC = 16384
DEVICES = "null", "zero", "full", "random", "urandom", "tty"


def run(*argv, **more):
    done = subprocess.run(argv, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT, **more)
    if done.returncode != 0:
        raise RuntimeError("%s: status %d\n%s" % (
            " ".join(argv), done.returncode, done.stdout))
    return done.stdout


def mount(source, target, kind=None, flags=0, data=None):
    if LIBC.mount(source.encode(), target.encode(), kind and kind.encode(),
                  ctypes.c_ulong(flags), data and data.encode()) != 0:
        number = ctypes.get_errno()
        raise OSError(number, "mount %s: %s" % (target, os.strerror(number)))


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as out:
        out.write(text)
    os.chmod(path, mode)
    return path


def wait_for(what):
    end = time.monotonic() + 20
    while not what():
        assert time.monotonic() < end, "what was waited for did not happen"
        time.sleep(0.02)


def landlock():
    """Does the kernel have it?"""
    return LIBC.syscall(444, None, 0, 1) > 0


def runs(pid):
    """Not one who is dead, and only waits for who asks how it died."""
    try:
        return bool(open("/proc/%s/cmdline" % pid).read())
    except OSError:
        return False


def build():
    global TOP
    # Programs of exec: may write in /tmp alone, and some say what they saw.
    TOP = tempfile.mkdtemp(prefix="pam_otp-deliver.", dir="/tmp")
    atexit.register(shutil.rmtree, TOP, ignore_errors=True)
    os.chmod(TOP, 0o755)
    run("ip", "link", "set", "lo", "up")
    run("ip", "address", "add", FAR + "/32", "dev", "lo")
    for path, text in (("/etc/hosts", HOSTS),
                       ("/etc/nsswitch.conf", "hosts: files dns\n"),
                       ("/etc/resolv.conf", "nameserver %s\n"
                        "options timeout:1 attempts:1\n" % FAR)):
        if os.path.exists(path):
            mount(write(TOP + path, text), path, flags=MS_BIND)
    devices()
    for directory in ("/etc/security", "/var/lib"):
        mount("tmpfs", directory, "tmpfs", data="mode=755")
    for path in CLOSED:
        write(path, "closed\n")
    certificates()


def devices():
    """A /dev of our own, for a log that only we write and read."""
    for name in DEVICES:
        mount("/dev/" + name, write("%s/dev/%s" % (TOP, name), ""),
              flags=MS_BIND)
    mount(TOP + "/dev", "/dev", flags=MS_BIND | MS_REC)


# --- certificates ---

CA_CONF = """\
[ca]
default_ca = it
[it]
database = {top}/index
new_certs_dir = {top}
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
copy_extensions = copy
[any]
commonName = supplied
"""


def path(name):
    return "%s/%s" % (TOP, name)


def certificates():
    """Two authorities, and what they sign: NAME.pem, and NAME.key."""
    write(path("index"), "")
    write(path("ca.conf"), CA_CONF.format(top=TOP))
    for authority in ("ca", "rogue"):
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
            "/CN=" + authority, "-addext", "basicConstraints=critical,CA:TRUE",
            "-addext", "keyUsage=keyCertSign",
            "-keyout", path(authority + ".key"), "-out",
            path(authority + ".pem"))
    now = time.time()
    for name, authority, host, until in (
            ("good", "ca", "mail.test", now + 86400),
            ("client", "ca", "client.test", now + 86400),
            ("expired", "ca", "mail.test", now - 3600),
            ("unknown", "rogue", "mail.test", now + 86400)):
        sign(name, authority, host, until)


def sign(name, authority, host, until):
    run("openssl", "req", "-new", "-newkey", "ec", "-pkeyopt",
        "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=" + host,
        "-addext", "subjectAltName=DNS:" + host,
        "-keyout", path(name + ".key"), "-out", path(name + ".csr"))
    stamp = "%Y%m%d%H%M%SZ"
    run("openssl", "ca", "-batch", "-notext", "-config", path("ca.conf"),
        "-cert", path(authority + ".pem"),
        "-keyfile", path(authority + ".key"), "-in", path(name + ".csr"),
        "-startdate", time.strftime(stamp, time.gmtime(until - 172800)),
        "-enddate", time.strftime(stamp, time.gmtime(until)),
        "-out", path(name + ".pem"))


# --- asking ---

def request(**fields):
    """A request as fields.h has it; "from_" is "from"."""
    lines = []
    for key, value in fields.items():
        if key == "text":
            value = base64.b64encode(value.encode()).decode()
        lines.append("%s=%s\n" % (key.rstrip("_"), value))
    return "".join(lines).encode()


class Answer:
    def __init__(self, line, status, seconds):
        self.line, self.status, self.seconds = line, status, seconds

    @property
    def text(self):
        return self.line.decode("ascii").rstrip("\n")


def start(under=(), env=None, **more):
    return subprocess.Popen(list(under) + [PROGRAM], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, env=env or {},
                            stderr=subprocess.DEVNULL, **more)


def ask(raw=None, under=(), env=None, **fields):
    """Have it done, and see that the answer is one of delivery.h."""
    fields.setdefault("seconds", 5)
    began = time.monotonic()
    child = start(under, env)
    line, _ = child.communicate(request(**fields) if raw is None else raw,
                                timeout=90)
    answer = Answer(line, child.returncode, time.monotonic() - began)
    if line:
        assert line.endswith(b"\n") and line.count(b"\n") == 1, line
        assert line.split()[0] in (b"ok", b"failed"), line
        assert all(0x20 <= byte <= 0x7e for byte in line[:-1]), line
        assert len(line) < 2048
        for secret in (CODE, PASSWORD):
            assert secret.encode() not in line, line
    return answer


def mail(server, **more):
    """Ask for a mail."""
    fields = {"kind": MAIL, "server": server, "to": "alice@example.org",
              "from_": "otp@example.net", "subject": "Your code",
              "text": TEXT, "ca_file": path("ca.pem"), "helo": "host.test"}
    fields.update(more)
    return ask(**{key: value for key, value in fields.items()
                  if value is not None})


def trust(name):
    """Let the host trust this authority, in both of its ways."""
    directory = "/etc/ssl/certs"
    mount("tmpfs", directory, "tmpfs", data="mode=755")
    text = open(path(name + ".pem")).read()
    number = run("openssl", "x509", "-noout", "-hash", "-in",
                 path(name + ".pem")).strip()
    write(directory + "/ca-certificates.crt", text)
    write("%s/%s.0" % (directory, number), text)
