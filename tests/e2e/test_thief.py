# SPDX-License-Identifier: BSD-2-Clause
"""What a user's own processes get to see of the user's second factor.

Of one that is set up: whoever sits at the terminal while it is being set up
sees the secret, and is meant to.  For the same reason the terminal's own
memory is not looked into: what it has shown is the terminal's.
"""

import base64
import ctypes
import os
import re
import resource
import signal
import socket
import stat
import time

import person
import world
from asking import SOCKET, asked, request
from processes import as_user, read_memory
from world import STORE, wait_for

PTRACE_ATTACH, PTRACE_DETACH, PTRACE_SEIZE = 16, 17, 0x4206
PIDFD_OPEN, PIDFD_GETFD = 434, 438
LIBC = ctypes.CDLL(None, use_errno=True)
# What may be had of a process, in its directory of /proc.
OF_PROCESS = ("environ", "cmdline", "maps", "smaps", "auxv", "stack",
              "syscall", "mem", "fd", "fdinfo", "map_files", "cwd", "root",
              "exe", "io", "personality", "pagemap", "wchan", "status")
# Of any process everybody may see these: they hold no memory of it.
OPEN_TO_ALL = {"cmdline", "status", "wchan"}
VERBS = ("challenge", "answer", "send", "status", "enrol", "confirm",
         "address", "confirm_address", "recovery", "rename", "remove",
         "unlock", "disable", "reset", "ticket", "adopt", "lock", "init",
         "test", "list", "dump")


def look_in_proc(pid):
    """What can be read below /proc of one process: a dict of bytes."""
    found = {}
    for name in OF_PROCESS:
        path = "/proc/%d/%s" % (pid, name)
        try:
            if name == "mem":
                found[name] = read_memory(pid)
            elif name in ("cwd", "root", "exe"):
                found[name] = os.readlink(path).encode()
            elif os.path.isdir(path):
                found[name] = " ".join(os.listdir(path)).encode()
                for each in os.listdir(path):
                    with open(path + "/" + each, "rb") as file:
                        os.set_blocking(file.fileno(), False)
                        found[name] += file.read(1 << 20) or b""
            else:
                with open(path, "rb") as file:
                    found[name] = file.read(1 << 20)
        except OSError:
            continue
    return {name: data for name, data in found.items() if data}


def trace(pid):
    """Every way of tracing a process: those that were allowed."""
    allowed = []
    if LIBC.ptrace(PTRACE_SEIZE, pid, 0, 0) == 0:
        allowed.append("seize")
        LIBC.ptrace(PTRACE_DETACH, pid, 0, 0)
    elif LIBC.ptrace(PTRACE_ATTACH, pid, 0, 0) == 0:
        allowed.append("attach")
        os.waitpid(pid, 0x40000000)
        LIBC.ptrace(PTRACE_DETACH, pid, 0, 0)
    local = (ctypes.c_char * 16)()

    class Vector(ctypes.Structure):
        _fields_ = [("at", ctypes.c_void_p), ("len", ctypes.c_size_t)]
    here = Vector(ctypes.addressof(local), 16)
    for begin in mappings(os.getpid())[:50]:  # as good a guess as any
        there = Vector(begin, 16)
        if LIBC.process_vm_readv(pid, ctypes.byref(here), 1,
                                 ctypes.byref(there), 1, 0) > 0:
            allowed.append("process_vm_readv")
            break
    handle = LIBC.syscall(PIDFD_OPEN, pid, 0)
    for number in range(8):
        if handle >= 0 and LIBC.syscall(PIDFD_GETFD, handle, number, 0) >= 0:
            allowed.append("pidfd_getfd")
            break
    try:
        resource.prlimit(pid, resource.RLIMIT_CORE, (resource.RLIM_INFINITY,
                                                     resource.RLIM_INFINITY))
        allowed.append("prlimit")
    except (PermissionError, ProcessLookupError):
        pass
    return allowed


