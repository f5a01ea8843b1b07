# SPDX-License-Identifier: BSD-2-Clause
"""An ordinary user, alone with a terminal: the whole life of a second factor.

Nobody helps, nothing is setuid, and what is kept is not theirs to open.
"""

import os
import re
import time
import unittest

import person
import world
from asking import asked, request
from person import CURRENT
from world import PROMPT

YES = (r"Go on\? \[y/N\]$", "y")


class Life(person.Case):
    def setUp(self):
        self.me = self.somebody()
        self.at = self.terminal(self.me)

    def told(self, said, *words):
        """The prompt of a login told this, and how to undo it."""
        for each in words:
            self.assertIn(each, said)

    def agree(self, *lines, status=0, **want):
        """The text of status and the same as JSON."""
        found = self.at.status()
        for key, value in want.items():
            self.assertEqual(value, found[key], found)
        text = self.at.tell("otp-enroll status", status)
        for line in lines:
            self.assertIn(line, " ".join(text.split()))
        for device in found["devices"]:
            self.assertIn('"%s"' % device["label"], text)
        if found["recovery_created"]:
            self.assertIn("recovery codes: %d left" % found["recovery_left"],
                          text)
        return [each["label"] for each in found["devices"]]

    def test_life(self):
        """from nothing to two devices, one lost, new codes, and to nothing"""
        at = self.at
        self.assertEqual([], self.agree(
            "has no second factor. To set one up: otp-enroll new", status=1,
            enrolled=False))
        self.assertNotIn(PROMPT, at.ssh())

        phone, codes = at.new()
        self.assertEqual(10, len(set(codes)))
        self.assertEqual(["phone"], self.agree(enrolled=True,
                                               recovery_left=10))
        self.kept()
        token = at.set_up("otp-enroll add --label token --hotp",
                          (CURRENT, phone.code))
        at.done()
        self.assertEqual(["phone", "token"], self.agree(recovery_left=10))

        # Both were told at the first login, and not again.
        said = at.ssh(phone.code)
        self.told(said, "a device was added. Not you? Run: otp-enroll remove "
                  "'phone'", "otp-enroll remove 'token'")
        self.assertNotIn("Not you", at.sudo(token.code))

        self.told(at.do("otp-enroll rename token 'blue key'",
                        (CURRENT, token.code)), 'is called "blue key" now')
        self.assertEqual(["phone", "blue key"], self.agree())
        self.told(at.ssh(token.code), "a device was renamed. Not you? Run: "
                  "otp-enroll rename 'blue key'")

        # The phone is lost: a code of the other takes it away.
        at.do("otp-enroll remove phone", (CURRENT, token.code))
        self.assertEqual(["blue key"], self.agree())
        self.told(at.ssh(token.code), "device 'phone' was removed. Not you? "
                  "Run: otp-enroll new")

        # The other is not at hand either.
        said = at.ssh(codes[0], shell=True)
        self.told(said, "9 recovery codes left. Lost your phone? Set up the "
                  "new one now: otp-enroll new")
        self.agree(recovery_left=9)

        token, codes = self.rotate(token, codes)
        token, codes = self.lock(token, codes)
        # By now the phone that was lost shows a code never used before.
        said = at.ssh(phone.code, token.code)
        self.told(said, "your second factor was unlocked. Not you? Run: "
                  "otp-enroll lock --all", "Not accepted")
        self.disable(token, codes)

    def rotate(self, token, codes):
        """A new secret, and new recovery codes: what is in force then."""
        at = self.at
        fresh = at.set_up("otp-enroll rotate", (CURRENT, token.code))
        self.told(at.done(), "Codes of the old one are refused")
        self.assertTrue(fresh.hotp)  # as it was
        self.assertNotEqual(token.secret, fresh.secret)
        said = at.ssh(token.code, fresh.code)
        self.told(said, "a device was given a new secret. Not you? Run: "
                  "otp-enroll rotate 'blue key'", "Not accepted",
                  "a recovery code was used. Not you? Run: otp-enroll "
                  "recovery")

        at.begin("otp-enroll recovery")
        at.answer(CURRENT, fresh.code())
        more = at.copy_codes()
        at.done()
        self.agree(recovery_left=10)
        self.assertFalse(set(codes) & set(more))
        said = at.ssh(codes[1], more[0])
        self.told(said, "new recovery codes were made. Not you? Run: "
                  "otp-enroll recovery", "Not accepted")
        return fresh, more

    def lock(self, token, codes):
        """Stolen: at once, without a code; a recovery code is the way."""
        at = self.at
        self.told(at.do("otp-enroll lock"), "9 recovery codes are left",
                  'otp-enroll rotate "blue key"')
        self.assertEqual(["blue key"], self.agree("switched off"))
        said = at.ssh(token.code, codes[1])
        self.told(said, "a device was locked. To use it again, run: "
                  "otp-enroll rotate 'blue key'", "Not accepted")
        at.do("otp-enroll unlock", status=1)  # not what was locked by name
        token = at.set_up("otp-enroll rotate", (CURRENT, codes[2]))
        at.done()
        at.ssh(token.code)

        self.told(at.do("otp-enroll lock --all"),
                  "of which 7 are left", "otp-enroll unlock")
        self.agree("locked by " + self.me.name, "otp-enroll unlock",
                   locked=True, locked_by="user", recovery_left=7)
        said = at.ssh(token.code, codes[3])
        self.told(said, "your second factor was locked. Not you? Run: "
                  "otp-enroll unlock", "type a recovery code")
        self.told(at.do("otp-enroll unlock", ("A recovery code:$",
                                              token.code), status=1),
                  "otp-enroll: ")
        at.do("otp-enroll unlock", ("A recovery code:$", codes[4]))
        self.agree(locked=False, recovery_left=5)
        return token, codes

    def disable(self, token, codes):
        at = self.at
        at.do("otp-enroll disable", YES, (CURRENT, codes[4]), status=1)
        self.agree(enrolled=True)
        at.do("otp-enroll disable", YES, (CURRENT, token.code))
        self.assertEqual([], self.agree("has no second factor", status=1,
                                        enrolled=False, recovery_left=0))
        said = at.ssh(shell=True)
        self.assertNotIn(PROMPT, said)
        self.told(said, "your second factor was turned off. Not you? Tell "
                  "your administrator, and run: otp-enroll new")

    def kept(self):
        """The record belongs to the service, and is closed to its subject."""
        record = "%s/users/%s" % (world.STORE, self.me.name)
        at = os.stat(record)
        self.assertEqual((world.SERVICE_UID, 0o600), (at.st_uid,
                                                      at.st_mode & 0o7777))
        said = self.at.tell("{ cat %s; ls %s; cat %s; }" % (
            record, world.STORE, world.KEY))
        self.assertEqual(3, said.count("Permission denied"), said)


