# SPDX-License-Identifier: BSD-2-Clause
"""su, started by somebody who tries to stop it, kill it, and cut its write.

su runs as root with the real uid of its invoker, who may signal it, stop it
from its terminal, and limit it before it starts.
"""

import ctypes
import os
import random
import resource
import signal
import subprocess
import time
import unittest

import pexpect

import world
from processes import as_user, state
from world import PASSWORD, PROMPT, code, talk, wait_for

LOGINS = 200
SIGNALS = [signal.SIGSTOP, signal.SIGKILL, signal.SIGINT, signal.SIGTSTP,
           signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGALRM]
CAP_SYS_RESOURCE = 24
PR_CAPBSET_DROP = 24


def uids(pid):
    """Real, effective and saved uid of a process."""
    for line in open("/proc/%d/status" % pid):
        if line.startswith("Uid:"):
            return [int(word) for word in line.split()[1:4]]


def send_all(pid, signals):
    """The signals that may be sent."""
    allowed = []
    for number in signals:
        try:
            os.kill(pid, number)
            allowed.append(int(number))
        except PermissionError:
            pass
    return allowed


def limit_of(pid):
    """Try to limit another process; True if that is allowed."""
    try:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (4, 4))
        return True
    except PermissionError:
        return False


def may_lift_limits():
    for line in open("/proc/self/status"):
        if line.startswith("CapBnd:"):
            return bool(int(line.split()[1], 16) >> CAP_SYS_RESOURCE & 1)


