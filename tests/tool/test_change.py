# SPDX-License-Identifier: BSD-2-Clause
"""What can be done to a second factor once it is there."""

import json
import re
import time

import screen
import tool

USER = "games"
CODE = r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}"


def flat(text):
    return re.sub(r"\s+", " ", text)


class Root(tool.Case):
    """Root, for anybody: no code is asked for."""

    def labels(self):
        return [each["label"] for each in self.status(USER)["devices"]]

    def add(self, label):
        return json.loads(self.must("add", "--json", "--no-confirm", "--user",
                                    USER, "--label", label))

    def test_nothing_there(self):
        before = self.files()
        for words in (["lock"], ["lock", "--all"], ["unlock"], ["rotate",
                      "--json", "--no-confirm"], ["rename", "a", "b"],
                      ["disable", "--yes"], ["devices"]):
            with self.subTest(words):
                self.refused(1, "has no second factor", *words, "--user",
                             USER)
        self.assertEqual([], json.loads(self.must("devices", "--json",
                                                  "--user", USER)))
        self.assertEqual(before, self.files())

    def test_devices(self):
        self.enrolled(USER)
        self.add("tablet")
        self.must("lock", "tablet", "--user", USER)
        text = self.must("devices", "--user", USER)
        self.assertRegex(text, r'\A  device "phone": follows the clock, set '
                         r'up 20[^\n]*, last used never\n'
                         r'  device "tablet": [^\n]*; switched off\n\Z')
        found = json.loads(self.must("devices", "--json", "--user", USER))
        self.assertEqual(found, self.status(USER)["devices"])
        self.assertEqual([False, True], [each["off"] for each in found])

    def test_rename(self):
        self.enrolled(USER)
        self.add("tablet")
        said = self.must("rename", "phone", "My Phone", "--user", USER)
        self.assertIn('is called "My Phone" now', said)
        self.assertEqual(["My Phone", "tablet"], self.labels())
        self.refused(1, 'no device called "phone"', "rename", "phone", "x",
                     "--user", USER)
        self.refused(1, 'called "tablet" already', "rename", "My Phone",
                     "tablet", "--user", USER)
        for name in "", "a\nb", "x" * 65, "a\u202eb":
            self.refused(2, "a name is 1 to 64 bytes of UTF-8", "rename",
                         "tablet", name, "--user", USER)
        self.assertEqual(["My Phone", "tablet"], self.labels())

    def test_rotate(self):
        tool.calm()
        old = self.enrolled(USER, "--digits", "8", "--algorithm", "sha256")
        new = json.loads(self.must("rotate", "--json", "--no-confirm",
                                   "--user", USER))
        self.assertEqual([], new["recovery_codes"])
        # Its kind is as it was.
        self.assertIn("&algorithm=SHA256&digits=8", new["uri"])
        self.assertNotEqual(old["secret"], new["secret"])
        self.assertEqual(10, self.status(USER)["recovery_left"])
        self.refused(1, "wrong", "check", "--user", USER,
                     typed=tool.code(old["uri"]))
        self.must("check", "--user", USER,
                  typed=tool.code(new["uri"], time.time() + 30))
        changed = json.loads(self.must(
            "rotate", "--json", "--no-confirm", "--user", USER,
            "--digits", "6"))
        self.assertRegex(changed["uri"], "algorithm=SHA256$")
        self.must("check", "--user", USER, typed=old["recovery_codes"][0])

    def test_rotate_which(self):
        self.enrolled(USER)
        self.add("tablet")
        self.refused(1, "there are 2 devices: say which", "rotate", "--json",
                     "--no-confirm", "--user", USER)
        self.refused(1, 'no device called "watch"', "rotate", "watch",
                     "--json", "--no-confirm", "--user", USER)
        self.must("rotate", "tablet", "--json", "--no-confirm", "--user",
                  USER)
        self.assertEqual(["phone", "tablet"], self.labels())

    def test_lock_and_unlock_a_device(self):
        tool.calm()
        made = self.enrolled(USER)
        other = self.add("tablet")
        self.refused(1, "say which", "lock", "--user", USER)
        said = flat(self.must("lock", "phone", "--user", USER))
        self.assertIn('"phone" of games is locked', said)
        self.assertIn("10 recovery codes are left", said)
        self.run_tool("check", "--user", USER, typed=tool.code(made["uri"]))
        self.must("check", "--user", USER, typed=tool.code(other["uri"]))
        self.refused(1, "add that name", "unlock", "--user", USER)
        self.refused(1, "is not locked", "unlock", "tablet", "--user", USER)
        self.must("unlock", "phone", "--user", USER)
        self.must("check", "--user", USER,
                  typed=tool.code(made["uri"], time.time() + 30))
        self.refused(1, "nothing of games is locked", "unlock", "--user",
                     USER)

    def test_lock_everything(self):
        tool.calm()
        made = self.enrolled(USER)
        before = self.status(USER)
        self.assertEqual(("none", 0), (before["locked_by"],
                                       before["locked_at"]))
        self.must("lock", "--all", "--user", USER)
        after = self.status(USER)
        self.assertEqual((True, "root"), (after["locked"],
                                          after["locked_by"]))
        self.assertAlmostEqual(time.time(), after["locked_at"], delta=10)
        self.assertIn("locked by an administrator on 20",
                      self.must("status", "--user", USER))
        self.refused(1, "recovery code", "check", "--user", USER,
                     typed=tool.code(made["uri"]))
        self.must("check", "--user", USER, typed=made["recovery_codes"][0])
        self.must("unlock", "--user", USER)
        self.assertFalse(self.status(USER)["locked"])
        self.must("check", "--user", USER, typed=tool.code(made["uri"]))

    def test_unlock_after_failures(self):
        made = self.enrolled(USER)
        guess = tool.wrong(made["uri"])
        for _ in range(6):
            self.run_tool("check", "--user", USER, typed=guess)
        self.assertGreater(self.status(USER)["wait"], 0)
        self.must("unlock", "--user", USER)
        self.assertEqual(0, self.status(USER)["wait"])

    def test_disable(self):
        self.enrolled(USER)
        before = self.files()
        self.refused(2, "add --yes", "disable", "--user", USER)
        self.assertEqual(before, self.files())
        self.must("disable", "--yes", "--user", USER)
        self.assertFalse(self.status(USER)["enrolled"])

    def test_disable_says_what_follows(self):
        for conf, says in (
                ("", "the password alone is enough"),
                ("[default]\nunenrolled = deny\n",
                 "Logins here refuse whoever has no second factor: they "
                 "would refuse games"),
                ("[admins]\nservice = sudo\nunenrolled = deny\n",
                 "Logins that demand a second factor would refuse games")):
            with self.subTest(conf):
                self.configure(conf)
                self.enrolled(USER)
                terminal = self.terminal(80, 24)
                terminal.type(self.command("disable", "--user", USER))
                terminal.wait("Go on")
                text = flat(terminal.text())
                self.assertIn("1 device and 10 recovery codes", text)
                self.assertIn(says, text)
                self.assertEqual("deny" in conf,
                                 "a ticket of your administrator's" in text)
                terminal.keys("Enter")
                terminal.wait("nothing was changed")
                self.assertTrue(self.status(USER)["enrolled"])

    def test_ticket(self):
        self.configure("[default]\nself-enroll = ticket\n")
        said = self.must("ticket", "--user", USER)
        self.assertRegex(said, CODE)
        self.assertIn("otp-enroll new", said)
        found = json.loads(self.must("ticket", "--user", USER, "--json",
                                     "--hours", "2"))
        self.assertEqual(USER, found["user"])
        self.assertRegex(found["ticket"], "^%s$" % CODE)
        self.assertAlmostEqual(time.time() + 7200, found["until"], delta=30)
        status = self.status(USER)
        self.assertEqual((found["until"], "ticket"),
                         (status["ticket_until"], status["self_enroll"]))
        done = self.run_tool("status", "--user", USER)
        self.assertIn("a ticket to set it up is good until", done.stdout)
        self.assertNotIn(found["ticket"], done.stdout)
        self.enrolled(USER)
        self.refused(1, "needs no ticket", "ticket", "--user", USER)

    def test_reset(self):
        self.enrolled(USER)
        self.must("lock", "--all", "--user", USER)
        self.must("reset", "--yes", "--user", USER)
        self.assertEqual("", self.must("list"))

    def test_status_pending(self):
        self.enrolled(USER)
        for words, mode, says in (
                (["new"], "new", 'a new phone, in the place of all '
                 'devices, "phone"'),
                (["add", "--label", "tablet"], "add",
                 'one more device, "tablet"'),
                (["rotate"], "rotate", 'a new secret for "phone"')):
            with self.subTest(words):
                terminal = self.terminal(80, 24)
                terminal.type(self.command(*words, "--user", USER))
                if words == ["new"]:
                    terminal.wait("Go on")
                    terminal.type("y")
                terminal.wait("^Code: ?$")
                pending = self.status(USER)["pending"]
                self.assertEqual(mode, pending["mode"])
                self.assertAlmostEqual(time.time() + 900, pending["until"],
                                       delta=60)
                self.assertIn(says, self.must("status", "--user", USER))
                terminal.keys("C-c")
                terminal.wait("nothing was changed")

    def test_status_keys(self):
        """What programs may count on."""
        self.enrolled(USER)
        found = self.status(USER)
        self.assertLessEqual({
            "user", "enrolled", "locked", "off", "devices", "recovery_left",
            "recovery_created", "wait", "failures_row", "failures_budget",
            "missed", "pending_until", "pending_recovery_until", "locked_by",
            "locked_at", "failures", "pending", "ticket_until",
            "self_enroll"}, set(found))
        lane = {"off": False, "row": 0, "budget": 0, "wait": 0}
        self.assertEqual({"login": lane, "socket": lane}, found["failures"])
        self.assertEqual({"until": 0, "mode": "none", "label": ""},
                         found["pending"])
        self.assertEqual("open", found["self_enroll"])


