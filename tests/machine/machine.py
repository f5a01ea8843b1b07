# SPDX-License-Identifier: BSD-2-Clause
"""Whole Debian machines: made by debootstrap once, copied, and booted with
systemd-nspawn.  They have no network, and leave nothing on the host but the
base they were copied from, in a cache.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time

import pexpect

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "e2e"))
from world import PASSWORD, run, talk, wait_for  # noqa: E402

RELEASE = "bookworm"
MIRROR = os.environ.get("PAM_OTP_MIRROR", "http://deb.debian.org/debian")
CACHE = os.environ.get("PAM_OTP_CACHE", "/var/cache/pam_otp-tests")
DAYS = 7  # until a base is made anew

# What the packages depend on, and those who ask for a code.
PACKAGES = """systemd systemd-sysv dbus libnss-systemd libpam-systemd
libpam-runtime libcurl4 libqrencode4 libssl3 debconf apt login passwd util-linux procps
sudo openssh-server openssh-client""".split()

ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "TERM": "dumb",
               "HOME": "/root", "LC_ALL": "C.UTF-8",
               "DEBIAN_FRONTEND": "noninteractive"}


class Unavailable(Exception):
    """No machine can be made here; says why."""


def remove(path):
    run(["rm", "-rf", "--one-file-system", path])


def is_fresh(base):
    return os.path.isdir(base) and \
        time.time() - os.stat(base).st_mtime < DAYS * 86400


def base():
    """The directory of a Debian that nobody has booted.

    It gets its name when it is whole; what was interrupted has another, and
    is thrown away.  If no new one can be made, an old one has to do.
    """
    os.makedirs(CACHE, 0o755, exist_ok=True)
    name = hashlib.sha256(" ".join([RELEASE, *PACKAGES]).encode())
    wanted = "%s/%s-%s" % (CACHE, RELEASE, name.hexdigest()[:12])
    with open(CACHE + "/lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_fresh(wanted):
            return wanted
        making = CACHE + "/making"
        remove(making)
        print("        making a Debian %s in %s ..." % (RELEASE, CACHE),
              flush=True)
        # What it mounts goes with it.  It holds the lock as well: should we
        # be killed, nobody takes away what it still writes to.
        done = run(["unshare", "--mount", "--pid", "--fork", "--kill-child",
                    "--mount-proc", "debootstrap", "--variant=minbase",
                    "--include=" + ",".join(PACKAGES), RELEASE, making,
                    MIRROR], check=False, pass_fds=[lock.fileno()])
        if done.returncode != 0:
            remove(making)
            if os.path.isdir(wanted):
                print("        debootstrap failed; taking an old one")
                return wanted
            raise Unavailable("debootstrap failed: " + " / ".join(
                done.stdout.strip().splitlines()[-2:]))
        remove(making + "/var/cache/apt/archives")
        os.makedirs(making + "/var/cache/apt/archives/partial")
        for old in os.listdir(CACHE):
            if old.startswith(RELEASE + "-"):
                remove(CACHE + "/" + old)
        os.utime(making)
        os.rename(making, wanted)
        return wanted


class Machine:
    """A copy of a directory, booted or not."""

    live = []

    def __init__(self, source, work, name):
        self.root, self.name = "%s/%s" % (work, name), name
        self.console = self.leader = None
        self.live.append(self)
        run(["cp", "-a", "--reflink=auto", source, self.root])
        # It need not outlive a loss of power.
        self.write("/etc/dpkg/dpkg.cfg.d/unsafe-io", "force-unsafe-io\n")

    def path(self, path):
        """Where the host sees a path of the machine."""
        return self.root + path

    def read(self, path):
        with open(self.path(path)) as file:
            return file.read()

    def write(self, path, text):
        with open(self.path(path), "w") as file:
            file.write(text)

    def exists(self, path):
        return os.path.lexists(self.path(path))

    def nspawn(self):
        # No registration: the host may have no machined, nor a systemd.
        return ["systemd-nspawn", "-q", "-D", self.root, "--register=no",
                "--keep-unit", "--private-network", "--resolv-conf=off",
                "--timezone=off", "--hostname=" + self.name,
                "--machine=%s-%d" % (self.name, os.getpid())]

    def unbooted(self, *argv):
        """Run it as in the making of an image: no systemd is running."""
        return run(self.nspawn() + ["--pipe"] + [
            "--setenv=%s=%s" % pair for pair in ENVIRONMENT.items()
        ] + list(argv))

    def boot(self):
        # It ends with us, however we end.
        self.console = pexpect.spawn(
            "setpriv", ["--pdeathsig", "KILL"] + self.nspawn() + ["-b"],
            timeout=60, encoding="utf-8", codec_errors="replace")
        if self.console.expect(["login: ", pexpect.EOF,
                                pexpect.TIMEOUT]) != 0:
            raise Unavailable("the machine does not boot: " +
                              " / ".join((self.console.before or "").strip()
                                         .splitlines()[-3:]))
        pid = self.console.pid
        with open("/proc/%d/task/%d/children" % (pid, pid)) as children:
            self.leader = children.read().split()[0]
        wait_for(lambda: self.sh("systemctl is-system-running",
                                 check=False).stdout.strip() in
                 ("running", "degraded"), 60, "the boot does not end")

    def inside(self, *argv):
        return ["nsenter", "-t", self.leader, "-a", "--", *argv]

    def sh(self, command, check=True, **environment):
        """Run it as root, without a terminal."""
        return run(self.inside("sh", "-c", command), check,
                   env=dict(ENVIRONMENT, **environment))

    def talk(self, command, *answers, timeout=30, **environment):
        """Run it as root, on a terminal of the machine's own."""
        return talk(self.inside("script", "-qec", command, "/dev/null"),
                    answers, timeout=timeout,
                    env=dict(ENVIRONMENT, **environment))

    def stop(self):
        if self.console is None:
            return
        if self.leader:
            self.sh("systemctl poweroff", check=False)
            self.console.expect([pexpect.EOF, pexpect.TIMEOUT])
        self.console.close(force=True)
        self.console = self.leader = None

    def end(self):
        if self in self.live:
            self.live.remove(self)
            self.stop()
            remove(self.root)


def why_not():
    """Why no machine can be made here; "" if one can."""
    if os.getuid() != 0:
        return "needs root"
    for program in "debootstrap", "systemd-nspawn", "nsenter", "oathtool":
        if not shutil.which(program):
            return program + " is not installed"
    try:
        # Where even a namespace is refused, as in most containers.
        subprocess.run(["unshare", "--mount", "--pid", "--fork", "true"],
                       check=True, capture_output=True)
    except subprocess.CalledProcessError as error:
        return "no namespaces: " + error.stderr.decode().strip()
    return ""
