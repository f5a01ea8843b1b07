# SPDX-License-Identifier: BSD-2-Clause
"""A world of its own, in which people log in for the tests.

enter() starts the program again in private mount, PID, network, UTS and IPC
namespaces.  build() then puts a private /etc, /dev, /run, /var/log and PAM
directory in the place of the host's, with users, PAM files, an sshd and a
syslog reader of its own.  Nothing of the host is written to; when the first
process ends, the kernel takes the whole world away.
"""

import ctypes
import fcntl
import json
import os
import pwd
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

import pexpect

PASSWORD = "correct horse 7"
DIGITS = "314159"  # a password that looks like a code, of user "digits"
PROMPT = "One-time code"  # as the world's configuration has it
TOP = "/run/world"
CONF = "/etc/security/pam_otp.conf"
STORE = TOP + "/store"
KEY = "/etc/security/pam_otp.key"
SERVICE_UID = 998  # of _pam_otp
SENDER_UID = 996   # of _pam_otp_send
PATH = TOP + "/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
THE = None     # the one World
SHOWN = set()  # every secret and code that there ever was
ENTERED = "PAM_OTP_WORLD"


def enter():
    """Go on in namespaces of our own; returns only there."""
    if os.environ.get(ENTERED) == str(os.getpid()):
        return
    if os.getuid() != 0:
        sys.exit("this needs root: it makes namespaces; use sudo")
    os.environ[ENTERED] = "1"
    os.environ["PATH"] = PATH
    os.execvp("unshare", ["unshare", "--mount", "--pid", "--net", "--uts",
                          "--ipc", "--fork", "--kill-child", "--mount-proc",
                          "--propagation", "private",
                          sys.executable, "-B"] + sys.argv)


def write(path, text, mode=0o644, owner=None):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as out:
        out.write(text)
    os.chmod(path, mode)
    if owner:
        user = pwd.getpwnam(owner)
        os.chown(path, user.pw_uid, user.pw_gid)


def run(argv, check=True, **more):
    if "input" not in more:
        more.setdefault("stdin", subprocess.DEVNULL)
    done = subprocess.run(argv, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, **more)
    if check and done.returncode != 0:
        raise RuntimeError("%s: status %d\n%s" % (" ".join(argv),
                                                  done.returncode, done.stdout))
    return done


def wait_for(what, seconds=10, message="what was waited for did not happen"):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        got = what()
        if got:
            return got
        time.sleep(0.02)
    raise AssertionError(message)