def mappings(pid):
    with open("/proc/%d/maps" % pid) as maps:
        return [int(line.split("-")[0], 16) for line in maps]


def opens(paths):
    """What can be had of these paths."""
    found = {}
    for path in paths:
        for flags in (os.O_RDONLY, os.O_WRONLY, os.O_RDWR | os.O_CREAT):
            try:
                os.close(os.open(path, flags | os.O_CLOEXEC))
                found.setdefault(path, []).append("open %d" % flags)
            except OSError:
                pass
        for name, how in (("ls", os.listdir), ("unlink", os.unlink),
                          ("rename", lambda p: os.rename(p, p + ".x")),
                          ("link", lambda p: os.link(p, "mine")),
                          ("chmod", lambda p: os.chmod(p, 0o777))):
            try:
                how(path)
                found.setdefault(path, []).append(name)
            except OSError:
                pass
    return found


def stats(paths):
    found = {}
    for path in paths:
        try:
            at = os.stat(path)
            found[path] = stat.S_IMODE(at.st_mode), at.st_uid
        except OSError:
            pass
    return found


def own_processes():
    """Processes that this user may look at."""
    found = []
    for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):
        try:
            if os.stat("/proc/%d" % pid).st_uid == os.getuid() and \
                    pid != os.getpid():
                found.append(pid)
        except OSError:
            pass
    return found


def yama():
    """Does this kernel forbid to trace one's own processes?"""
    try:
        with open("/proc/sys/kernel/yama/ptrace_scope") as scope:
            return scope.read() != "0\n"
    except OSError:
        return False


def files(places, since=0):
    """What can be read below these places and is younger; all names."""
    names, found = [], {}
    for place in places:
        for folder, _, within in os.walk(place):
            for name in within:
                path = os.path.join(folder, name)
                names.append(path)
                try:
                    at = os.lstat(path)
                    if stat.S_ISREG(at.st_mode) and at.st_ctime >= since:
                        with open(path, "rb") as file:
                            found[path] = file.read(32 << 20)
                except OSError:
                    pass
    return names, found


def needles(devices, codes):
    """Every form in which a secret or a recovery code might stand there."""
    found = set()
    for device in devices:
        text, bits = device.secret, device.binary()
        groups = re.findall("....", text)
        found |= {text, text.lower(), " ".join(groups), "-".join(groups),
                  bits.hex(), bits.hex().upper(),
                  base64.b64encode(bits).decode().rstrip("=")}
        found |= {bits, bits[::-1], bits[:12], bits[-12:]}
        # Half of it is too much.
        found |= {text[:16], text[-16:]}
    for code in codes:
        for each in code, code.lower():
            found |= {each, each.replace("-", ""), each.replace("-", " ")}
    return {each if isinstance(each, bytes) else each.encode()
            for each in found}