class Owner(tool.Case):
    """Somebody who is not root, on a store of their own."""

    root = False

    def setUp(self):
        super().setUp()
        tool.calm()
        self.screen = self.terminal(100, 40)
        self.uri, self.codes = self.enrol(["new"])

    def enrol(self, words):
        self.screen.type(self.command(*words))
        self.screen.wait(r"^Code: ?$")
        uri = screen.scan(self.screen.cells().ppm("dark"))
        self.screen.type(tool.code(uri))
        self.screen.wait("Recovery codes for " + tool.ORDINARY)
        codes = re.findall(CODE, self.screen.text())
        self.screen.type(codes[0])
        self.screen.wait("^Done: ")
        return uri, codes

    def ask(self, *words):
        self.screen.type("clear")
        self.screen.wait(r"\A\$ ?\s*\Z")
        self.screen.type(self.command(*words) + "; echo status $?")

    def ends(self, status, says):
        self.screen.wait("^status %d$" % status)
        self.assertIn(says, flat(self.screen.text()))

    def me(self):
        return self.status(tool.ORDINARY)

    def test_needs_a_code(self):
        """A wrong one changes nothing; a right one does it."""
        before = self.me()["devices"]
        for words in (["rename", "phone", "x"], ["rotate"],
                      ["disable", "--yes"]):
            with self.subTest(words):
                self.ask(*words)
                self.screen.wait("A code from the device you have now")
                self.screen.type(self.codes[0][:-1] + "?")
                self.screen.wait("^status 1$")
                self.assertEqual(before, self.me()["devices"])
        self.ask("rename", "phone", "x")
        self.screen.wait("A code from the device you have now")
        self.screen.type(self.codes[1])
        self.ends(0, 'is called "x" now')
        self.assertEqual(["x"], [each["label"] for each
                                 in self.me()["devices"]])
        self.ask("disable")
        self.screen.wait("Go on")
        self.screen.type("y")
        self.screen.wait("A code from the device you have now")
        self.screen.type(self.codes[2])
        self.ends(0, "has no second factor any more")
        self.assertFalse(self.me()["enrolled"])

    def test_code_on_standard_input(self):
        """Without a terminal the code is read, and nothing is printed."""
        said = self.must("rename", "phone", "x", typed=self.codes[1] + "\n")
        self.assertEqual('Done: "phone" of %s is called "x" now.\n' %
                         tool.ORDINARY, said)
        self.refused(1, "no answer", "rename", "x", "y")

    def test_remove_asks_last(self):
        """Nothing is to be removed, or not without more: no code is wanted."""
        self.refused(1, 'no device called "watch"', "remove", "watch")
        self.refused(1, "add --yes", "remove", "phone")
        self.ask("remove", "phone")
        self.screen.wait("That is the only device")
        self.screen.type("y")
        self.screen.wait("A code from the device you have now")
        self.screen.type(self.codes[1])
        self.ends(0, "is removed")
        self.refused(1, "has no device, only recovery codes", "devices")

    def test_a_bad_name_costs_no_code(self):
        self.refused(2, "characters that are not seen", "rename", "phone",
                     "a\u202eb", typed=self.codes[1] + "\n")
        self.assertEqual(10, self.me()["recovery_left"])

    def test_rotate(self):
        self.ask("rotate")
        self.screen.wait("A code from the device you have now")
        self.assertIn("the old one works until you have typed a first code "
                      "of the new one", flat(self.screen.text()))
        self.screen.type(self.codes[1])
        self.screen.wait("^Code: ?$")
        self.assertIn('A new secret for "phone" of ' + tool.ORDINARY,
                      self.screen.text())
        new = screen.scan(self.screen.cells().ppm("light"))
        # Not confirmed: the old one still works.
        tool.calm()
        later = time.time() + 30
        self.must("check", typed=tool.code(self.uri, later))
        self.screen.type(tool.code(new))
        self.ends(0, "has a new secret")
        self.refused(1, "wrong", "check",
                     typed=tool.code(self.uri, later + 30))
        self.must("check", typed=tool.code(new, later))
        self.assertEqual(9, self.me()["recovery_left"])

    def test_lock_needs_nothing(self):
        said = flat(self.must("lock"))
        self.assertIn('"phone" of %s is locked' % tool.ORDINARY, said)
        self.assertIn('otp-enroll rotate "phone"', said)
        self.refused(1, "was locked by its name", "unlock")
        self.refused(1, "was locked by its name", "unlock", "phone")
        self.assertTrue(self.me()["devices"][0]["off"])
        # Its own new secret brings it back.
        self.ask("rotate")
        self.screen.wait("A code from the device you have now")
        self.screen.type(self.codes[1])
        self.screen.wait("^Code: ?$")
        new = screen.scan(self.screen.cells().ppm("light"))
        self.screen.type(tool.code(new))
        self.ends(0, "has a new secret")
        self.assertFalse(self.me()["devices"][0]["off"])

    def test_unlock_needs_a_recovery_code(self):
        said = flat(self.must("lock", "--all"))
        self.assertIn("of which 10 are left", said)
        self.assertEqual("user", self.me()["locked_by"])
        self.assertIn("locked by %s on 20" % tool.ORDINARY,
                      self.must("status"))
        self.ask("unlock")
        self.screen.wait("^A recovery code: ?$")
        self.screen.type(tool.code(self.uri, time.time() + 30))
        self.screen.wait("^status 1$")
        self.assertTrue(self.me()["locked"])
        self.must("unlock", typed=self.codes[1])
        self.assertFalse(self.me()["locked"])

    def test_lock_without_recovery_codes(self):
        """It would leave nothing to get in with."""
        for code in self.codes:
            self.must("check", typed=code)
        before = self.files()
        for words in ["lock"], ["lock", "--all"]:
            self.refused(1, "no recovery code left", *words)
        self.assertEqual(before, self.files())

    def test_lock_where_recovery_codes_do_not_count(self):
        """There are some, and still nothing would undo it."""
        self.configure("[default]\nmethods = totp\n")
        for words in ["lock"], ["lock", "--all"]:
            self.refused(1, "recovery codes are not accepted here", *words)
        self.assertFalse(self.me()["locked"])

    def test_lock_is_not_theirs(self):
        self.configure("[default]\nself-lock = no\n")
        for words in ["lock"], ["lock", "--all"]:
            self.refused(1, "for administrators", *words)
        self.assertFalse(self.me()["locked"])

    def test_roots_own(self):
        self.refused(1, "tickets come from an administrator", "ticket")


