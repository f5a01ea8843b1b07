# SPDX-License-Identifier: BSD-2-Clause
"""What the commands do, for scripts and for people, and what they refuse."""

import json
import os
import re
import time

import tool

USER = "games"
OTHER = "news"


class Usage(tool.Case):
    """The command line."""

    root = False

    def test_errors(self):
        """Every mistake: status 2, one line that says which."""
        for says, words in (
                ("say what to do", []),
                ("frobnicate: there is no such command", ["frobnicate"]),
                ("frobnicate: there is no such command",
                 ["help", "frobnicate"]),
                ("--frobnicate: there is no such option",
                 ["new", "--frobnicate"]),
                ("-x: there is no such option", ["new", "-x"]),
                ("--label wants a value", ["new", "--label"]),
                ("--hotp has no value", ["new", "--hotp=1"]),
                ("--label is given twice",
                 ["new", "--label", "a", "--label", "b"]),
                ("--digits wants 6|7|8", ["new", "--digits", "5"]),
                ("--digits wants", ["new", "--digits", "9"]),
                ("--digits wants", ["new", "--digits", "6x"]),
                ("--digits wants", ["new", "--digits", " 6"]),
                ("--digits wants", ["new", "--digits", "-6"]),
                ("--digits wants", ["new", "--digits", ""]),
                ("--digits wants", ["new", "--digits",
                                    "4294967302"]),
                ("--period wants 15..300", ["new", "--period", "14"]),
                ("--period wants", ["new", "--period", "301"]),
                ("--algorithm wants sha1|sha256|sha512",
                 ["new", "--algorithm", "md5"]),
                ("--qr wants auto|utf8|ascii|none", ["new", "--qr", "big"]),
                ("--label wants", ["new", "--label", ""]),
                ("--label wants", ["new", "--label", "a\nb"]),
                ("--label wants", ["new", "--label", "x" * 65]),
                ("--label wants", ["new", "--label", b"a\xc2\x9b2J"]),
                ("--label wants", ["new", "--label", b"\xff"]),
                ("--label wants", ["new", "--label", "\u202e"]),
                ("--issuer wants", ["new", "--issuer", "\x1b[1m"]),
                ("--issuer wants", ["new", "--issuer", "\u200b"]),
                ("--user wants", ["status", "--user", ""]),
                ("--conf wants", ["status", "--conf", ""]),
                ("--output wants", ["new", "--output", ""]),
                ("--hotp has no --period",
                 ["new", "--hotp", "--period", "60"]),
                ("--json and --no-confirm go together", ["new", "--json"]),
                ("--json and --no-confirm go together",
                 ["add", "--no-confirm"]),
                ("status does not take --label", ["status", "--label", "x"]),
                ("list does not take --user", ["list", "--user", "x"]),
                ("x: one word too many", ["status", "x"]),
                ("y: one word too many", ["remove", "x", "y"]),
                ("remove wants DEVICE", ["remove"]),
                ("rename wants DEVICE", ["rename"]),
                ("rename wants NAME", ["rename", "x"]),
                ("z: one word too many", ["rename", "x", "y", "z"]),
                ("y: one word too many", ["lock", "x", "y"]),
                ("x: one word too many", ["new", "x"]),
                ("--all is every device", ["lock", "--all", "x"]),
                ("--hours wants 1..168", ["ticket", "--hours", "0"]),
                ("--hours wants", ["ticket", "--hours", "169"]),
                ("--keep has no value", ["new", "--keep=1"]),
                ("code does not take --user", ["code", "--user", "x"]),
                ("rotate does not take --label", ["rotate", "--label", "x"]),
                ("that does not end in .svg",
                 ["recovery", "--output", "x.svg"])):
            with self.subTest(words):
                done = self.run_raw(self.become() + [tool.PROGRAM] + words)
                self.assertEqual((2, ""), (done.returncode, done.stdout))
                self.assertRegex(done.stderr, r"\Aotp-enroll: [^\n]+; see "
                                 r"otp-enroll help\n\Z")
                self.assertIn(says, done.stderr)

    def test_help(self):
        done = self.run_raw([tool.PROGRAM, "help"])
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        self.assertEqual(done.stdout,
                         self.run_raw([tool.PROGRAM, "--help"]).stdout)
        commands = re.findall(r"^  ([a-z]+) ", done.stdout, re.M)
        self.assertEqual(
            "new add status devices rename email phone check code help "
            "lock unlock rotate recovery remove disable "
            "ticket reset adopt list init test config".split(), commands)
        for command in commands:
            one = self.run_raw([tool.PROGRAM, "help", command])
            self.assertEqual((0, ""), (one.returncode, one.stderr))
            self.assertIn("otp-enroll " + command, one.stdout)
            if command == "check":
                self.assertIn("[default]", one.stdout)
            self.assertEqual(one.stdout, self.run_raw(
                [tool.PROGRAM, command, "--help"]).stdout)
            for line in one.stdout.split("\n") + done.stdout.split("\n"):
                self.assertLessEqual(len(line), 80, line)
        for status in ("0 done", "1 refused", "2 the command", "3 it cannot",
                       "130"):
            self.assertIn(status, re.sub(r"\s+", " ", done.stdout))

    def test_version(self):
        done = self.run_raw([tool.PROGRAM, "--version"])
        self.assertEqual(0, done.returncode)
        self.assertRegex(done.stdout, r"\Aotp-enroll \d+\.\d+\.\d+\n\Z")

    def test_full_output(self):
        """What could not be written is not "done"."""
        argv = ["sh", "-c", 'exec "$0" help >/dev/full', tool.PROGRAM]
        done = self.run_raw(argv)
        self.assertEqual(3, done.returncode)
        self.assertIn("could not be written", done.stderr)


