# SPDX-License-Identifier: BSD-2-Clause
"""sudo, su, login, and pamtester, which nobody here wrote."""

import unittest

import world
from world import PASSWORD, PROMPT, code, talk, wrong

MARK = "echo IN-AS-$(id -un)"


class Program:
    """What every program has to do; each says how it is run."""

    failure_shows = True  # in its exit status
    silent = False        # about what comes after a success

    def setUp(self):
        self.world = world.THE
        self.me = self.world.fresh()

    def start(self, answers):
        """Run it for self.me with these answers after the password."""
        raise NotImplementedError

    def login(self, *replies):
        return self.start([("assword.*: ", PASSWORD)] +
                          [(PROMPT, reply) for reply in replies])

    def get_in(self, *replies):
        got = self.login(*replies)
        self.assertRegex(got.text, self.success, got)
        return got

    def stay_out(self, *replies):
        got = self.login(*replies)
        self.assertNotRegex(got.text, self.success, got)
        if self.failure_shows:
            self.assertNotEqual(got.status, 0, got)
        self.assertEqual(got.asked, 1 + len(replies), got)
        return got

    def test_right(self):
        """right codes"""
        self.get_in(code(self.me))
        self.get_in(wrong(self.me), code(self.me, +1))

    def test_wrong(self):
        """wrong codes"""
        self.stay_out(*wrong(self.me, 3))
        self.assertEqual(self.world.status(self.me)["failures_row"], 3)

    def test_replayed(self):
        """a replayed code"""
        spent = code(self.me)
        self.get_in(spent)
        self.stay_out(spent, spent, spent)

    def test_recovery(self):
        """a recovery code, once and twice"""
        spent = self.me.recovery[9]
        got = self.get_in(spent)
        if not self.silent:
            self.assertRegex(got.text, "9 recovery codes left")
        self.stay_out(spent, spent, spent)

    def test_wait(self):
        """five failures, and the wait is told"""
        self.stay_out(*wrong(self.me, 3))
        got = self.stay_out(*wrong(self.me, 2), code(self.me))
        self.assertRegex(got.text, r"wait \d+ seconds")

    def test_unenrolled(self):
        """unenrolled: the password alone"""
        self.me = self.world.fresh(enrolled=False)
        self.assertNotIn(PROMPT, self.get_in().text)


class Sudo(Program, unittest.TestCase):
    success = "IN-AS-root"
    silent = True  # sudo says PAM_SILENT

    def start(self, answers):
        return talk(["sudo", "sh", "-c", MARK], answers, user=self.me)


class Su(Program, unittest.TestCase):
    """su asks for the factor of whom one wants to be."""

    @property
    def success(self):
        return "IN-AS-" + self.me.name

    def start(self, answers):
        return talk(["su", self.me.name, "-c", MARK], answers,
                    user=self.world.users["bob"])


class SuDash(Su):
    def start(self, answers):
        return talk(["su", "-", self.me.name, "-c", MARK], answers,
                    user=self.world.users["bob"])


class Login(Program, unittest.TestCase):
    failure_shows = False

    @property
    def success(self):
        return "IN-AS-" + self.me.name

    argv = ["login"]

    def start(self, answers):
        return talk(self.argv, [("login: ", self.me.name)] + answers +
                    [(r"\$ ", MARK + "; exit")])

    def login(self, *replies):
        got = super().login(*replies)
        got.asked -= 1  # the name
        return got


class LoginRemote(Login):
    """As telnetd and rlogind ran it."""

    def start(self, answers):
        return talk(["login", "-h", "192.0.2.7", self.me.name],
                    answers + [(r"\$ ", MARK + "; exit")])

    def login(self, *replies):
        return Program.login(self, *replies)


class Pamtester(Program, unittest.TestCase):
    success = "successfully authenticated"

    def start(self, answers):
        return talk(["pamtester", "-I", "rhost=192.0.2.7", "peer",
                     self.me.name, "authenticate"], answers)

    def test_everything(self):
        """all that PAM can be asked for"""
        got = talk(["pamtester", "peer", self.me.name,
                    "authenticate(PAM_SILENT)", "setcred", "acct_mgmt",
                    "open_session", "close_session"],
                   [("assword: ", PASSWORD), (PROMPT, code(self.me))])
        self.assertEqual(got.status, 0, got)

    def test_log(self):
        """one line in the log for each attempt"""
        mark = self.world.log.mark()
        self.get_in(code(self.me))
        lines = self.world.log.since(mark, "result=")
        self.assertEqual(len(lines), 1, lines)
        self.assertRegex(lines[0], r"user=%s service=peer rhost=192\.0\.2\.7 "
                         r"scenario=\S+ method=totp result=accept"
                         % self.me.name)


class Recreated(unittest.TestCase):
    """An account that was removed and made again, with another uid."""

    def setUp(self):
        self.world = world.THE
        self.me = self.world.fresh()
        self.was = open("/etc/passwd").read()
        self.addCleanup(world.write, "/etc/passwd", self.was)

    def recreate(self):
        """What userdel and useradd leave of it."""
        line = "%s:x:%d:" % (self.me.name, self.me.uid)
        self.assertIn(line, self.was)
        world.write("/etc/passwd", self.was.replace(
            line, "%s:x:%d:" % (self.me.name, self.me.uid + 5000)))

    def login(self, *replies):
        return talk(["pamtester", "peer", self.me.name, "authenticate"],
                    [("assword: ", PASSWORD)] +
                    [(PROMPT, reply) for reply in replies])

    def test_adopt(self):
        """refused to whoever it is, until root says that it is the same"""
        mark = self.world.log.mark()
        self.recreate()
        before = open(self.record(), "rb").read()
        got = self.login(code(self.me))
        self.assertNotEqual(got.status, 0, got)
        self.assertIn("cannot be checked now", got.text)
        self.assertEqual(got.asked, 1, got)  # the password alone
        said = self.world.log.since(mark)
        self.assertTrue(any("belongs to another uid" in line and
                            "otp-enroll adopt" in line for line in said), said)
        self.assertTrue(any("result=error" in line for line in said), said)
        self.assertEqual(before, open(self.record(), "rb").read())

        refused = self.world.otp("status", "--user", self.me.name,
                                 check=False)
        self.assertEqual(refused.returncode, 1, refused)
        self.assertIn("otp-enroll adopt", refused.stdout)

        self.assertIn("uid %d now" % (self.me.uid + 5000), self.world.otp(
            "adopt", "--user", self.me.name).stdout)
        got = self.login(code(self.me))
        self.assertEqual(got.status, 0, got)
        self.assertEqual(self.world.status(self.me)["recovery_left"], 10)

        # The uid that it had is the stranger now.
        world.write("/etc/passwd", self.was)
        got = self.login()
        self.assertIn("cannot be checked now", got.text)

    def test_reset(self):
        """or takes it away: somebody else has the name now"""
        self.recreate()
        self.world.otp("reset", "--user", self.me.name, "--yes")
        got = self.login()
        self.assertEqual(got.status, 0, got)

    def record(self):
        return "%s/users/%s" % (world.STORE, self.me.name)