class Ticket(tool.Case):
    """The first one, where policy does not leave it to the user alone."""

    root = False

    def test_off(self):
        self.configure("[default]\nself-enroll = off\n")
        terminal = self.terminal(80, 24)
        terminal.type(self.command("new") + "; echo status $?")
        terminal.wait("^status 1$")
        self.assertIn("set up by an administrator here: ask yours for "
                      '"otp-enroll new --user %s"' % tool.ORDINARY,
                      flat(terminal.text()))
        done = self.run_tool("status")
        self.assertEqual((1, ""), (done.returncode, done.stderr))
        self.assertIn("Here an administrator sets it up", done.stdout)

    def test_wrong_ticket(self):
        self.configure("[default]\nself-enroll = ticket\n")
        for typed in "", "123456", "0000-0000-0000-0000":
            with self.subTest(typed):
                terminal = self.terminal(80, 24)
                terminal.type(self.command("new") + "; echo status $?")
                terminal.wait("^Ticket: ?$")
                self.assertIn("needs a ticket", terminal.text())
                terminal.type(typed)
                terminal.wait("^status 1$")
                self.assertIn("that is not the ticket", flat(terminal.text()))
                self.assertFalse(self.status(tool.ORDINARY)["enrolled"])

    def test_right_ticket(self):
        """Root of a namespace writes it; its owner is the user."""
        if tool.CANNOT_BE_ROOT:
            self.skipTest(tool.CANNOT_BE_ROOT)
        self.configure("[default]\nself-enroll = ticket\n")
        done = self.run_raw((tool.NOBODY if tool.IS_ROOT else []) +
                            tool.NAMESPACE + [
            tool.PROGRAM, "ticket", "--json", "--conf", self.conf, "--user",
            tool.ORDINARY])
        self.assertEqual(0, done.returncode, done)
        ticket = json.loads(done.stdout)["ticket"]
        tool.calm()
        terminal = self.terminal(80, 24)
        terminal.type(self.command("new"))
        terminal.wait("^Ticket: ?$")
        terminal.type(ticket.lower().replace("-", " "))
        terminal.wait("^Code: ?$")
        uri = screen.scan(terminal.cells().ppm("dark"))
        terminal.type(tool.code(uri))
        terminal.wait("Recovery codes for")
        self.assertTrue(self.status(tool.ORDINARY)["enrolled"])
        self.assertEqual(0, self.status(tool.ORDINARY)["ticket_until"])


class Bare(tool.Case):
    """Somebody who knows nothing but the name of it."""

    root = False

    def test_on_a_terminal(self):
        for columns in 80, 20:
            terminal = self.terminal(columns, 24)
            terminal.type("clear; %s; echo status $?" % tool.PROGRAM)
            terminal.wait("^status 2$")
            self.assertRegex(flat(terminal.text()),
                             "type: +otp-enroll new")