class Thief(person.Case):
    def setUp(self):
        self.me = self.somebody()
        self.since = time.time() - 1
        self.private("/tmp", "/dev/shm", "/run/user")
        self.at = self.terminal(self.me)
        self.at.type("ulimit -c unlimited; umask 0")

    def private(self, *places):
        """Places that hold nothing but what comes to be there now."""
        for place in places:
            os.makedirs(place, exist_ok=True)
            world.mount("tmpfs", place, "tmpfs", "mode=1777")
            self.addCleanup(world.umount, place)

    def process(self):
        """The tool that runs in the terminal."""
        def find():
            for pid in as_user(self.me, own_processes):
                try:
                    with open("/proc/%d/comm" % pid) as comm:
                        if comm.read() == "otp-enroll\n":
                            return pid
                except OSError:
                    pass
            return None
        return wait_for(find)

    def absent(self, found, where, devices, codes):
        """Nothing of the secrets is in any of these bytes."""
        wanted = needles(devices, codes)
        for name, data in found.items():
            for each in wanted:
                if each in data:
                    self.fail("%s: %s holds %r" % (where, name, each))

    def closed(self, pid, what, may=()):
        """Nothing of this process can be had but what all may see."""
        self.assertEqual(list(may), as_user(self.me, trace, pid), what)
        got = as_user(self.me, look_in_proc, pid)
        self.assertLessEqual(set(got), OPEN_TO_ALL, what)
        return got

    def test_places(self):
        """store, key and socket directory can be neither read nor changed"""
        self.at.new()
        record = "%s/users/%s" % (STORE, self.me.name)
        secret = [STORE, STORE + "/.store", STORE + "/users", record,
                  world.KEY]
        everything = secret + ["/run/pam_otp", SOCKET]
        self.assertEqual({"/run/pam_otp": ["open 0", "ls"]}, as_user(
            self.me, opens, everything))
        seen = as_user(self.me, stats, everything)
        # The store ends at its door, and the rest is nobody's to change.
        self.assertEqual({STORE, world.KEY, "/run/pam_otp", SOCKET},
                         set(seen))
        for path in STORE, world.KEY:
            self.assertEqual(0, seen[path][0] & 0o007, path)
        self.assertEqual(0, seen["/run/pam_otp"][0] & 0o022)
        self.assertTrue(self.at.status()["enrolled"])

    def test_processes(self):
        """neither service, nor its children, nor the tool can be looked into

        Before, while and after: the last with the memory of all processes of
        the user that are left.
        """
        device = self.at.set_up("otp-enroll new")
        self.at.wait("Recovery codes for", person.PATIENCE)
        tool = self.process()
        # Limits are its user's to set; it leaves no core for another reason.
        self.closed(tool, "the tool", ["prlimit"])
        codes = self.at.copy_codes()
        self.at.done()
        self.assertFalse(os.path.exists("/proc/%d" % tool))

        with socket.socket(socket.AF_UNIX) as held:
            held.connect(SOCKET)
            child = wait_for(self.world.serving)[0]
            for pid in self.world.service.pid, child:
                got = self.closed(pid, "pam_otpd")
                self.absent(got, "pam_otpd", [device], codes)

        # If nothing could be seen of what can be seen, this would be idle.
        shell = [pid for pid in as_user(self.me, own_processes)
                 if open("/proc/%d/comm" % pid).read() == "sh\n"]
        self.assertTrue(shell)
        for pid in shell:
            got = as_user(self.me, look_in_proc, pid)
            self.assertIn(b"HOME=", got["environ"])
            self.assertGreater(len(got["mem"]), 100000)
            if not yama():
                self.assertIn("seize", as_user(self.me, trace, pid))
        for pid in as_user(self.me, own_processes):
            got = as_user(self.me, look_in_proc, pid)
            for name in "mem", "fd", "map_files":  # of the terminal
                got.pop(name, None)
            self.absent(got, "process %d" % pid, [device], codes)

    def test_core_files(self):
        """killed by any signal that dumps core: there is none"""
        at = self.at
        # A program that does not mind leaves one here.
        at.type("clear; mkdir -m 777 c; cd c; sh -c 'kill -SEGV $$'; ls; "
                "echo READY")
        at.wait("^READY$", person.PATIENCE)
        leaves = os.listdir(self.me.home + "/c")
        if not leaves:
            self.skipTest("this kernel leaves core files elsewhere")
        os.unlink(self.me.home + "/c/" + leaves[0])
        at.type("cd; mkdir -m 777 d; cd d")
        codes = []
        for number in signal.SIGSEGV, signal.SIGQUIT:
            # First with a secret that waits, then with one in force.
            waiting = self.begin_new(codes[:1])
            self.kill(number)
            device = self.begin_new(codes[1:2])
            at.type(device.code())
            at.wait("Recovery codes for", person.PATIENCE)
            codes = re.findall(person.RECOVERY, at.text())
            world.SHOWN.update(codes)
            self.kill(number)
            self.assertEqual([], os.listdir(self.me.home + "/d"))
            self.absent(*self.left(), [device, waiting], codes)
        at.type("reset; cd")

    def begin_new(self, answers):
        """Up to the QR code."""
        at = self.at
        at.type("reset; clear; otp-enroll new; echo ENDED")
        for answer in answers:
            at.answer(r"Go on\? \[y/N\]$", "y")
            at.answer(person.CURRENT, answer)
        return at.scan()

    def kill(self, number):
        """As the user, who may signal what is theirs."""
        pid = self.process()
        as_user(self.me, os.kill, pid, number)
        wait_for(lambda: not os.path.exists("/proc/%d" % pid))

    def left(self):
        """All files that the user can read where they might be."""
        _, found = as_user(self.me, files, [
            self.me.home, "/tmp", "/run", "/dev/shm", "/var/tmp"], self.since)
        return found, "a file"

    def test_leftovers(self):
        """no trace in scroll-back, files, environment and command lines"""
        at = self.at
        before = set(as_user(self.me, files, ["/run", "/tmp", "/dev/shm",
                                              self.me.home])[0])
        phone, codes = at.new()
        tablet = at.set_up("otp-enroll add --label tablet",
                           (person.CURRENT, codes[1]))
        at.done()
        fresh = at.set_up("otp-enroll rotate tablet",
                          (person.CURRENT, codes[2]))
        at.done()
        at.begin("otp-enroll recovery")
        at.answer(person.CURRENT, codes[3])
        more = at.copy_codes()
        at.done()
        at.do("otp-enroll status")
        devices = [phone, tablet, fresh]
        seen = {"the scroll-back": at.tmux("capture-pane", "-p", "-S", "-",
                                           "-J").encode(),
                "the screen": at.text().encode(),
                "colours": at.tmux("capture-pane", "-p", "-e").encode(),
                "the buffers": at.tmux("list-buffers").encode()}
        self.absent(seen, "tmux", devices, codes + more)
        self.assertNotIn("\u2588", at.history())
        self.absent(*self.left(), devices, codes + more)
        after = set(as_user(self.me, files, ["/run", "/tmp", "/dev/shm",
                                             self.me.home])[0])
        self.assertEqual([], [path for path in after - before
                              if "/ssh/" not in path])
        self.assertTrue(at.status()["enrolled"])

    def test_asking(self):
        """the socket does not tell it, whatever is asked"""
        phone, codes = self.at.new()
        other = self.world.fresh()
        got = {}
        rows = [{}, {"label": "phone"}, {"user": self.me.name},
                {"user": other.name}, {"user": "root"}, {"unchecked": 1},
                {"recovery": 1}, {"recovery": 1, "unchecked": 1},
                {"mode": 2, "label": "phone", "kind": 1, "hash": 1,
                 "digits": 6, "period": 30},
                {"mode": 1, "label": "x", "kind": 1, "hash": 1, "digits": 6,
                 "period": 30, "answer": "123"}]
        for verb in VERBS:
            for more in rows if verb != "lock" else rows[:1]:
                reply = asked(self.me, request(verb, **more))
                self.assertIsNotNone(reply, (verb, more))
                for key in ("secret", "codes", "code.0.text", "ticket"):
                    self.assertNotIn(key, reply, (verb, more))
                got["%s %s" % (verb, more)] = repr(reply).encode()
        self.absent(got, "the socket", [phone], codes)
        found = self.world.status(self.me)
        self.assertEqual((True, 10, 1), (
            found["enrolled"], found["recovery_left"],
            len(found["devices"])))
        # A lock is all that needs no code, and a recovery code undoes it.
        self.assertTrue(found["locked"])
        self.at.do("otp-enroll unlock", ("A recovery code:$", codes[0]))
        self.at.ssh(phone.code)