class Ordinary(tool.Case):
    """Somebody who is not root, on a store of their own."""

    root = False

    def test_refusals(self):
        """Nothing secret to what is no terminal; nothing of root's."""
        before = self.files()
        for says, words in (
                ("to a terminal only", ["new"]),
                ("to a terminal only", ["add"]),
                ("to a terminal only", ["recovery"]),
                ("--no-confirm is for root", ["new", "--json",
                                              "--no-confirm"]),
                ("there is no account called no-such",
                 ["status", "--user", "no-such"]),
                ("has no second factor", ["check"])):
            with self.subTest(words):
                self.refused(1, says, *words)
        for words in (["reset", "--yes"], ["adopt"]):
            with self.subTest(words):
                done = self.run_tool(*words)
                self.assertEqual((1, ""), (done.returncode, done.stdout))
        self.assertEqual(before, self.files())

    def test_needs_current_code(self):
        """Who has something changes it with a code of it alone."""
        tool.calm()
        terminal = self.terminal(100, 40)
        uri, codes = self.enrol(terminal)
        before = self.status(tool.ORDINARY)
        for words in (["new"], ["recovery"], ["remove", "phone", "--yes"],
                      ["add", "--label", "tablet"]):
            with self.subTest(words):
                terminal.type("clear")
                terminal.wait(r"\A\$ ?\s*\Z")
                terminal.type(self.command(*words))
                if words == ["new"]:
                    terminal.wait("Go on")
                    terminal.type("y")
                terminal.wait("A code from the device you have now")
                terminal.type(tool.wrong(uri))
                terminal.wait("^otp-enroll: That code is wrong")
                self.assertEqual(before["devices"], self.status(
                    tool.ORDINARY)["devices"])
        terminal.type("clear")
        terminal.wait(r"\A\$ ?\s*\Z")
        terminal.type(self.command("add", "--label", "tablet"))
        terminal.wait("A code from the device you have now")
        terminal.type(codes[0])
        terminal.wait("^Code: ?$")
        second = tool.screen.scan(terminal.cells().ppm("dark"))
        terminal.type(tool.code(second))
        terminal.wait('^Done: "tablet" is set up')
        after = self.status(tool.ORDINARY)
        self.assertEqual(["phone", "tablet"],
                         [each["label"] for each in after["devices"]])
        self.assertEqual(9, after["recovery_left"])

    def enrol(self, terminal):
        terminal.type(self.command("new"))
        terminal.wait(r"^Code: ?$")
        uri = tool.screen.scan(terminal.cells().ppm("dark"))
        terminal.type(tool.code(uri))
        terminal.wait("Recovery codes for " + tool.ORDINARY)
        codes = re.findall("(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}", terminal.text())
        # Something else is not one of them.
        terminal.type(codes[0][:-1] + ("0" if codes[0][-1] != "0" else "1"))
        terminal.wait("That is none of these codes")
        terminal.type(codes[1])
        terminal.wait("^Done: ")
        return uri, codes

    def test_own_account(self):
        """Nobody asks an ordinary user who they are."""
        found = json.loads(self.run_tool("status", "--json",
                                         SUDO_USER=OTHER).stdout)
        self.assertEqual(tool.ORDINARY, found["user"])