class Syslog(threading.Thread):
    """Reads /dev/log and keeps every line, for as long as the world lasts."""

    OURS = b"caught up"  # a line that we send ourselves

    def __init__(self, path):
        super().__init__(daemon=True)
        self.path, self.lines = path, []
        self.caught_up = threading.Semaphore(0)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.socket.bind(path)
        os.chmod(path, 0o666)
        self.start()

    def run(self):
        while True:
            data = self.socket.recv(65536)
            if data == self.OURS:
                self.caught_up.release()
            else:
                self.lines.append(data.decode("utf-8", "backslashreplace"))

    def catch_up(self):
        """Until what was sent before this is among the lines."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
            sock.sendto(self.OURS, self.path)
        if not self.caught_up.acquire(timeout=30):
            raise AssertionError("nobody reads the log")

    def mark(self):
        self.catch_up()
        return len(self.lines)

    def since(self, mark, word="pam_otp"):
        self.catch_up()
        return [line for line in self.lines[mark:] if word in line]


class User:
    """A user of the world; .secret and .recovery once enrolled."""

    def __init__(self, name, uid):
        self.name, self.uid = name, uid
        self.secret, self.recovery = None, []

    def demote(self):
        """For preexec_fn: become this user."""
        os.initgroups(self.name, self.uid)
        os.setresgid(self.uid, self.uid, self.uid)
        os.setresuid(self.uid, self.uid, self.uid)
        os.chdir(self.home)

    @property
    def home(self):
        return TOP + "/home/" + self.name

    def env(self):
        return {"PATH": PATH, "HOME": self.home, "USER": self.name,
                "LOGNAME": self.name, "TERM": "dumb", "LC_ALL": "C.UTF-8"}


class Talk:
    """What came of a conversation with a program on a terminal."""

    def __init__(self, text, status, asked):
        self.text, self.status, self.asked = text, status, asked

    def __str__(self):
        return "status %s, %d answers, saw:\n%s" % (
            self.status, self.asked, self.text)


def talk(argv, answers, user=None, timeout=30, env=None, before=None):
    """Run a program on a terminal and give the answers as it asks for them.

    "answers" are pairs of a pattern to wait for and what to type; what to
    type may be a function of what was seen.  It ends when the program does.
    """
    def prepare():
        if before:
            before()
        if user:
            user.demote()

    child = pexpect.spawn(
        argv[0], argv[1:], encoding="utf-8", codec_errors="replace",
        timeout=timeout, dimensions=(50, 200), preexec_fn=prepare,
        env=env or (user.env() if user else
                    {"PATH": PATH, "TERM": "dumb", "HOME": TOP,
                     "LC_ALL": "C.UTF-8"}))
    child.delaybeforesend = None
    seen, asked = "", 0
    for pattern, reply in answers:
        which = child.expect([pattern, pexpect.EOF, pexpect.TIMEOUT])
        seen += child.before + (child.after if which == 0 else "")
        if which == 2:
            child.close(force=True)
            raise AssertionError("waited for %r in vain, saw:\n%s"
                                 % (pattern, seen))
        if which == 1:
            break
        asked += 1
        # The prompt is there before the echo is off: tcsetattr would flush.
        time.sleep(0.03)
        child.sendline(reply(seen) if callable(reply) else reply)
    else:
        which = child.expect([pexpect.EOF, pexpect.TIMEOUT])
        seen += child.before if isinstance(child.before, str) else ""
        if which == 1:
            child.close(force=True)
            raise AssertionError("did not end, saw:\n" + seen)
    child.close()
    status = child.exitstatus if child.signalstatus is None \
        else -child.signalstatus
    return Talk(seen.replace("\r\n", "\n"), status, asked)


# Codes come from oathtool, an implementation that is not ours.
def code(user, steps=0, at=None):
    """The code of this user's device, so many steps from now."""
    when = int(time.time() if at is None else at) + 30 * steps
    text = run(["oathtool", "--totp", "-b", "-N", "@%d" % when,
                user.secret]).stdout.strip()
    SHOWN.add(text)
    return text


def wrong(user, n=1):
    """Codes that are right at no time near now."""
    now = int(time.time())
    near = set(run(["oathtool", "--totp", "-b", "-w", "200", "-N",
                    "@%d" % (now - 3000), user.secret]).stdout.split())
    found = []
    guess = 424242
    while len(found) < n:
        guess = (guess + 1) % 1000000
        if "%06d" % guess not in near:
            found.append("%06d" % guess)
    SHOWN.update(found)
    return found if n > 1 else found[0]


CONFIGURATION = """\
# Made for the tests.
[default]
prompt = %s:
wait-first = 10
[store]
path = %s
key = %s
[strict]
unenrolled = deny
""" % (PROMPT, STORE, KEY)

PASSWORD_STACK = """\
auth [success=1 default=ignore] pam_unix.so nullok nodelay
auth requisite pam_deny.so
auth required pam_permit.so
"""
ACCOUNT = """\
account required pam_unix.so
session required pam_unix.so
password required pam_deny.so
"""
OURS = "auth required pam_otp.so\n"

SERVICES = {
    "other": "auth required pam_deny.so\naccount required pam_deny.so\n"
             "session required pam_deny.so\npassword required pam_deny.so\n",
    "sshd": PASSWORD_STACK + OURS + ACCOUNT,
    "sudo": PASSWORD_STACK + OURS + ACCOUNT,
    "su": "auth sufficient pam_rootok.so\n" + PASSWORD_STACK + OURS + ACCOUNT,
    "su-l": "auth sufficient pam_rootok.so\n" + PASSWORD_STACK + OURS
            + ACCOUNT,
    "login": PASSWORD_STACK + OURS + ACCOUNT,
    "vlock": PASSWORD_STACK + OURS + ACCOUNT,
    "xsecurelock": PASSWORD_STACK + OURS + ACCOUNT,
    "peer": PASSWORD_STACK + OURS + ACCOUNT,  # pamtester
    "sshd-key": "auth required pam_otp.so scenario=strict\n" + ACCOUNT,
    "sshd-bare": OURS + ACCOUNT,
    "alone": OURS + ACCOUNT,                  # races: no password
    "alone-strict": "auth required pam_otp.so scenario=strict\n" + ACCOUNT,
}