class Critical(unittest.TestCase):
    def setUp(self):
        self.world = world.THE
        self.me = self.world.users["alice"]  # who runs su
        self.user = self.world.fresh()       # who is to be

    def su(self, before=None):
        """A su that waits for the code."""
        def prepare():
            if before:
                before()
            self.me.demote()
        child = pexpect.spawn(
            "su", [self.user.name, "-c", "echo IN-AS-$(id -un)"],
            encoding="utf-8", timeout=20, env=self.me.env(),
            preexec_fn=prepare)
        child.delaybeforesend = None
        child.expect("assword: ")
        time.sleep(0.03)
        child.sendline(PASSWORD)
        child.expect(PROMPT)
        time.sleep(0.03)
        return child

    def slow(self, child, seconds):
        """Hold up the write of a su, and only that."""
        trace = subprocess.Popen(
            ["strace", "-q", "-o", "/dev/null", "-p", str(child.pid),
             "-e", "trace=pwritev2",
             "-e", "inject=pwritev2:delay_enter=%d" % (seconds * 1000000)],
            stderr=subprocess.PIPE, text=True)

        def attached():
            if trace.poll() is not None:
                self.skipTest("strace may not attach here: " +
                              trace.stderr.read())
            return "TracerPid:\t0" not in open(
                "/proc/%d/status" % child.pid).read()
        self.addCleanup(trace.stderr.close)
        self.addCleanup(trace.wait)
        wait_for(attached)
        return trace

    def works(self):
        """The next login does, and at once."""
        began = time.monotonic()
        got = talk(["su", self.user.name, "-c", "echo IN-AS-$(id -un)"],
                   [("assword: ", PASSWORD), (PROMPT, code(self.user, 1))],
                   user=self.me)
        self.assertIn("IN-AS-" + self.user.name, got.text, got)
        self.assertLess(time.monotonic() - began, 5)

    def in_section(self, child):
        wait_for(lambda: uids(child.pid) == [0, 0, 0] and
                 world.locked(self.user), 10, "the section was not seen")

    def test_signals(self):
        """in the section no signal of the invoker's may be sent"""
        child = self.su()
        self.slow(child, 2)
        # Before it they may be: else this test would show nothing.
        self.assertEqual(uids(child.pid), [self.me.uid, 0, 0])
        self.assertEqual(as_user(self.me, send_all, child.pid, [0]), [0])
        child.sendline(code(self.user))
        self.in_section(child)
        self.assertEqual(as_user(self.me, send_all, child.pid, SIGNALS), [])
        self.assertEqual(as_user(self.me, limit_of, child.pid), False)
        self.assertTrue(world.locked(self.user), "it was over too soon")
        child.expect("IN-AS-" + self.user.name)
        child.expect(pexpect.EOF)
        child.close()
        self.assertFalse(world.locked(self.user))
        self.works()

    def test_terminal(self):
        """Ctrl-C, Ctrl-Z and Ctrl-\\ wait until the write is done"""
        for key in "\x03", "\x1a", "\x1c":
            self.world.enrol(self.user)
            child = self.su()
            self.slow(child, 1)
            child.sendline(code(self.user))
            self.in_section(child)
            child.send(key)
            time.sleep(0.2)
            self.assertTrue(world.locked(self.user), "it was over too soon")
            self.assertEqual(uids(child.pid), [0, 0, 0])
            wait_for(lambda: not world.locked(self.user))
            # The key has its effect now: it was late, not lost.
            wait_for(lambda: state(child.pid) in "TZ" or
                     not child.isalive(), 5, "the key was lost")
            child.close(force=True)
            self.assertEqual(self.spent(), 1, repr(key))
            self.works()

    def spent(self):
        """Was a code of the device accepted, as the record has it?"""
        return sum(1 for device in self.world.status(self.user)["devices"]
                   if device["used"])

    def attack(self, child, answer, signals, delay, seconds):
        """Type the answer; then signals, as fast as they go, for so long."""
        child.sendline(answer)
        time.sleep(delay)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                os.kill(child.pid, random.choice(signals))
            except PermissionError:
                pass
            except ProcessLookupError:
                break

    def test_storm(self):
        """200 logins under fire: the record is whole, the lock is free"""
        random.seed(6238)
        stopped = 0
        for i in range(LOGINS):
            if i % 10 == 0:
                self.world.enrol(self.user)
            timer = random.uniform(0.05, 0.4)
            child = None
            try:
                child = self.su((lambda: signal.setitimer(
                    signal.ITIMER_REAL, timer)) if i % 4 == 0 else None)
                # Who attacks types, too: to begin a process takes too long.
                # Of all signals one kills sooner or later who was stopped.
                as_user(self.me, self.attack, child,
                        self.user.recovery[i % 10],
                        SIGNALS[:4] if i % 2 else SIGNALS[:1],
                        random.uniform(0, 0.012), random.uniform(0, 0.01))
                time.sleep(0.03)
            except pexpect.EOF:
                pass  # the timer came before the prompt
            if child and state(child.pid) == "T":
                stopped += 1
            # Whoever is stopped does not hold the lock.
            wait_for(lambda: not world.locked(self.user), 2,
                     "somebody who was stopped holds the lock")
            if child:
                child.close(force=True)
            left = self.world.status(self.user)["recovery_left"]
            self.assertIn(left, range(9 - i % 10, 11))
        print("        (%d were stopped for good)" % stopped)
        self.assertGreater(stopped, 0, "the storm did not hit anybody")
        self.works()

    def limited(self, soft, hard, before=None):
        def limit():
            if before:
                before()
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        return limit

    def under_limit(self, size, hard):
        """Logins with a limit, each of which must be as if there were none."""
        for i in range(LOGINS // 10):
            if i % 10 == 0:
                self.world.enrol(self.user)
            got = talk(["su", self.user.name, "-c", "echo IN-AS-$(id -un)"],
                       [("assword: ", PASSWORD),
                        (PROMPT, self.user.recovery[i % 10])],
                       user=self.me, before=self.limited(size, hard))
            self.assertIn("IN-AS-" + self.user.name, got.text, got)
            self.assertEqual(self.world.status(self.user)["recovery_left"],
                             9 - i % 10)

    def test_soft_limit(self):
        """a soft file size limit: the write is whole"""
        for size in (0, 4, 8192):
            self.under_limit(size, resource.RLIM_INFINITY)
        self.works()

    def test_hard_limit(self):
        """a hard one, which root may lift: the same"""
        if not may_lift_limits():
            self.skipTest("root has no CAP_SYS_RESOURCE on this machine")
        for size in (0, 4, 8192):
            self.under_limit(size, size)
        self.works()

    def test_limit_stays(self):
        """a limit that cannot be lifted: not now, and nothing is locked"""
        def drop():
            libc = ctypes.CDLL(None, use_errno=True)
            if may_lift_limits() and libc.prctl(
                    PR_CAPBSET_DROP, CAP_SYS_RESOURCE, 0, 0, 0) != 0:
                os._exit(99)
        before = self.world.status(self.user)
        for size in (4, 8192):
            mark = self.world.log.mark()
            got = talk(["su", self.user.name, "-c", "echo IN"],
                       [("assword: ", PASSWORD), (PROMPT, code(self.user))],
                       user=self.me, before=self.limited(size, size, drop))
            self.assertNotEqual(got.status, 0, got)
            self.assertIn("cannot be checked now", got.text, got)
            self.assertTrue(self.world.log.since(mark, "result=error"))
            self.assertFalse(world.locked(self.user))
            self.assertEqual(self.world.status(self.user), before)
        self.works()
