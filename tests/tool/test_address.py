# SPDX-License-Identifier: BSD-2-Clause
"""Where codes are sent to: set, changed, taken away, and every way out."""

import base64
import os
import re
import signal
import stat
import time

import screen
import test_stop
import tool

CODES = test_stop.CODE
MINE = "alice@example.org"
OTHER = "bob.builder@example.net"

# What stands in for the delivery program keeps each request in a file, and
# says what the file "says" says; or hangs, if there is a file "hang".
PROGRAM = """#!/bin/sh
[ ! -e %(work)s/hang ] || exec /bin/sleep 30
/bin/cat > %(work)s/box/$$.part &&
/bin/mv %(work)s/box/$$.part %(work)s/box/$$.sent &&
exec /bin/cat %(work)s/says
"""

CONF = """
[default]
methods = totp hotp recovery email sms
%(default)s
[email]
server = smtp://localhost
from = otp@example.org
[sms]
url = http://localhost/send
body = to={to}&text={text}
[send]
program = %(work)s/send
secrets = %(work)s/secrets
timeout = 2
"""


class Box(test_stop.OnTerminal):
    """An ordinary user, and what is sent on the way."""

    root = False

    def setUp(self):
        super().setUp()
        os.mkdir(self.work + "/box")
        os.chmod(self.work + "/box", 0o1777)
        self.says("ok")
        with open(self.work + "/send", "w") as out:
            out.write(PROGRAM % {"work": self.work})
        os.chmod(self.work + "/send", 0o755)
        self.mail("")

    def mail(self, default):
        """A host that can send, with more in [default]."""
        self.configure(CONF % {"work": self.work, "default": default})

    def says(self, line):
        with open(self.work + "/says", "w") as out:
            out.write(line + "\n")

    def box(self):
        """What was sent, oldest first."""
        found = []
        for entry in os.scandir(self.work + "/box"):
            if entry.name.endswith(".sent"):
                with open(entry.path) as file:
                    sent = dict(line.split("=", 1)
                                for line in file.read().splitlines())
                text = sent.get("text", "")
                sent["text"] = base64.b64decode(text).decode()
                found.append((entry.stat().st_mtime_ns, sent))
        return [sent for _, sent in sorted(found, key=lambda each: each[0])]

    def sent(self, number):
        """The last one, as soon as there are so many."""
        end = time.monotonic() + 10
        while len(self.box()) < number and time.monotonic() < end:
            time.sleep(0.05)
        self.assertEqual(number, len(self.box()), self.box())
        return self.box()[-1]

    def code(self, number=1):
        """The code in it: it stands in the text, and nowhere else."""
        sent = self.sent(number)
        code = re.search(r"\b\d{8}\b", sent.pop("text")).group()
        self.assertNotIn(code, str(sent))
        return code

    def me(self):
        return self.status(tool.ORDINARY)

    def records(self):
        return {path: sum for path, sum in self.files().items()
                if "/store/" in path}

    def device(self):
        """A device, and recovery codes."""
        tool.calm()
        terminal = self.terminal(80, 24)
        terminal.type(self.command("new", "--no-check"))
        terminal.wait("^Code: ?$")
        self.uri = screen.scan(terminal.cells().ppm("dark"))
        terminal.type(tool.code(self.uri))
        terminal.wait("Press Enter once")
        self.codes = re.findall(CODES, terminal.text())
        terminal.keys("Enter")
        terminal.wait("^Done: ")

    def first(self, *words):
        """The first address of somebody who has nothing: at its code."""
        terminal = self.begin("email", MINE, *words, ready="Go on")
        terminal.type("y")
        terminal.wait("^Code .*: ?$")
        return terminal

    def set_up(self):
        """An address, and the recovery codes that came with it."""
        terminal = self.first("--no-check")
        terminal.type(self.code())
        terminal.wait("Press Enter once")
        self.codes = re.findall(CODES, terminal.text())
        terminal.keys("Enter")
        terminal.wait("^Done: ")
        self.ended(terminal, 0)

    def change(self, address=OTHER, *words, sends, command="email"):
        """Another one, with a recovery code: at its code."""
        terminal = self.begin(command, address, *words,
                              ready=self.loose("recovery code") + ".*:")
        terminal.type(self.codes.pop())
        terminal.wait(r"^Code .*: ?$")
        self.sent(sends)
        return terminal


