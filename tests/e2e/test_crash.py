# SPDX-License-Identifier: BSD-2-Clause
"""Killed, failing, full: what is left is whole, and nobody is let in."""

import os
import random
import re
import unittest

import world
from world import MS_RDONLY, MS_REMOUNT, Race, code, run, write, wrong

CYCLES = 300
ACCEPTED, REFUSED, UNAVAILABLE = "0", "7", "9"
DISK = world.TOP + "/disk"

# What is made to fail, and what a right code then gives; a wrong code gives
# the same wherever it is not simply accepted: nothing was decided.
FAULTS = [
    ("pwritev2:error=EIO", UNAVAILABLE),
    ("pwritev2:error=ENOSPC", UNAVAILABLE),
    ("pwritev2:error=EDQUOT", UNAVAILABLE),
    ("pwritev2:error=EROFS", UNAVAILABLE),
    ("pwritev2:retval=4096", UNAVAILABLE),
    ("pwritev2:retval=0", UNAVAILABLE),
    ("pwritev2:error=EOPNOTSUPP", ACCEPTED),
    ("pwritev2:error=ENOSYS", ACCEPTED),
    ("pwritev2:signal=SIGKILL", "killed"),
]
FALLBACK = [
    ("fdatasync:error=EIO", UNAVAILABLE),
    ("fdatasync:error=ENOSPC", UNAVAILABLE),
    ("pwrite64:error=EIO", UNAVAILABLE),
    ("pwrite64:retval=512", UNAVAILABLE),
    ("fdatasync:signal=SIGKILL", "killed"),
]