class LongName(tool.Case):
    """An account whose name is longer than what any record is made for."""

    def test_refused(self):
        wrapper = os.path.join(self.work, "long")
        with open(wrapper, "w") as out:
            out.write("#!/bin/sh\necho %s:x:$(id -u):0::/:/bin/sh "
                      '>"${0%%/*}/passwd" && mount --bind "${0%%/*}/passwd" '
                      '/etc/passwd || exit 99\nexec "$@"\n' % ("x" * 257))
        os.chmod(wrapper, 0o755)
        argv = self.argv("status")
        at = argv.index(tool.PROGRAM)
        done = self.run_raw(argv[:at] + [wrapper] + argv[at:])
        self.assertEqual((1, ""), (done.returncode, done.stdout), done)
        self.assertRegex(done.stderr, r"\Aotp-enroll: the name of this "
                         r"account is too long[^\n]*\n\Z")


class Root(tool.Case):
    """Root, for anybody."""

    def test_json(self):
        made = self.enrolled(USER, "--issuer", 'Café "1"', "--label", "p\"h")
        self.assertRegex(made["secret"], "^[A-Z2-7]{32}$")
        self.assertEqual(10, len(set(made["recovery_codes"])))
        for code in made["recovery_codes"]:
            self.assertRegex(code, "^([0-9A-HJKMNP-TV-Z]{4}-?){4}$")
        self.assertIn("secret=" + made["secret"], made["uri"])
        self.assertIn("issuer=Caf%C3%A9%20%221%22", made["uri"])
        status = self.status(USER)
        self.assertEqual('p"h', status["devices"][0]["label"])
        self.assertEqual((True, 10), (status["enrolled"],
                                      status["recovery_left"]))
        text = self.must("status", "--user", USER)
        for secret in [made["secret"]] + made["recovery_codes"]:
            self.assertNotIn(secret, text + json.dumps(status))
        self.assertIn('device "p"h"', text)

    def test_secret_lengths(self):
        """As long as the hash of its RFC."""
        for name, letters in ("sha1", 32), ("SHA256", 52), ("sha512", 103):
            made = self.enrolled(USER, "--algorithm", name)
            self.assertEqual(letters, len(made["secret"]))

    def test_check(self):
        tool.calm()
        made = self.enrolled(USER)
        code = tool.code(made["uri"])
        self.must("check", "--user", USER, typed=code[:3] + " " + code[3:])
        self.refused(1, "used already", "check", "--user", USER, typed=code)
        self.refused(1, "wrong", "check", "--user", USER,
                     typed=tool.wrong(made["uri"]))
        self.refused(1, "cannot be a code", "check", "--user", USER,
                     typed="12345\n")
        self.refused(1, "no answer", "check", "--user", USER)
        said = self.must("check", "--user", USER,
                         typed=made["recovery_codes"][0])
        self.assertIn("left: 9", said)
        self.refused(1, "used already", "check", "--user", USER,
                     typed=made["recovery_codes"][0])
        missed = self.status(USER)["missed"]
        self.assertGreater(missed["replayed"], 0)
        self.assertIn("success: 0 wrong, 1 that had been used before; the "
                      "last 20", self.must("status", "--user", USER))

    def test_wait_is_told(self):
        made = self.enrolled(USER)
        guess = tool.wrong(made["uri"])
        for _ in range(6):
            self.run_tool("check", "--user", USER, typed=guess)
        self.refused(1, "the next one is looked at in", "check", "--user",
                     USER, typed=guess)
        self.assertGreater(self.status(USER)["wait"], 0)
        self.assertIn("looked at in", self.must("status", "--user", USER))

    def test_add_and_remove(self):
        tool.calm()
        first = self.enrolled(USER)
        second = json.loads(self.must("add", "--json", "--no-confirm",
                                      "--user", USER, "--label", "tablet"))
        self.assertEqual([], second["recovery_codes"])
        self.refused(1, 'called "tablet" already', "add", "--json",
                     "--no-confirm", "--user", USER, "--label", "tablet")
        self.must("check", "--user", USER, typed=tool.code(first["uri"]))
        self.must("check", "--user", USER, typed=tool.code(second["uri"]))
        self.refused(1, 'no device called "watch"', "remove", "watch",
                     "--user", USER)
        self.must("remove", "phone", "--user", USER)
        later = time.time() + 30
        self.refused(1, "wrong", "check", "--user", USER,
                     typed=tool.code(first["uri"], later))
        self.must("check", "--user", USER,
                  typed=tool.code(second["uri"], later))
        before = self.files()
        self.refused(1, "only device", "remove", "tablet", "--user", USER)
        self.assertEqual(before, self.files())
        self.must("remove", "tablet", "--yes", "--user", USER)
        left = self.status(USER)
        self.assertEqual((True, [], 10), (left["enrolled"], left["devices"],
                                          left["recovery_left"]))

    def test_five_are_the_most(self):
        self.enrolled(USER)
        for number in range(4):
            self.must("add", "--json", "--no-confirm", "--user", USER,
                      "--label", "device %d" % number)
        self.refused(1, "there are 5 devices", "add", "--json",
                     "--no-confirm", "--user", USER, "--label", "sixth")

    def test_reset_and_list(self):
        self.assertEqual([], json.loads(self.must("list", "--json")))
        self.enrolled(USER)
        self.enrolled(OTHER)
        self.assertEqual(sorted([USER, OTHER]),
                         sorted(self.must("list").split()))
        self.assertEqual({USER, OTHER}, {
            each["user"] for each in json.loads(self.must("list", "--json"))})
        before = self.files()
        self.refused(2, "add --yes", "reset", "--user", USER)
        self.assertEqual(before, self.files())
        self.must("reset", "--yes", "--user", USER)
        self.assertEqual([OTHER], self.must("list").split())
        self.refused(1, "has no second factor", "reset", "--yes", "--user",
                     USER)

    def test_reset_of_who_is_gone(self):
        """The record of an account that is not there any more."""
        self.enrolled(USER)
        record = os.path.join(self.work, "store/users", USER)
        os.rename(record, os.path.join(self.work, "store/users/no-such"))
        self.must("reset", "--yes", "--user", "no-such")
        self.assertEqual("", self.must("list"))

    def test_adopt(self):
        self.refused(1, "nothing to adopt", "adopt", "--user", USER)
        made = self.enrolled(USER)
        self.must("adopt", "--user", USER)
        self.must("check", "--user", USER, typed=made["recovery_codes"][0])

    def test_init_replaces_nothing(self):
        self.enrolled(USER)
        before = self.files()
        self.assertIn("nothing was changed", self.must("init"))
        self.assertEqual(before, self.files())
        # Records, but not their key: a new one would not open them.
        os.rename(self.work + "/key", self.work + "/conf.key")
        done = self.run_tool("init")
        self.assertEqual((3, ""), (done.returncode, done.stdout))
        self.assertFalse(os.path.exists(self.work + "/key"))
        os.rename(self.work + "/conf.key", self.work + "/key")
        self.assertEqual(before, self.files())

    def test_no_store(self):
        """Cannot be asked is not "has nothing"."""
        os.unlink(self.work + "/store/.store")
        for words in (["status", "--user", USER], ["list"],
                      ["check", "--user", USER],
                      ["new", "--json", "--no-confirm", "--user", USER]):
            with self.subTest(words):
                done = self.run_tool(*words, typed="123456")
                self.assertEqual((3, ""), (done.returncode, done.stdout))
                self.assertEqual(1, done.stderr.count("\n"))

    def test_output_keeps_files(self):
        before = self.files()
        for name, make in (("there", lambda path: open(path, "w").close()),
                           ("link", lambda path: os.symlink("new", path)),
                           ("folder/x", lambda path: None)):
            with self.subTest(name):
                make(os.path.join(self.work, name))
                self.refused(1, "another file", "new", "--json",
                             "--no-confirm", "--user", USER, "--output", name)
        self.assertFalse(os.path.exists(self.work + "/new"))
        self.assertFalse(self.status(USER)["enrolled"])
        self.assertEqual(set(before), {path for path in self.files()
                                       if not path.endswith("/there")
                                       and not path.endswith("/link")})

    def test_whose(self):
        """By way of sudo, the account must be said."""
        for words in (["new", "--json", "--no-confirm"], ["reset", "--yes"],
                      ["status"]):
            with self.subTest(words):
                self.refused(2, "--user", *words, SUDO_USER=USER)
        terminal = self.terminal(80, 24, SUDO_USER=USER)
        terminal.type(self.command("status"))
        terminal.wait("This is root, by way of %s" % USER)
        terminal.type("somebody")
        terminal.wait("^Type root or %s:$" % USER)
        terminal.type(USER)
        terminal.wait("^%s has no second factor" % USER)

    def test_passwords(self):
        """Those that are missing, and a file that others could read."""
        path = os.path.join(os.path.dirname(self.conf), "secrets")
        self.configure("[send]\nsecrets = %s\n[email]\nuser = joe\n"
                       "[sms]\nauth = bearer\n[ldap]\nuser = cn=x\n" % path)
        for mode, text, *expect in (
                (0o600, "", "user = joe in [email] needs a password",
                 "auth = bearer in [sms] needs", "user = cn=x in [ldap]"),
                (0o600, "[email]\npasswd = a\n[mail]\n", path + ":2: ",
                 path + ":3: "),
                (0o644, "[email]\npassword = hunter2\n",
                 path + ": can be read by others")):
            with self.subTest(text):
                with open(path, "w") as file:
                    file.write(text)
                os.chmod(path, mode)
                done = self.run_tool("config", "--check")
                self.assertIn(done.returncode, (1, 3))
                self.assertEqual("", done.stdout)
                self.assertEqual(len(expect), done.stderr.count("\n"))
                for each in expect:
                    self.assertIn(each, done.stderr)
                self.assertNotIn("hunter2", done.stderr)
        with open(path, "w") as file:
            for section in "email", "sms", "ldap":
                file.write("[%s]\npassword = a = #b\n" % section)
        os.chmod(path, 0o600)
        self.assertIn("no faults", self.must("config", "--check"))