class Nothing(Box):
    """What is refused, or only looked at, and changes nothing."""

    def test_without_an_address(self):
        before = self.files()
        for command, thing, word in (("email", "email address", "ADDRESS"),
                                     ("phone", "phone number", "NUMBER")):
            said = self.must(command, status=1)
            self.assertIn("has set no %s" % thing, said)
            self.assertIn("otp-enroll %s %s" % (command, word), said)
            self.assertNotIn("cannot send", said)
            self.refused(1, "nothing to take away", command, "--remove")
            self.refused(2, "leave out the %s" % word, command, MINE,
                         "--remove")
        self.assertEqual(before, self.files())

    def test_no_server(self):
        self.configure("")
        before = self.files()
        self.assertIn("cannot send codes by text message",
                      self.must("phone", status=1))
        self.refused(1, "cannot send codes by email", "email", MINE)
        self.refused(1, "cannot send codes by text message", "phone",
                     "+4915112345678")
        self.assertEqual(([], ""), (self.me()["channels"],
                                    self.me()["email"]))
        self.assertNotIn("email", self.must("status", status=1))
        self.assertEqual(before, self.files())

    def test_hostile_addresses(self):
        before = self.files()
        for address in ("", "a", "@", "a@", "@b", "a@b@c", "a b@example.org",
                        "a@example.org\r\nRCPT TO:<b@example.org>",
                        "a@example.org\n", "a\r@example.org",
                        "<a@example.org>", "a@example.org>", "a@b,c@d",
                        "Alice <a@example.org>", "a@example.org,b@example.org",
                        "\u00e4@example.org", "a@ex\u00e4mple.org",
                        "a@[127.0.0.1]", "a@-b.org", "a@b..org", ".a@b.org",
                        "a.@b.org", "a..b@b.org", "\x1b[2Ja@b.org",
                        "a\u202e@b.org", "|sh@b.org", "$(id)@b.org",
                        "a" * 65 + "@b.org",
                        "a@" + ".".join(["b" * 60] * 4) + ".example.orgs"):
            with self.subTest(address):
                self.refused(2, "is no email address", "email", address)
        for number in ("", "+", "0151 2345678", "+0151 2345678", "+49151a",
                       "+49 (0)151 2345678", "+1234567890123456",
                       "+49 151 2345678\n",
                       "+49;151234567", MINE, "\u0661\u0662\u0663"):
            with self.subTest(number):
                self.refused(2, "is no phone number", "phone", number)
        self.refused(2, "no such option", "email", "-a@b.org")
        self.refused(2, "one word too many", "phone", "+49", "151")
        self.assertEqual(before, self.files())
        self.assertEqual([], self.box())

    def test_what_codes_come_with_it(self):
        """Nobody is told of a file, or shown codes, that cannot be."""
        before = self.files()
        self.refused(1, "to a terminal only", "email", MINE)
        self.refused(2, "does not end in .svg", "email", MINE, "--output",
                     "codes.svg")
        self.device()
        before = self.files()
        self.refused(2, "brings no recovery codes", "email", MINE,
                     "--output", "codes")
        self.assertEqual(before, self.files())
        self.assertEqual([], self.box())

    def test_not_theirs(self):
        """A first one needs what a first device needs."""
        self.mail("self-enroll = off")
        terminal = self.begin("email", MINE, ready="administrator here")
        self.ended(terminal, 1)
        self.mail("self-enroll = ticket")
        for ticket in "", "12345678", "0000-0000-0000-0000":
            terminal = self.begin("email", MINE, ready="Go on")
            terminal.type("y")
            terminal.wait("^Ticket: ?$")
            terminal.type(ticket)
            terminal.wait(self.loose("not the ticket"))
            self.ended(terminal, 1)
        self.assertFalse(self.me()["enrolled"])
        self.assertEqual([], self.box())

    def test_messages_to_anybody(self):
        """What an administrator may have sent, no one else may."""
        self.refused(1, "only root", "test", OTHER)
        self.assertEqual([], self.box())