SSHD = """\
Port %(port)d
ListenAddress 127.0.0.1
HostKey %(top)s/ssh/host_key
PidFile none
UsePAM yes
PasswordAuthentication no
KbdInteractiveAuthentication yes
PermitRootLogin no
StrictModes yes
AuthorizedKeysFile .ssh/authorized_keys
PrintMotd no
PrintLastLog no
UseDNS no
MaxStartups 100
LoginGraceTime 120
MaxAuthTries 20
"""

SSH = ["ssh", "-F", "none", "-tt", "-o", "StrictHostKeyChecking=no",
       "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
       "-o", "NumberOfPasswordPrompts=1", "-o", "IdentitiesOnly=yes"]


class World:
    """The one world; World.build() makes it."""

    def __init__(self, build, helpers=(), people=400):
        self.module = build + "/pam_otp/pam_otp.so"
        self.tool = build + "/enroll/otp-enroll"
        self.daemon = build + "/enroll/pam_otpd"
        self.sender = build + "/deliver/pam_otp-send"
        self.service = None
        self.helpers, self.people = helpers, people
        self.users, self.daemons = {}, []
        self.used = 0  # users that fresh() has given away
        self.disk = None

    # --- making it ---

    def build(self):
        # /run first: the rest is prepared there, then moved to its place.
        mount("tmpfs", "/run", "tmpfs", "mode=755")
        for name in ("", "/bin", "/home", "/ssh", "/tmp"):
            os.makedirs(TOP + name, exist_ok=True)
        os.chmod(TOP + "/tmp", 0o1777)
        os.makedirs("/run/sshd", 0o755)
        os.makedirs("/run/lock", 0o755)
        socket.sethostname("world")
        loopback_up()
        self.make_disk()
        self.make_etc()
        self.make_security()
        self.make_dev()
        for path in ("/var/log", "/var/lib/sudo", "/var/mail",
                     "/var/lib/pam_otp"):
            if os.path.isdir(path):
                mount("tmpfs", path, "tmpfs", "mode=755")
        for name in ("wtmp", "btmp", "lastlog"):
            write("/var/log/" + name, "")
        write("/run/utmp", "")
        shutil.copy(self.tool, TOP + "/bin/otp-enroll")
        shutil.copy(self.daemon, TOP + "/bin/pam_otpd")
        for helper in self.helpers:
            shutil.copy(helper, TOP + "/bin/")
        self.log = Syslog("/dev/log")
        self.otp("init")
        return self

    def make_disk(self):
        """The store is on a real disk: races and syncs are to be real."""
        self.disk = tempfile.mkdtemp(prefix="pam_otp-e2e.", dir="/var/tmp")
        os.mkdir(STORE)
        os.mkdir(self.disk + "/store", 0o700)
        os.chown(self.disk + "/store", SERVICE_UID, SERVICE_UID)
        mount(self.disk + "/store", STORE, None, None, MS_BIND)
        # The host sees this directory: it must not outlive us.
        mount(self.disk, "/run/world/tmp", None, None, MS_BIND)
        os.chmod(self.disk, 0o1777)

    def make_etc(self):
        etc = TOP + "/etc"
        run(["cp", "-a", "/etc", etc])
        mount(etc, "/etc", None, None, MS_BIND)
        for path in ("pam.d", "security", "ssh", "sudoers.d"):
            shutil.rmtree("/etc/" + path, ignore_errors=True)
            os.makedirs("/etc/" + path)
        for path in ("nologin", "securetty", "environment", "motd",
                     "ld.so.preload", "krb5.conf"):
            if os.path.exists("/etc/" + path):
                os.unlink("/etc/" + path)
        for name in ("limits.conf", "pam_env.conf", "access.conf",
                     "group.conf"):
            write("/etc/security/" + name, "")
        write("/etc/nsswitch.conf", "passwd: files\ngroup: files\n"
              "shadow: files\nhosts: files\nsudoers: files\n")
        write("/etc/hosts", "127.0.0.1 localhost world\n")
        write("/etc/hostname", "world\n")
        write("/etc/sudo.conf", "")
        write("/etc/sudoers", "Defaults !lecture, env_reset, "
              "timestamp_timeout=0, passwd_tries=1\n"
              "root ALL=(ALL) ALL\n%people ALL=(ALL) ALL\n", 0o440)
        write("/etc/login.defs", "MAIL_DIR /var/mail\nLOGIN_TIMEOUT 60\n"
              "ENV_PATH PATH=%s\nENV_SUPATH PATH=%s\n"
              "UMASK 022\nENCRYPT_METHOD SHA512\nLOGIN_RETRIES 1\n"
              "HUSHLOGIN_FILE .hushlogin\nUSERGROUPS_ENAB no\n"
              % (PATH, PATH))
        # sh starts with the user's own files only
        write("/etc/profile", "")
        self.make_users()
        for name, text in SERVICES.items():
            write("/etc/pam.d/" + name, text)
        write(CONF, CONFIGURATION)

    def make_users(self):
        def crypt(password):
            return run(["openssl", "passwd", "-6", "-salt", "world",
                        password]).stdout.strip()
        hashed = crypt(PASSWORD)
        names = ["alice", "bob", "digits"] + ["u%03d" % i for i in range(self.people)]
        # Servers keep the names they run under.
        keep = [line for line in open("/etc/passwd")
                if line.split(":")[0] in ("root", "daemon", "sshd", "nobody",
                                          "postfix", "postgres")]
        shadow = ["%s:*:19000:0:99999:7:::\n" % line.split(":")[0]
                  for line in keep]
        groups = ["root:x:0:\n", "daemon:x:1:\n", "tty:x:5:\n",
                  "shadow:x:42:\n", "utmp:x:43:\n", "nogroup:x:65534:\n",
                  "people:x:2999:%s\n" % ",".join(names)]
        groups += [line for line in open("/etc/group")
                   if line.split(":")[0] in ("postfix", "postdrop",
                                             "postgres")]
        # Who keeps the store and who sends, as the packages make them.
        for name, uid in (("_pam_otp", SERVICE_UID),
                          ("_pam_otp_send", SENDER_UID)):
            keep.append("%s:x:%d:%d::/nonexistent:/usr/sbin/nologin\n"
                        % (name, uid, uid))
            shadow.append("%s:*:19000:0:99999:7:::\n" % name)
            groups.append("%s:x:%d:\n" % (name, uid))
        if not any(line.startswith("sshd:") for line in keep):
            keep.append("sshd:x:997:65534::/run/sshd:/usr/sbin/nologin\n")
        for i, name in enumerate(names):
            uid = 3000 + i
            user = User(name, uid)
            self.users[name] = user
            keep.append("%s:x:%d:%d::%s:/bin/sh\n" % (name, uid, uid,
                                                      user.home))
            shadow.append("%s:%s:19000:0:99999:7:::\n" % (
                name, crypt(DIGITS) if name == "digits" else hashed))
            groups.append("%s:x:%d:\n" % (name, uid))
            os.makedirs(user.home, 0o755)
            os.chown(user.home, uid, uid)
        write("/etc/passwd", "".join(keep))
        write("/etc/group", "".join(groups))
        write("/etc/shadow", "".join(shadow), 0o640)
        os.chown("/etc/shadow", 0, 42)
        for name in ("passwd-", "shadow-", "group-", "gshadow", "gshadow-",
                     "subuid", "subgid"):
            if os.path.exists("/etc/" + name):
                os.unlink("/etc/" + name)

    def make_security(self):
        """The PAM directory, with our module in it."""
        found = [path for path in (
            "/usr/lib/%s/security" % multiarch(), "/usr/lib/security",
            "/usr/lib64/security", "/lib/security")
            if os.path.exists(path + "/pam_unix.so")]
        private = TOP + "/security"
        run(["cp", "-a", found[0], private])
        shutil.copy(self.module, private + "/pam_otp.so")
        os.chown(private + "/pam_otp.so", 0, 0)
        os.chmod(private + "/pam_otp.so", 0o644)
        mount(private, found[0], None, None, MS_BIND)
        self.security = found[0]

    def make_dev(self):
        dev = TOP + "/dev"
        os.mkdir(dev)
        for name in ("null", "zero", "full", "random", "urandom", "tty",
                     "loop-control"):
            if not os.path.exists("/dev/" + name):
                continue
            write(dev + "/" + name, "")
            mount("/dev/" + name, dev + "/" + name, None, None, MS_BIND)
        for name in os.listdir("/dev"):
            if re.fullmatch(r"loop\d+", name):
                write(dev + "/" + name, "")
                mount("/dev/" + name, dev + "/" + name, None, None, MS_BIND)
        for name in ("pts", "shm"):
            os.mkdir(dev + "/" + name)
        mount("devpts", dev + "/pts", "devpts",
              "newinstance,ptmxmode=0666,mode=0620,gid=5")
        mount("tmpfs", dev + "/shm", "tmpfs", "mode=1777")
        os.symlink("pts/ptmx", dev + "/ptmx")
        os.symlink("/proc/self/fd", dev + "/fd")
        for i, name in enumerate(("stdin", "stdout", "stderr")):
            os.symlink("/proc/self/fd/%d" % i, dev + "/" + name)
        mount(dev, "/dev", None, None, MS_BIND | MS_REC)

    def leave(self):
        for daemon in self.daemons:
            daemon.kill()
        if self.disk:
            # What is mounted on it belongs to this namespace alone.
            shutil.rmtree(self.disk, ignore_errors=True)

    # --- sshd ---

    def sshd(self, port, service="sshd", more=""):
        """An sshd on loopback; "more" comes first, so it wins.

        sshd takes the name of its PAM service from its own name.
        """
        program = TOP + "/bin/" + service
        if not os.path.exists(program):
            os.symlink("/usr/sbin/sshd", program)
        if not os.path.exists(TOP + "/ssh/host_key"):
            run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f",
                 TOP + "/ssh/host_key"])
        config = "%s/ssh/sshd_%d.conf" % (TOP, port)
        write(config, more + SSHD % {"port": port, "top": TOP})
        daemon = subprocess.Popen(
            [program, "-D", "-e", "-f", config],
            stdin=subprocess.DEVNULL,
            stdout=open("%s/ssh/sshd_%d.log" % (TOP, port), "w"),
            stderr=subprocess.STDOUT)
        self.daemons.append(daemon)
        wait_for(lambda: can_connect(port), 10, "sshd does not listen")
        return port

    def key_for(self, user):
        """Give the user a key pair that sshd takes; its private half."""
        path = user.home + "/.ssh/id_ed25519"
        if not os.path.exists(path):
            os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)
            run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path])
            shutil.copy(path + ".pub", user.home + "/.ssh/authorized_keys")
            run(["chown", "-R", user.name + ":", user.home + "/.ssh"])
        return path

    def ssh(self, user, answers, port=22, methods="keyboard-interactive",
            key=None, command="echo IN-AS-$(id -un)", options=()):
        name = user.name if isinstance(user, User) else user
        argv = SSH + ["-p", str(port),
                      "-o", "PreferredAuthentications=" + methods]
        argv += ["-i", key] if key else ["-o", "PubkeyAuthentication=no"]
        for option in options:
            argv += ["-o", option]
        return talk(argv + ["%s@127.0.0.1" % name] +
                    ([command] if command else []), answers)

    # --- our service ---

    def serve(self):
        """Start pam_otpd, if it does not run, and wait until it listens."""
        if self.service and self.service.poll() is None:
            return
        self.service = subprocess.Popen(
            [TOP + "/bin/pam_otpd", "--listen", "/run/pam_otp/socket"],
            stdin=subprocess.DEVNULL, start_new_session=True)
        self.daemons.append(self.service)
        wait_for(lambda: listens("/run/pam_otp/socket"), 10,
                 "pam_otpd does not listen")

    def serving(self):
        """The processes of pam_otpd that serve somebody: who is asked to
        send is another user's."""
        pid = self.service.pid
        with open("/proc/%d/task/%d/children" % (pid, pid)) as children:
            found = map(int, children.read().split())
        return [pid for pid in found if owner(pid) == SERVICE_UID]

    def kill_service(self):
        """As if the machine had lost it: the whole group at once."""
        os.killpg(self.service.pid, signal.SIGKILL)
        self.service.wait()

    # --- our tool ---

    def otp(self, *argv, check=True, **more):
        return run(["otp-enroll"] + list(argv), check=check, **more)

    def enrol(self, user, *argv):
        """Enrol anew, with a secret that has no past."""
        got = json.loads(self.otp("new", "--user", user.name, "--json",
                                  "--no-confirm", *argv).stdout)
        user.secret, user.recovery = got["secret"], got["recovery_codes"]
        SHOWN.update([user.secret], user.recovery)
        return user

    def fresh(self, enrolled=True):
        """A user whom no test has had yet."""
        user = self.users["u%03d" % self.used]
        self.used += 1
        return self.enrol(user) if enrolled else user

    def status(self, user):
        return json.loads(self.otp("status", "--user", user.name,
                                   "--json").stdout)

    def reset(self, user):
        self.otp("reset", "--user", user.name, "--yes", check=False)
        user.secret, user.recovery = None, []