class Config(tool.Case):
    """The configuration."""

    root = False

    def test_faults(self):
        """Each with file and line."""
        self.assertIn("no faults", self.must("config", "--check"))
        # Lines 1 to 3 are those of [store].
        for lines, text in (
                ((5, 7, 9), "[default]\ntries = many\nwindow = 1\n"
                 "frobnicate = 1\n\nmethods = totp fax\n"),
                ((6, 7), "[default]\ntries = 3\ntries = 3\nno key\n"),
                # First those of form, then those of sense.
                ((7, 9, 5, 8), "[default]\ntries = many\nwindow = 1\n"
                 "no key\nfrobnicate = 1\n[other\nwindow = 9\n")):
            with self.subTest(text):
                self.configure(text)
                done = self.run_tool("config", "--check")
                self.assertEqual((1, ""), (done.returncode, done.stdout))
                found = re.findall(r"(?m)^%s:(\d+): \S" % re.escape(
                    self.conf), done.stderr)
                self.assertEqual(list(map(str, lines)), found)
                done = self.run_tool("status")
                self.assertEqual((3, ""), (done.returncode, done.stdout))
                self.assertIn("%s:%d: " % (self.conf, lines[0]), done.stderr)

    def test_not_there(self):
        """A file that was named is not the defaults if it is missing."""
        os.unlink(self.conf)
        for words in (["config", "--check"], ["list"], ["init"],
                      ["status"], ["reset", "--yes"]):
            with self.subTest(words):
                done = self.run_tool(*words)
                self.assertEqual((3, ""), (done.returncode, done.stdout))
                self.assertIn("%s: is not there\n" % self.conf, done.stderr)

    def test_defaults_are_a_configuration(self):
        """What it prints is of the form that it reads."""
        text = self.must("config")
        for key in ("methods", "unenrolled", "tries", "path", "key"):
            self.assertRegex(text, r"(?m)^# %s = " % key)
        for choices in "(no, yes)", "(deny, allow)", "(1 to 10)":
            self.assertIn(". %s\n" % choices, text)
        with open(self.conf, "w") as out:
            for line in text.split("\n"):
                # Without the empty list of services of an example.
                if not re.match(r"# (service|store|path|key|issuer) =", line):
                    line = re.sub(r"^# ([a-z-]+ = .)", r"\1", line)
                out.write(line + "\n")
        self.assertIn("no faults", self.must("config", "--check"))