class First(Box):
    """Of somebody who has nothing yet."""

    def test_to_the_end(self):
        terminal = self.first("--output", "codes.txt")
        self.assertIn("is good, for 10 minutes", self.flat(terminal))
        self.assertIn("An app on a phone is safer", self.flat(terminal))
        self.assertFalse(self.me()["enrolled"])
        waits = self.me()["pending_address"]
        self.assertEqual(("email", "a***e@example.org"),
                         (waits["channel"], waits["address"]))
        self.assertAlmostEqual(time.time() + 900, waits["until"], delta=60)
        said = self.must("status", status=1)
        self.assertRegex(said, "waiting for the code .*a\\*\\*\\*e@example.org")
        self.assertEqual(MINE, self.sent(1)["to"])
        code = self.code()
        terminal.type(" %s-%s " % (code[:4], code[4:]))
        terminal.wait("Recovery codes for")
        codes = re.findall(CODES, terminal.text())
        self.assertEqual(10, len(set(codes)))
        terminal.type("0000-0000-0000-0000")
        terminal.wait("none of these")
        terminal.type(codes[3].lower())
        terminal.wait("^Done: ")
        self.assertIn("type email in the place of a code",
                      self.flat(terminal))
        self.ended(terminal, 0)
        path = self.work + "/codes.txt"
        self.assertEqual(0o600, stat.S_IMODE(os.stat(path).st_mode))
        with open(path) as file:
            self.assertEqual(codes, re.findall(CODES, file.read()))
        after = self.me()
        self.assertEqual((True, 10, [], "a***e@example.org", "", 0),
                         (after["enrolled"], after["recovery_left"],
                          after["devices"], after["email"], after["phone"],
                          after["pending_address"]["until"]))
        self.assertEqual(["email", "sms"], after["channels"])
        said = self.must("status")
        self.assertIn("  email: a***e@example.org\n", said)
        self.assertIn("  phone: none; otp-enroll phone sets one\n", said)
        self.assertIn("sent to a***e@example.org", self.must("email"))
        for text in said, self.must("email"), terminal.history():
            self.assertNotIn(code, text)
        self.must("check", typed=codes[0])

    def flat(self, terminal):
        return re.sub(r"\s+", " ", terminal.text())

    def test_every_way_out(self):
        """Until the code was typed, nothing is there."""
        before = self.records()
        for how, status in (("C-c", 130), ("C-d", 1), (signal.SIGTERM, 143)):
            with self.subTest(how):
                terminal = self.begin("email", MINE, "--output", "codes",
                                      ready="Go on")
                self.stop(terminal, how)
                terminal.wait(self.loose("nothing was changed"))
                self.ended(terminal, status)
        self.assertEqual(before, self.records())
        self.assertEqual([], self.box())
        terminal = self.first("--output", "codes")
        self.stop(terminal, "C-c")
        terminal.wait(self.loose("nothing was changed; to type the code"))
        self.ended(terminal, 130)
        self.assertFalse(self.me()["enrolled"])
        self.assertFalse(os.path.exists(self.work + "/codes"))
        # The same command asks for the code again, and for nothing else.
        terminal = self.begin("email", MINE, ready="^Code .*: ?$")
        self.assertRegex(self.flat(terminal),
                         r"None was sent now: the next one can be in \d+ sec")
        terminal.type(self.code(1))
        terminal.wait("Recovery codes for")
        self.stop(terminal, "C-c")
        terminal.wait(self.loose("the address and the recovery codes are in "
                                 "force"))
        self.ended(terminal, 130)
        self.assertEqual(("a***e@example.org", 10),
                         (self.me()["email"], self.me()["recovery_left"]))

    def test_refused_by_the_server(self):
        self.says("failed 550 no such mailbox here")
        terminal = self.begin("email", MINE, "--yes",
                              ready=self.loose("the code could not be sent: "
                                               "nothing was changed"))
        self.assertIn("550 no such mailbox here", self.flat(terminal))
        self.ended(terminal, 3)
        self.assertFalse(self.me()["enrolled"])

    def test_hangs(self):
        """Nobody waits longer than the configuration says."""
        open(self.work + "/hang", "w").close()
        terminal = self.begin("email", MINE, "--yes", ready="^Sending a code")
        terminal.wait(self.loose("could not be sent"), 10)
        self.ended(terminal, 3)
        self.assertFalse(self.me()["enrolled"])

    def test_stopped_while_sending(self):
        """Ctrl-C is obeyed once it is known what came of it."""
        with open(self.work + "/send", "w") as out:
            out.write((PROGRAM % {"work": self.work}).replace(
                "exec /bin/cat", "/bin/sleep 1 && exec /bin/cat"))
        terminal = self.begin("email", MINE, "--yes", ready="^Sending a code")
        self.stop(terminal, "C-c")
        terminal.wait(self.loose("nothing was changed; to type the code"))
        self.ended(terminal, 130)
        self.code(1)
        self.assertFalse(self.me()["enrolled"])

    def test_no_program(self):
        os.unlink(self.work + "/send")
        terminal = self.begin("phone", "+49 151-234.5678".replace(" ", ""),
                              "--yes", ready=self.loose("could not be sent"))
        self.ended(terminal, 3)
        self.assertFalse(self.me()["enrolled"])

    def test_where_logins_take_none(self):
        self.configure((CONF % {"work": self.work, "default": ""}).replace(
            " email sms", ""))
        terminal = self.first()
        self.assertIn("Most logins here take no codes sent by email",
                      self.flat(terminal))


