# SPDX-License-Identifier: BSD-2-Clause
"""An administrator who sets where codes go, for somebody else."""

import json
import re

import servers
import world
from mailworld import METHODS, conf, service
from test_mail import Mailed
from world import run, talk

RECOVERY = r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}"


class ByRoot(Mailed):
    """Without a current code, but never without the one that is sent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.conf = conf("byroot", METHODS, "server = smtp://localhost")
        service("byroot", cls.conf)

    def otp(self, user, *argv, answers=()):
        return talk(["otp-enroll", *argv, "--user", user.name, "--conf",
                     self.conf], answers)

    def status(self, user):
        return json.loads(run(["otp-enroll", "status", "--json", "--user",
                               user.name, "--conf", self.conf],
                              check=False).stdout)

    def test_for_somebody_else(self):
        """the code goes to the address, and has to be typed"""
        user = self.world.fresh(enrolled=False)
        address = "%s@%s" % (user.name, servers.DOMAIN)

        def copy(seen):
            user.recovery = re.findall(RECOVERY, seen)[-10:]
            world.SHOWN.update(user.recovery)
            return user.recovery[0]
        got = self.otp(user, "email", address, answers=[
            (r"Go on\? ", "y"), ("Code.*: ", "00000000"),
            ("Code.*: ", self.mail.next_code(user)),
            ("(?s)(?:%s.*){10}: $" % RECOVERY, copy)])
        self.assertEqual(got.status, 0, got)
        self.assertTrue(self.status(user)["email"].endswith(servers.DOMAIN))
        self.passes("byroot", user, user.recovery[1])
        got = self.otp(user, "email", "--remove", "--yes")
        self.assertEqual(got.status, 0, got)
        self.assertEqual("", self.status(user)["email"])

    def test_refused(self):
        """what the server says of it, root sees"""
        user = self.world.fresh(enrolled=False)
        got = self.otp(user, "email", "nobody-of-that-name@" + servers.DOMAIN,
                       answers=[(r"Go on\? ", "y")])
        self.assertEqual(got.status, 3, got)
        self.assertRegex(got.text, r"\b550\b")
        self.assertIn("nothing was changed", got.text)
        self.assertFalse(self.status(user)["enrolled"])
