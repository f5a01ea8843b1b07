# SPDX-License-Identifier: BSD-2-Clause
"""Addresses that users set themselves, and what they are told by mail."""

import json
import re
import subprocess
import time

import servers
import sink
import world
from mailworld import INTERRUPT, LOCAL, METHODS, Mailed, conf, service
from world import TOP, run, talk, wait_for, wrong

SOCKET = "/run/pam_otp/mail-socket"
RECOVERY = r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}"
CURRENT = r"ecovery code.*: "


class Service(Mailed):
    """pam_otpd --listen, which has become _pam_otp, and its broker."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.conf = conf("own", METHODS, "server = smtp://localhost")
        service("own", cls.conf)
        cls.daemon = subprocess.Popen(
            [TOP + "/bin/pam_otpd", "--listen", SOCKET, "--conf", cls.conf],
            stdin=subprocess.DEVNULL, start_new_session=True)
        cls.world.daemons.append(cls.daemon)
        wait_for(lambda: world.listens(SOCKET), 10, "pam_otpd is not there")

    def otp(self, user, *argv, answers=()):
        return talk(["otp-enroll", *argv, "--conf", self.conf], answers,
                    user=user)

    def address(self, user, name=None):
        return "%s@%s" % (name or user.name, servers.DOMAIN)

    def first(self, user, *argv, by=None, before=()):
        """Set an address as the first thing ever; the recovery codes."""
        def copy(seen):
            user.recovery = re.findall(RECOVERY, seen)[-10:]
            world.SHOWN.update(user.recovery)
            return user.recovery[0]
        got = talk(["otp-enroll", "email", self.address(user), "--conf",
                    self.conf, *argv], user=by, answers=[
            (r"Go on\? ", "y"), *(("Code.*: ", code) for code in before),
            ("Code.*: ", self.mail.next_code(user)),
            ("(?s)(?:%s.*){10}: $" % RECOVERY, copy)])
        self.assertEqual(got.status, 0, got)
        self.assertIn("Done: ", got.text, got)

    def test_first(self):
        """a user without privileges sets an address, and logs in with it"""
        user = self.world.fresh(enrolled=False)
        self.first(user, by=user)
        self.passes("own", user, self.mail.next_code(user))
        self.passes("own", user, user.recovery[1])

    def test_wrong(self):
        """it is not in force before its code was typed"""
        user = self.world.fresh(enrolled=False)
        self.otp(user, "email", self.address(user), answers=[
            (r"Go on\? ", "y"), ("Code.*: ", "00000000"),
            ("Code.*: ", "\x03")])
        got = self.otp(user, "email")
        self.assertIn("has set no email address", got.text, got)

    def test_change(self):
        """changing it takes a proof, and the old address is told"""
        user, other = self.world.fresh(enrolled=False), self.world.fresh(
            enrolled=False)
        # What root has sent does not make users wait for what they do.
        self.first(user, "--user", user.name)
        self.mail.notice(user, "email address for codes was set")

        def told():
            return sum("email address for codes was set" in sink.body(mail)
                       for mail in self.mail.notices(user))

        before = told()
        # Eight digits, as a code that is sent has, are no proof.
        got = self.otp(user, "email", self.address(other), answers=[
            (CURRENT, "12345678")])
        self.assertNotEqual(got.status, 0, got)
        got = self.otp(user, "email", self.address(other), answers=[
            (CURRENT, user.recovery[2]),
            ("Code.*: ", self.mail.next_code(other))])
        self.assertEqual(got.status, 0, got)
        wait_for(lambda: told() > before, 10, "the old address was not told")

    def test_device_first(self):
        """who has a device shows it, and then may have codes sent"""
        user = self.world.fresh(enrolled=False)
        self.world.enrol(user, "--conf", self.conf)
        got = self.otp(user, "email", self.address(user), answers=[
            (CURRENT, lambda _: world.code(user)),
            ("Code.*: ", self.mail.next_code(user))])
        self.assertEqual(got.status, 0, got)
        self.passes("own", user, "email", self.mail.next_code(user))
        got = self.otp(user, "email", "--remove", "--yes", answers=[
            (CURRENT, user.recovery[0])])
        self.assertEqual(got.status, 0, got)
        self.mail.notice(user, "email address for codes was removed")

    def status(self, user):
        return json.loads(run(["otp-enroll", "status", "--json", "--user",
                               user.name, "--conf", self.conf],
                              check=False).stdout)

    def test_by_root(self):
        """the code goes to the address, and has to be typed by root too"""
        user = self.world.fresh(enrolled=False)
        self.first(user, "--user", user.name, before=["00000000"])
        self.assertTrue(self.status(user)["email"].endswith(servers.DOMAIN))
        self.passes("own", user, user.recovery[1])
        got = self.otp(None, "email", "--remove", "--yes", "--user", user.name)
        self.assertEqual(got.status, 0, got)
        self.assertEqual("", self.status(user)["email"])

    def test_refused(self):
        """what the server says of it, root sees"""
        user = self.world.fresh(enrolled=False)
        got = self.otp(None, "email", "--user", user.name,
                       self.address(user, "nobody-of-that-name"),
                       answers=[(r"Go on\? ", "y")])
        self.assertEqual(got.status, 3, got)
        self.assertRegex(got.text, r"\b550\b")
        self.assertIn("nothing was changed", got.text)
        self.assertFalse(self.status(user)["enrolled"])


class Notices(Mailed):
    """After the fact, to the address that the file has, as is the default."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.conf = conf("told", METHODS, LOCAL)
        service("told", cls.conf)

    def root(self, *argv):
        return run(["otp-enroll", *argv, "--conf", self.conf])

    def told(self, user, pattern):
        mail = self.mail.notice(user, pattern)
        text = sink.body(mail)
        self.assertIn(user.name, text)
        self.assertIsNone(re.search(RECOVERY, text), text)
        self.assertNotIn(user.secret, text)
        return mail

    def test_enrolled(self):
        """a device that was added, replaced codes, and the end of it all"""
        user = self.world.fresh(enrolled=False)
        self.world.enrol(user, "--conf", self.conf)
        self.told(user, "a device was added")
        self.root("reset", "--user", user.name, "--yes")
        self.told(user, "turned off|reset")

    def test_recovery_used(self):
        """a recovery code that was used"""
        user = self.world.fresh(enrolled=False)
        self.world.enrol(user, "--conf", self.conf)
        self.passes("told", user, user.recovery[0])
        self.told(user, "a recovery code was used")

    def test_disabled(self):
        """an administrator who disables it"""
        user = self.world.fresh(enrolled=False)
        self.world.enrol(user, "--conf", self.conf)
        self.root("disable", "--user", user.name, "--yes")
        self.told(user, "turned off")

    def test_failures(self):
        """five failures in a row, told once"""
        user = self.world.fresh(enrolled=False)
        self.world.enrol(user, "--conf", self.conf)
        self.is_refused("told", user, *wrong(user, 3))
        self.assertFalse([mail for mail in self.mail.notices(user) if
                          "in a row" in sink.body(mail)])
        got = self.pam("told", user, *wrong(user, 3))
        self.assertRegex(got.text, r"wait \d+ seconds", got)
        self.told(user, "several wrong codes were typed in a row")
        self.mail.quiet(user)
        self.assertEqual(len([mail for mail in self.mail.notices(user) if
                              "in a row" in sink.body(mail)]), 1)

    def test_switched_off(self):
        """too many failures, which switch the device off"""
        soon = conf("soon", METHODS + "\nwait-after = 2\noff-after = 3", LOCAL)
        service("soon", soon)
        user = self.world.fresh(enrolled=False)
        self.world.enrol(user, "--conf", self.conf)
        got = self.pam("soon", user, *wrong(user, 3))
        self.assertRegex(got.text, r"wait \d+ seconds", got)
        time.sleep(10)
        self.pam("soon", user, wrong(user), INTERRUPT)
        self.told(user, "codes were switched off after too many wrong ones")

    def test_message(self):
        """what an administrator has sent, to see that it arrives"""
        user = self.world.fresh(enrolled=False)
        take = self.mail.next_code(user)
        address = "%s@%s" % (user.name, servers.DOMAIN)
        got = self.root("test", address)
        self.assertIn("A message for %s is on its way" % address, got.stdout)
        self.assertEqual(take(), "00000000")
        down = conf("down", METHODS, "server = smtp://localhost:9")
        got = run(["otp-enroll", "test", address, "--conf", down],
                  check=False)
        self.assertEqual(got.returncode, 3, got)
        self.assertIn("not sent: the server cannot be reached", got.stdout)
        got = run(["otp-enroll", "test", "+447700900123", "--conf", self.conf],
                  check=False)
        self.assertEqual(got.returncode, 1, got)
        self.assertIn("no server for that in [sms]", got.stdout)
        got = run(["otp-enroll", "test", "somewhere", "--conf", self.conf],
                  check=False)
        self.assertEqual(got.returncode, 2, got)

    def test_none(self):
        """nobody is told who is not to be"""
        silent = conf("silent", METHODS + "\nnotify = none", LOCAL)
        user = self.world.fresh(enrolled=False)
        run(["otp-enroll", "new", "--user", user.name, "--conf", silent,
             "--json", "--no-confirm"])
        self.mail.quiet(user)
        self.assertEqual(self.mail.notices(user), [])