class Crash(unittest.TestCase):
    def setUp(self):
        self.world = world.THE
        self.user = self.world.fresh()

    def answer(self, answer, *inject, service="alone"):
        """One login, with system calls made to fail."""
        under = ["strace", "-f", "-qq", "-o", world.TOP + "/trace"] if inject \
            else []
        for fault in inject:
            if fault.startswith("trace="):
                under += ["-e", fault]
            else:
                under += ["-e", "inject=" + fault]
        race = Race(service, under)
        try:
            return race.round([(self.user, answer)])[0]
        finally:
            race.end()

    def test_killed(self):
        """300 killed at any moment: what was accepted is spent"""
        random.seed(4226)
        race = Race("alone")
        seen = {"killed": 0, ACCEPTED: 0, "kept": 0}
        for i in range(CYCLES):
            if i % 10 == 0:
                self.world.enrol(self.user)
                left = 10
            spent = self.user.recovery[i % 10]
            first = race.round([(self.user, spent)],
                               random.randrange(12000))[0]
            now = self.world.status(self.user)["recovery_left"]
            self.assertIn(first, ("killed", ACCEPTED))
            self.assertIn(now, (left - 1,) if first == ACCEPTED
                          else (left, left - 1))
            # Once in all: now, if not before.
            again = race.round([(self.user, spent)])[0]
            self.assertEqual(again, REFUSED if now == left - 1 else ACCEPTED)
            seen[first] += 1
            seen["kept"] += first == "killed" and now == left - 1
            left -= 1
        race.end()
        print("        (%d killed, of them %d after the write; %d through)" % (
            seen["killed"], seen["kept"], seen[ACCEPTED]))
        self.assertGreater(seen["killed"], CYCLES // 10)
        self.assertGreater(seen[ACCEPTED], 0)
        self.assertEqual(self.answer(code(self.user)), ACCEPTED)

    def faults(self, rows, *always):
        for fault, expect in rows:
            with self.subTest(fault):
                self.world.enrol(self.user)
                right = code(self.user)
                self.assertEqual(self.answer(right, fault, *always), expect)
                if expect != ACCEPTED:
                    self.assertEqual(self.answer(
                        wrong(self.user), fault, *always), expect)
                status = self.world.status(self.user)
                # Of one code there is one acceptance at most.
                again = self.answer(right)
                self.assertIn(again, (REFUSED,) if expect == ACCEPTED
                              else (ACCEPTED, REFUSED))
                self.assertEqual(self.answer(code(self.user, 1)), ACCEPTED,
                                 status)

    def test_faults(self):
        """every fault of the write: the same answer, right code or wrong"""
        self.faults(FAULTS)

    def test_faults_of_fallback(self):
        """the same where the file system knows no RWF_DSYNC"""
        self.faults(FALLBACK, "pwritev2:error=EOPNOTSUPP")

    def test_one_durable_write(self):
        """one durable write for every answer, right, wrong or replayed"""
        right = code(self.user)
        for answer, expect in ((right, ACCEPTED), (right, REFUSED),
                               (wrong(self.user), REFUSED),
                               (self.user.recovery[0], ACCEPTED),
                               (self.user.recovery[0], REFUSED)):
            got = self.answer(answer, "trace=pwritev2,pwrite64,fsync,fdatasync,"
                              "sync,syncfs,sync_file_range,rename,renameat,"
                              "renameat2,unlink,unlinkat,ftruncate")
            self.assertEqual(got, expect)
            lines = [line for line in open(world.TOP + "/trace")
                     if re.match(r"\d+ +\w+\(", line)]
            self.assertEqual(len(lines), 1, lines)
            self.assertRegex(lines[0], r"pwritev2\(.*RWF_DSYNC\) += 8192")


class Disk(unittest.TestCase):
    """A store on a file system of its own, full, read-only, and gone."""

    @classmethod
    def setUpClass(cls):
        cls.world = world.THE
        image = world.TOP + "/tmp/disk.img"
        with open(image, "wb") as out:
            out.truncate(8 << 20)
        run(["mkfs.ext4", "-q", "-m", "0", "-N", "64", image])
        os.makedirs(DISK)
        done = run(["mount", "-o", "loop", image, DISK], check=False)
        if done.returncode != 0:
            raise unittest.SkipTest("no loop device can be mounted here: " +
                                    done.stdout.strip())
        cls.addClassCleanup(lambda: run(["umount", DISK], check=False))
        write("/etc/security/disk.conf", "[default]\n[store]\n"
                    "path = %s/store\nkey = /etc/security/disk.key\n" % DISK)
        write("/etc/pam.d/disk", "auth required pam_otp.so "
                    "conf=/etc/security/disk.conf\n" + world.ACCOUNT)
        cls.conf = ("--conf", "/etc/security/disk.conf")
        cls.world.otp(*cls.conf, "init")
        cls.users = [cls.world.fresh(enrolled=False) for i in range(20)]
        for user in cls.users:
            cls.world.enrol(user, *cls.conf)

    def setUp(self):
        self.race = Race("disk")
        self.addCleanup(self.race.end)

    def fill(self):
        """Every inode, then every block."""
        with self.assertRaises(OSError):
            for n in range(1000):
                write("%s/%d" % (DISK, n), "")
        with open(DISK + "/0", "ab", buffering=0) as out:
            size = 65536
            while size:
                try:
                    out.write(b"x" * size)
                except OSError:
                    size //= 2
        left = os.statvfs(DISK)
        self.assertEqual((left.f_bavail, left.f_ffree), (0, 0))

    def test_1_full(self):
        """a disk without a block or inode left: 200 logins"""
        self.fill()
        for user in self.users:
            for answer in user.recovery:
                self.assertEqual(self.race.round([(user, answer)]),
                                 [ACCEPTED])
            self.assertEqual(self.race.round([(user, user.recovery[0])]),
                             [REFUSED])
            self.assertEqual(self.race.round([(user, code(user))]),
                             [ACCEPTED])

    def test_2_read_only(self):
        """read-only: nobody, whatever the code"""
        world.mount("none", DISK, None, None, MS_REMOUNT | MS_RDONLY)
        for user in self.users[:3]:
            self.assertEqual(self.race.round([(user, code(user, 1))]),
                             [UNAVAILABLE])
            self.assertEqual(self.race.round([(user, wrong(user))]),
                             [UNAVAILABLE])
        world.mount("none", DISK, None, None, MS_REMOUNT)
        self.assertEqual(self.race.round([(user, code(user, 1))]), [ACCEPTED])

    def test_3_unmounted(self):
        """not mounted: nobody is taken for unenrolled"""
        run(["umount", DISK])
        for user in (self.users[0], self.world.fresh(enrolled=False)):
            self.assertEqual(self.race.round([(user, code(self.users[0]))]),
                             [UNAVAILABLE])