class Race:
    """The driver race.c: logins that all answer in the same moment."""

    def __init__(self, service, under=()):
        self.child = subprocess.Popen(
            list(under) + [TOP + "/bin/race", "/etc/pam.d", service,
                           THE.security + "/pam_otp.so"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def round(self, answers, killed_after=None):
        """PAM's result for each pair of user and answer."""
        words = ["%s=%s" % (user.name, answer) for user, answer in answers]
        if killed_after is not None:
            words.append("@%d" % killed_after)
        self.child.stdin.write(" ".join(words) + "\n")
        self.child.stdin.flush()
        results = self.child.stdout.readline().split()
        assert len(results) == len(answers), results
        return results

    def end(self):
        self.child.stdin.close()
        self.child.stdout.close()
        return self.child.wait()


def locked(user):
    """Does somebody hold the lock of this user's record?"""
    fd = os.open("%s/users/%s" % (STORE, user.name), os.O_RDWR | os.O_CLOEXEC)
    try:
        # F_OFD_SETLK, F_WRLCK; it ends with the descriptor.
        fcntl.fcntl(fd, 37, struct.pack("hhqqi4x", 1, 0, 0, 0, 0))
        return False
    except BlockingIOError:
        return True
    finally:
        os.close(fd)


# --- what the library of Python lacks ---

MS_RDONLY, MS_REMOUNT, MS_BIND, MS_REC = 1, 32, 4096, 16384
LIBC = ctypes.CDLL(None, use_errno=True)


def mount(source, target, kind, data, flags=0):
    if LIBC.mount(source.encode(), target.encode(),
                  kind.encode() if kind else None, ctypes.c_ulong(flags),
                  data.encode() if data else None) != 0:
        number = ctypes.get_errno()
        raise OSError(number, "mount %s: %s" % (target, os.strerror(number)))


def umount(target):
    if LIBC.umount2(target.encode(), 2) != 0:
        number = ctypes.get_errno()
        raise OSError(number, "umount %s: %s" % (target, os.strerror(number)))


def loopback_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        ask = struct.pack("16sh", b"lo", 0x41)  # IFF_UP | IFF_RUNNING
        fcntl.ioctl(sock, 0x8914, ask)          # SIOCSIFFLAGS


def can_connect(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def owner(pid):
    """Whose process it is; None: it is gone."""
    try:
        with open("/proc/%d/status" % pid) as status:
            return int(re.search(r"\nUid:\t(\d+)", status.read()).group(1))
    except OSError:
        return None


def listens(path):
    with socket.socket(socket.AF_UNIX) as sock:
        try:
            sock.connect(path)
            return True
        except OSError:
            return False


def multiarch():
    done = run(["gcc", "-print-multiarch"], check=False)
    return done.stdout.strip() or os.uname().machine + "-linux-gnu"
