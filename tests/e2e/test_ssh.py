# SPDX-License-Identifier: BSD-2-Clause
"""OpenSSH: a real client at a real sshd."""

import time
import unittest

import world
from world import PASSWORD, PROMPT, code, wrong

ASKED = ("assword: ", PASSWORD)


def factor(*replies):
    return [(PROMPT, reply) for reply in replies]


class Client:
    """How to log in, and what must have come of it."""

    def login(self, user, *replies, **more):
        return self.world.ssh(user, [ASKED] + factor(*replies),
                              port=self.port, **more)

    def get_in(self, user, *replies, **more):
        talk = self.login(user, *replies, **more)
        self.assertIn("IN-AS-" + user.name, talk.text, talk)
        self.assertEqual(talk.status, 0, talk)
        return talk

    def stay_out(self, talk, asked):
        self.assertNotIn("IN-AS-", talk.text, talk)
        self.assertEqual(talk.status, 255, talk)
        self.assertEqual(talk.asked, asked, talk)
        return talk


class Ssh(Client, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = world.THE
        cls.port = cls.world.sshd(22)

    def test_right(self):
        """password and code"""
        user = self.world.fresh()
        self.get_in(user, code(user))
        # The next step's code is good as well, once.
        self.get_in(user, code(user, +1))

    def test_wrong(self):
        """three wrong codes within one call, all asked for"""
        user = self.world.fresh()
        talk = self.login(user, *wrong(user, 3))
        self.stay_out(talk, 4)
        self.assertEqual(self.world.status(user)["failures_row"], 3)

    def test_wrong_password(self):
        """a wrong password reaches neither prompt nor counter"""
        user = self.world.fresh()
        talk = self.world.ssh(user, [("assword: ", "wrong")] +
                              factor(code(user)), port=self.port)
        self.stay_out(talk, 1)
        self.assertNotIn(PROMPT, talk.text)
        self.assertEqual(self.world.status(user)["failures_row"], 0)

    def test_second_and_third(self):
        """the second and the third prompt of one call count as the first"""
        user = self.world.fresh()
        self.get_in(user, wrong(user), code(user))
        self.get_in(user, *wrong(user, 2), code(user, +1))
        self.assertEqual(self.world.status(user)["failures_row"], 0)

    def test_replayed(self):
        """a code works once"""
        user = self.world.fresh()
        spent = code(user)
        self.get_in(user, spent)
        self.stay_out(self.login(user, spent, spent, spent), 4)
        self.assertEqual(self.world.status(user)["failures_row"], 0,
                         "a replay is no guess")
        self.get_in(user, code(user, +1))

    def test_older(self):
        """a code of before the last one works, once, as long as it is near"""
        user = self.world.fresh()
        self.get_in(user, code(user, +1))
        early = code(user, 0)
        self.get_in(user, early)
        self.stay_out(self.login(user, early, early, early), 4)

    def test_as_people_type(self):
        """blanks and dashes are read over"""
        user = self.world.fresh()
        text = code(user)
        self.get_in(user, " %s %s " % (text[:3], text[3:]))
        self.get_in(user, user.recovery[0].replace("-", "").lower())

    def test_recovery(self):
        """a recovery code works once, and what is left is told"""
        user = self.world.fresh()
        # sshd shows such text at the beginning of a shell alone.
        talk = self.world.ssh(user, [ASKED] + factor(user.recovery[3]) +
                              [(r"\$ ", "echo IN-AS-$(id -un); exit")],
                              port=self.port, command=None)
        self.assertIn("\nIN-AS-" + user.name, talk.text, talk)
        self.assertRegex(talk.text, "9 recovery codes left")
        self.stay_out(self.login(user, *[user.recovery[3]] * 3), 4)
        self.assertEqual(self.world.status(user)["recovery_left"], 9)
        self.get_in(user, user.recovery[4])

    def test_wait(self):
        """after five failures a wait that is told, and that ends"""
        user = self.world.fresh()
        self.stay_out(self.login(user, *wrong(user, 3)), 4)
        # Failures four and five; the prompt after them tells the wait.
        talk = self.login(user, *wrong(user, 2), lambda _: code(user))
        self.stay_out(talk, 4)
        self.assertRegex(talk.text, r"wait \d+ seconds", talk)
        # What comes too early is not looked at: it is not spent.
        self.assertEqual(self.world.status(user)["failures_row"], 5)

        def later(_):
            time.sleep(self.world.status(user)["wait"] + 1)
            return code(user)
        talk = self.get_in(user, later)
        self.assertRegex(talk.text, r"wait \d+ second", talk)
        self.assertEqual(self.world.status(user)["failures_row"], 0)

    def test_wait_recovery(self):
        """a recovery code helps in the wait for a device"""
        user = self.world.fresh()
        self.stay_out(self.login(user, *wrong(user, 3)), 4)
        self.get_in(user, *wrong(user, 2), user.recovery[0])

    def test_unenrolled(self):
        """unenrolled: in with the password alone"""
        user = self.world.fresh(enrolled=False)
        talk = self.get_in(user)
        self.assertNotIn(PROMPT, talk.text)

    def test_unknown(self):
        """nobody of that name"""
        talk = self.world.ssh("stranger", [ASKED] + factor("123456"),
                              port=self.port)
        self.stay_out(talk, 1)
        self.assertNotIn(PROMPT, talk.text)

    def test_told(self):
        """what happened meanwhile is told in the prompt"""
        user = self.world.fresh()
        self.get_in(user, code(user))
        self.stay_out(self.login(user, *wrong(user, 3)), 4)
        talk = self.get_in(user, code(user, +1))
        self.assertRegex(talk.text, "3 wrong codes since your last login")
        self.assertRegex(talk.text, r"127\.0\.0\.1")


class SshPassword(Client, unittest.TestCase):
    """sshd's password method answers every prompt with the password."""

    @classmethod
    def setUpClass(cls):
        cls.world = world.THE
        cls.port = cls.world.sshd(23, more="PasswordAuthentication yes\n")

    def login(self, user, *replies, **more):
        password = world.DIGITS if user.name == "digits" else PASSWORD
        return self.world.ssh(user, [("assword: ", password)],
                              port=self.port, methods="password", **more)

    def test_neither_counts_nor_passes(self):
        """the password method: neither counts nor passes"""
        for user in (self.world.fresh(),
                     self.world.enrol(self.world.users["digits"])):
            before = self.world.status(user)
            self.stay_out(self.login(user), 1)
            self.assertEqual(self.world.status(user), before)

    def test_unenrolled(self):
        """the password method lets the unenrolled in"""
        self.get_in(self.world.fresh(enrolled=False))


class SshKey(Client, unittest.TestCase):
    """Key and code: our module alone, and AuthenticationMethods."""

    @classmethod
    def setUpClass(cls):
        cls.world = world.THE
        cls.port = cls.world.sshd(
            24, "sshd-key",
            "AuthenticationMethods publickey,keyboard-interactive\n")

    def login(self, user, *replies, **more):
        more.setdefault("key", self.world.key_for(user))
        more.setdefault("methods", "publickey,keyboard-interactive")
        return self.world.ssh(user, factor(*replies), port=self.port, **more)

    def test_both(self):
        """key and code"""
        user = self.world.fresh()
        talk = self.login(user, code(user))
        self.assertIn("IN-AS-" + user.name, talk.text, talk)
        self.assertNotIn("assword", talk.text)

    def test_wrong(self):
        """key and three wrong codes"""
        user = self.world.fresh()
        self.stay_out(self.login(user, *wrong(user, 3)), 3)

    def test_key_alone(self):
        """the key alone is not enough"""
        user = self.world.fresh()
        self.stay_out(self.login(user, code(user), methods="publickey"), 0)

    def test_code_alone(self):
        """the code alone is not enough, and is not even asked for"""
        user = self.world.fresh()
        self.stay_out(self.login(user, code(user), key=None), 0)

    def test_unenrolled(self):
        """key, unenrolled, unenrolled = deny: refused after the same prompts"""
        user = self.world.fresh(enrolled=False)
        self.stay_out(self.login(user, "123456", "123456", "123456"), 3)


class SshBare(unittest.TestCase):
    """The trap: our module alone, AuthenticationMethods forgotten."""

    @classmethod
    def setUpClass(cls):
        cls.world = world.THE
        cls.port = cls.world.sshd(27, "sshd-bare")

    def test_unenrolled(self):
        """nobody gets in by a stack that has no opinion"""
        user = self.world.fresh(enrolled=False)
        talk = self.world.ssh(user, factor("123456"), port=self.port)
        self.assertNotIn("IN-AS-", talk.text, talk)
        self.assertEqual((talk.status, talk.asked), (255, 0), talk)

    def test_unknown(self):
        """nor does nobody"""
        talk = self.world.ssh("stranger", factor("123456", "123456",
                                                 "123456"), port=self.port)
        self.assertNotIn("IN-AS-", talk.text, talk)
        self.assertEqual(talk.status, 255, talk)