class Change(Box):
    """Of somebody who has a factor."""

    def test_needs_a_current_code(self):
        self.device()
        for typed, says in (("\n", "cannot be a code"),
                            (tool.wrong(self.uri), "wrong"),
                            ("0000-0000-0000-0000", "wrong")):
            done = self.run_tool("email", MINE, typed=typed)
            self.assertEqual(1, done.returncode, done)
            self.assertIn(says, done.stderr)
        after = self.me()
        self.assertEqual((1, 2), (after["failures"]["login"]["row"],
                                  after["missed"]["wrong"]))
        self.assertEqual((0, ""), (after["pending_address"]["until"],
                                   after["email"]))
        self.assertEqual([], self.box())

    def test_tells_the_old_address(self):
        self.device()
        # Nobody has an address for notices yet.
        terminal = self.begin("email", MINE, ready="but none that was sent: ?$")
        terminal.type(tool.code(self.uri, time.time() + 30))
        terminal.wait("^Code .*: ?$")
        self.assertEqual(MINE, self.sent(1)["to"])
        terminal.type(self.code(1))
        terminal.wait("^Done: ")
        self.assertNotIn("Recovery codes", terminal.text())
        self.ended(terminal, 0)
        self.assertEqual(10, self.me()["recovery_left"])
        sent = len(self.box())

        time.sleep(31)
        self.mail("resend-after = 30")
        terminal = self.begin("email", OTHER, ready="none that was sent: ?$")
        terminal.type(self.codes[0])
        terminal.wait("^Code .*: ?$")
        self.assertEqual("a***e@example.org", self.me()["email"])
        mine = [each for each in self.box()[sent:] if each["to"] == OTHER]
        terminal.type(re.search(r"\b\d{8}\b", mine[-1]["text"]).group())
        terminal.wait("^Done: ")
        self.ended(terminal, 0)
        self.assertEqual("b***r@example.net", self.me()["email"])
        end = time.monotonic() + 10
        told = []
        while not told and time.monotonic() < end:
            told = [each for each in self.box()[sent:] if each["to"] == MINE
                    and "address" in each["text"]]
            time.sleep(0.1)
        self.assertTrue(told, self.box())
        self.assertNotIn(OTHER, str(told))