class Ticket(person.Case):
    """Where an administrator has to give leave."""

    enrol = "ticket"

    def setUp(self):
        self.me = self.somebody()
        self.at = self.terminal(self.me)

    def ticket(self, *more):
        text = self.world.otp("ticket", "--user", self.me.name, *more).stdout
        found = re.findall(person.RECOVERY, text)
        self.assertEqual(1, len(found), text)
        world.SHOWN.add(found[0])
        return found[0]

    def asks(self, ticket, status=1):
        return self.at.do("otp-enroll new", ("Ticket:$", ticket),
                          status=status)

    def test_ticket(self):
        """a ticket is good once, for its user, and nothing else will do"""
        at, other = self.at, self.somebody()
        self.assertIn("ticket", at.tell("otp-enroll status", 1))
        wrong = "ABCD-EFGH-JKMN-PQRS"
        self.assertIn("is not the ticket", self.asks(wrong))
        ticket = self.ticket()
        self.assertIn("is not the ticket", self.asks(wrong))
        self.assertEqual("none", at.status()["pending"]["mode"])
        # The one of somebody else.
        theirs = self.terminal(other)
        self.assertIn("is not the ticket", theirs.do(
            "otp-enroll new", ("Ticket:$", ticket), status=1))

        phone, codes = at.new("otp-enroll new", ("Ticket:$", ticket))
        at.ssh(phone.code)
        # What is there is changed by its own codes, not by tickets.
        self.assertIn("otp-enroll: ", at.do(
            "otp-enroll new", YES, (CURRENT, ticket), status=1))
        # Nor does the ticket let in, or begin anew.
        at.do("otp-enroll disable", YES, (CURRENT, codes[1]))
        self.assertIn("is not the ticket", self.asks(ticket))
        self.assertFalse(at.status()["enrolled"])

    def test_replaced(self):
        """a newer ticket ends the one before it"""
        old, new = self.ticket(), self.ticket("--hours", "1")
        self.assertIn("is not the ticket", self.asks(old))
        self.assertLess(self.at.status()["ticket_until"], time.time() + 3601)
        self.at.new("otp-enroll new", ("Ticket:$", new))

    def test_expired(self):
        """time ends a ticket"""
        # No option asks for as little as a second: root, at the socket, may.
        got = asked(0, request("ticket", user=self.me.name, seconds=1))
        world.SHOWN.add(got["ticket"])
        time.sleep(1.1)
        self.assertIn("is not the ticket", self.asks(got["ticket"]))
        self.assertFalse(self.at.status()["enrolled"])


if __name__ == "__main__":
    unittest.main()