class Codes(Box):
    """What is typed, and what more is sent."""

    def test_wrong_codes(self):
        terminal = self.first()
        code = self.code()
        for wrong, says in (("12", "That cannot be the code"),
                            ("?" * 300, "That cannot be the code"),
                            (self.other(code), "That is not the code")):
            terminal.type(wrong)
            terminal.wait(self.loose(says))
        terminal.type(code)
        terminal.wait("Recovery codes for")

    @staticmethod
    def other(code):
        return "%08d" % ((int(code) + 1) % 10 ** 8)

    def test_three_wrong_codes(self):
        terminal = self.first()
        code = self.code()
        for _ in range(3):
            terminal.type(self.other(code))
        terminal.type(code)
        terminal.wait(self.loose("No code is good any more"))
        self.stop(terminal, "C-c")
        self.ended(terminal, 130)
        self.assertFalse(self.me()["enrolled"])

    def test_again(self):
        """Too early it says when; later only the newest is good."""
        self.mail("resend-after = 30\nresend-max = 2")
        terminal = self.first("--no-check")
        old = self.code(1)
        terminal.keys("Enter")
        terminal.wait(self.loose("None was sent now: the next one can be in"))
        terminal.type(" Again ")
        time.sleep(0.3)
        self.sent(1)
        time.sleep(30)
        terminal.type("again")
        new = self.code(2)
        if new != old:
            terminal.type(old)
            terminal.wait(self.loose("not the code that was sent last"))
        terminal.keys("Enter")
        terminal.wait(self.loose("the next one can be in") +
                      r"\s*(\d+\s*minutes|30\s*seconds)")
        terminal.type(new)
        terminal.wait("Press Enter once")
        terminal.keys("Enter")
        self.ended(terminal, 0)
        self.assertEqual("a***e@example.org", self.me()["email"])

    def test_too_early_for_another_address(self):
        """And the current code is not spent on being told so."""
        self.set_up()
        before = self.records()
        terminal = self.begin("email", OTHER, ready="^A recovery code: ?$")
        terminal.type(self.codes[0])
        terminal.wait(self.loose("try again then"))
        self.ended(terminal, 1)
        self.assertEqual(before, self.records())

    def test_prefix(self):
        self.mail("code-prefix = web1-\ncode-length = 10\n"
                  "code-alphabet = letters\ncode-ttl = 60")
        terminal = self.begin("phone", "+49-151-2345678", "--yes",
                              "--no-check",
                              ready="^Code that begins with web1-")
        self.assertRegex(terminal.text(), r"good,\s+for\s+15\s+minutes")
        sent = self.sent(1)
        self.assertEqual("+491512345678", sent["to"])
        code = re.search(r"web1-\w{10}", sent["text"]).group()
        terminal.type(code)
        terminal.wait("Press Enter once")
        terminal.keys("Enter")
        terminal.wait("type sms")
        self.ended(terminal, 0)
        self.assertEqual("+49 *** 78", self.me()["phone"])

    def test_is_no_current_code(self):
        """One that was sent confirms, and can change nothing else."""
        self.device()
        terminal = self.begin("email", MINE, ready="none that was sent: ?$")
        terminal.type(self.codes[0])
        terminal.wait("^Code .*: ?$")
        code = self.code(1)
        for words in (["disable", "--yes"], ["rename", "phone", "x"],
                      ["remove", "phone", "--yes"]):
            done = self.run_tool(*words, typed=code)
            self.assertEqual(1, done.returncode, done)
        self.assertEqual(["phone"], [each["label"] for each
                                     in self.me()["devices"]])
        terminal.type(code)
        terminal.wait("^Done: ")
        self.ended(terminal, 0)


class Remove(Box):

    def test_asks(self):
        self.set_up()
        self.refused(2, "add --yes", "email", "--remove")
        before = self.records()
        for keys, status in ("C-c", 130), ("Enter", 1), ("n", 1):
            terminal = self.begin("email", "--remove",
                                  ready=self.loose("only the 10 recovery "
                                                   "codes") + "[^?]*Take it")
            terminal.keys(*([keys, "Enter"] if keys == "n" else [keys]))
            terminal.wait(self.loose("nothing was changed"))
            self.ended(terminal, status)
        terminal = self.begin("email", "--remove", ready="Take it away")
        terminal.type("y")
        terminal.wait("^A recovery code: ?$")
        self.stop(terminal, "C-c")
        self.ended(terminal, 130)
        self.assertEqual(before, self.records())
        said = self.must("email", "--remove", "--yes", typed=self.codes[0])
        self.assertIn("a***e@example.org is taken away", said)
        after = self.me()
        self.assertEqual((True, "", 9), (after["enrolled"], after["email"],
                                         after["recovery_left"]))

    def test_nothing_left_to_prove_it(self):
        self.set_up()
        for code in self.codes:
            self.must("check", typed=code)
        before = self.records()
        for words in ["--remove", "--yes"], [OTHER]:
            self.refused(1, "ask an administrator", "email", *words)
        self.assertEqual(before, self.records())
