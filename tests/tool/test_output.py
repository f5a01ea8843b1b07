# SPDX-License-Identifier: BSD-2-Clause
"""What is left of secrets: files that were asked for, and no scroll-back."""

import json
import os
import re
import socket
import subprocess
import time

import screen
import tool

USER = "games"
CODE = r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}"


class Output(tool.Case):
    """--output"""

    def path(self, name):
        return os.path.join(self.work, name)

    def read(self, name):
        info = os.stat(self.path(name))
        self.assertEqual(0o100600, info.st_mode)
        self.assertEqual(1, info.st_nlink)
        with open(self.path(name)) as file:
            return file.read()

    def begin(self, *words):
        terminal = self.terminal(80, 24)
        terminal.type(self.command(*words, "--user", USER) +
                      "; echo status $?")
        return terminal

    def confirm(self, terminal):
        tool.calm()
        terminal.wait(r"^Code: ?$")
        uri = screen.scan(terminal.cells().ppm("dark"))
        terminal.type(tool.code(uri))
        terminal.wait("Recovery codes for")
        return uri, re.findall(CODE, terminal.text())

    def test_codes_of_new(self):
        terminal = self.begin("new", "--output", "codes.txt")
        uri, codes = self.confirm(terminal)
        self.assertIn("They are in codes.txt too", terminal.text())
        # By then it is there: the codes are in force.
        text = self.read("codes.txt")
        self.assertEqual(sorted(codes), sorted(re.findall(CODE, text)))
        for says in (USER, socket.gethostname(), "Each works once",
                     "away from the phone", time.strftime("%Y-%m-%d"),
                     "otp-enroll recovery"):
            self.assertIn(says, text)
        self.assertNotIn(re.search(r"secret=(\w+)", uri).group(1), text)
        for line in text.split("\n"):
            self.assertLessEqual(len(line), 80)
        terminal.type(codes[0])
        terminal.wait("^The recovery codes are in codes.txt")
        terminal.wait("^status 0$")
        self.assertEqual(text, self.read("codes.txt"))

    def test_interrupted(self):
        """Before the first code nothing is left; after it, what holds."""
        terminal = self.begin("new", "--output", "codes.txt")
        terminal.wait(r"^Code: ?$")
        self.assertTrue(os.path.exists(self.path("codes.txt")))
        terminal.keys("C-c")
        terminal.wait("^status 130$")
        self.assertFalse(os.path.exists(self.path("codes.txt")))
        terminal = self.begin("new", "--output", "codes.txt")
        _, codes = self.confirm(terminal)
        terminal.keys("C-c")
        terminal.wait("^status 130$")
        self.assertIn("in the file are in force", re.sub(
            r"\s+", " ", terminal.text()))
        self.assertIn(codes[9], self.read("codes.txt"))
        self.must("check", "--user", USER, typed=codes[9])

    def test_recovery(self):
        old = self.enrolled(USER)["recovery_codes"]
        terminal = self.begin("recovery", "--output", "codes")
        terminal.wait("Recovery code: ?$")
        self.assertEqual(10, len(re.findall(CODE, self.read("codes"))))
        terminal.keys("C-c")
        terminal.wait("^status 130$")
        self.assertFalse(os.path.exists(self.path("codes")))
        self.must("check", "--user", USER, typed=old[0])
        terminal = self.begin("recovery", "--output", "codes")
        terminal.wait("Recovery code: ?$")
        codes = re.findall(CODE, self.read("codes"))
        terminal.type(codes[3])
        terminal.wait("^The recovery codes are in codes")
        self.assertEqual(codes, re.findall(CODE, self.read("codes")))

    def test_json(self):
        made = self.enrolled(USER, "--output", "codes.txt")
        self.assertEqual(made["recovery_codes"],
                         re.findall(CODE, self.read("codes.txt")))

    def test_no_codes_to_write(self):
        self.enrolled(USER)
        for words in ["add", "--label", "x"], ["rotate"]:
            self.refused(2, "brings no recovery codes", *words, "--json",
                         "--no-confirm", "--user", USER, "--output", "y")
        self.assertFalse(os.path.exists(self.path("y")))
        made = json.loads(self.must(
            "rotate", "--json", "--no-confirm", "--user", USER, "--output",
            "x.svg"))
        picture = subprocess.run(["rsvg-convert", self.path("x.svg")],
                                 check=True, stdout=subprocess.PIPE).stdout
        self.assertEqual(made["uri"], screen.scan(picture, "png"))

    def test_never_a_file_that_is_there(self):
        """By either kind, and by either command."""
        self.enrolled(USER)
        os.mkdir(self.path("folder"))
        open(self.path("there"), "w").close()
        open(self.path("there.svg"), "w").close()
        os.symlink("nowhere", self.path("link"))
        os.mkfifo(self.path("pipe"))
        os.chmod(self.path("folder"), 0o700)
        before = {name: os.lstat(self.path(name)) for name
                  in os.listdir(self.work)}
        for name in ("there", "there.svg", "link", "pipe", "folder",
                     "folder/", "no/x", "x" * 256):
            with self.subTest(name):
                self.refused(1, "another file", "new", "--json",
                             "--no-confirm", "--user", USER, "--output", name)
                if name.endswith(".svg"):
                    continue
                terminal = self.begin("recovery", "--output", name)
                terminal.wait("^status 1$")
                self.assertIn("another file", re.sub(r"\s+", " ",
                                                     terminal.text()))
        for name, info in before.items():
            after = os.lstat(self.path(name))
            self.assertEqual((info.st_ino, info.st_size, info.st_mode),
                             (after.st_ino, after.st_size, after.st_mode))
        self.assertFalse(os.path.lexists(self.path("nowhere")))

    def interrupt(self, change):
        """Begin with --output, change things, and end it at its prompt."""
        os.mkdir(self.path("folder"))
        terminal = self.begin("new", "--output", "folder/codes")
        terminal.wait(r"^Code: ?$")
        change()
        terminal.keys("C-c")
        terminal.wait("^status 130$")

    def test_another_folder(self):
        """What is in the place of the folder by then is left alone."""
        def change():
            os.rename(self.path("folder"), self.path("moved"))
            os.mkdir(self.path("folder"))
            with open(self.path("folder/codes"), "w") as out:
                out.write("mine")
        self.interrupt(change)
        self.assertEqual([], os.listdir(self.path("moved")))
        with open(self.path("folder/codes")) as file:
            self.assertEqual("mine", file.read())

    def test_another_file(self):
        """And what is in the place of the file; of that nothing is left."""
        def change():
            os.link(self.path("folder/codes"), self.path("linked"))
            os.rename(self.path("folder/codes"), self.path("moved"))
            with open(self.path("folder/codes"), "w") as out:
                out.write("mine")
        self.interrupt(change)
        self.assertEqual((0, 0), (os.stat(self.path("linked")).st_size,
                                  os.stat(self.path("moved")).st_size))
        with open(self.path("folder/codes")) as file:
            self.assertEqual("mine", file.read())

    def test_full_disk(self):
        """It is said before anything is changed."""
        old = self.enrolled(USER)
        full = self.path("full")
        os.mkdir(full)
        with open(self.path("on-full"), "w") as out:
            out.write('#!/bin/sh\nmount -t tmpfs -o size=4k none "${0%/*}/full"'
                      ' && head -c 4096 /dev/zero >"${0%/*}/full/x"\n'
                      'exec "$@"\n')
        os.chmod(self.path("on-full"), 0o755)
        argv = self.argv("new", "--json", "--no-confirm", "--user", USER,
                         "--output", "full/codes")
        at = argv.index(tool.PROGRAM)
        done = self.run_raw(argv[:at] + [self.path("on-full")] + argv[at:])
        self.assertEqual((1, ""), (done.returncode, done.stdout), done)
        self.assertIn("No space left", done.stderr)
        self.must("check", "--user", USER, typed=old["recovery_codes"][0])


class ScrollBack(tool.Case):
    """Nothing stays, unless --keep says so."""

    def through(self, *words):
        """To the end; the secret, the codes, and what stays."""
        tool.calm()
        terminal = self.terminal(80, 24)
        terminal.type(self.command("new", "--user", USER, *words))
        terminal.wait(r"^Code: ?$")
        uri = screen.scan(terminal.cells().ppm("dark"))
        secret = re.search(r"secret=(\w+)", uri).group(1)
        terminal.type(tool.wrong(uri))
        terminal.wait("That code is not right")
        terminal.type(tool.code(uri))
        terminal.wait(r"^Recovery code: ?$")
        codes = re.findall(CODE, terminal.text())
        terminal.type("nonsense")
        terminal.wait("none of these")
        terminal.type(codes[0])
        terminal.wait("^Done: ")
        return secret, codes, terminal.history()

    def test_nothing_stays(self):
        secret, codes, left = self.through()
        self.assertNotIn(secret[:4] + " " + secret[4:8], left)
        self.assertNotRegex(left, CODE)
        self.assertNotIn("\u2588", left)

    def test_keep(self):
        secret, codes, left = self.through("--keep")
        self.assertIn(secret[:4] + " " + secret[4:8], left)
        for code in codes:
            self.assertIn(code, left)
        self.assertIn("\u2588", left)
        # Once, however often something was typed.
        self.assertEqual(1, left.count(secret[:4] + " " + secret[4:8]))
        self.assertEqual(1, left.count(codes[9]))

    def test_keep_recovery(self):
        self.enrolled(USER)
        for words, stays in ([], 0), (["--keep"], 10):
            terminal = self.terminal(80, 24)
            terminal.type(self.command("recovery", "--user", USER,
                                       "--no-check", *words))
            terminal.wait("Press Enter once")
            terminal.keys("Enter")
            terminal.wait("^Done: ")
            self.assertEqual(stays, len(re.findall(CODE,
                                                   terminal.history())))

    def test_typed_codes(self):
        """What was typed is taken back, however long its line was."""
        made = self.enrolled(USER)
        for columns, typed in ((80, made["recovery_codes"][0]), (20, made[
                "recovery_codes"][1]), (20, tool.code(made["uri"]))):
            terminal = self.terminal(columns, 24)
            terminal.type("clear; echo stays")
            terminal.wait("^stays")
            terminal.type("c() { clear; echo above; %s; echo below; }; clear" %
                          self.command("check", "--user", USER))
            terminal.wait(r"\A\$ ?\s*\Z")
            terminal.type("c")
            terminal.wait("games:")
            terminal.type(typed)
            terminal.wait("^below")
            text = terminal.text()
            self.assertTrue(text.startswith("above\nA code for games:\n"),
                            text)
            self.assertNotIn(typed[-4:], terminal.history())

    def test_window_changes(self):
        """However it is drawn anew, nothing slips out."""
        terminal = self.terminal(80, 24)
        terminal.type(self.command("new", "--user", USER))
        terminal.wait(r"^Code: ?$")
        uri = screen.scan(terminal.cells().ppm("dark"))
        secret = re.search(r"secret=(\w+)", uri).group(1)
        for columns, lines in (20, 5), (80, 24), (30, 8), (100, 50), (20, 3):
            terminal.resize(columns, lines)
            terminal.wait("Code: ?$")
            time.sleep(0.2)
        terminal.keys("C-c")
        terminal.wait("interrupted")
        terminal.resize(80, 24)
        left = re.sub(r"\s", "", terminal.history())
        for start in range(0, 32, 4):
            self.assertNotIn(secret[start:start + 4], left)


class Ssh(tool.Case):
    """What sshd's configuration means for who sets something up."""

    SAYS = "ssh to this machine cannot ask for a code"
    STOCK = "KbdInteractiveAuthentication no\nUsePAM yes\n"

    def new(self, *words):
        terminal = self.terminal(80, 24)
        terminal.type(self.command("new", "--user", USER, *words) +
                      "; echo status $?")
        terminal.wait("Go on|^Code: ?$|^status")
        return terminal

    def test_warns_and_asks(self):
        self.sshd(self.STOCK)
        before = self.files()
        terminal = self.new()
        text = re.sub(r"\s+", " ", terminal.text())
        self.assertIn(self.SAYS + " (KbdInteractiveAuthentication is no in "
                      "/etc/ssh/sshd_config): once this is set up, ssh with "
                      "a password would refuse you. Ask your administrator "
                      "first. Go on? [y/N]", text)
        terminal.keys("Enter")
        terminal.wait("^status 1$")
        self.assertIn("nothing was changed", terminal.text())
        self.assertEqual(before, self.files())
        terminal = self.new()
        terminal.type("y")
        terminal.wait(r"^Code: ?$")

    def test_silent(self):
        for text in ("UsePAM yes\n", self.STOCK +
                     "PasswordAuthentication no\n",
                     "Include /nowhere/*\nUsePAM yes\n"):
            with self.subTest(text):
                self.sshd(text)
                self.assertNotIn("Go on", self.new().text())
        os.unlink(self.ssh + "/sshd_config")
        self.assertNotIn("Go on", self.new().text())

    def test_include(self):
        self.sshd("Include sshd_config.d/*.conf\n" + self.STOCK)
        os.mkdir(self.ssh + "/sshd_config.d")
        with open(self.ssh + "/sshd_config.d/otp.conf", "w") as out:
            out.write("KbdInteractiveAuthentication yes\n")
        self.assertNotIn("Go on", self.new().text())

    def test_scripts(self):
        """Told on standard error, and asked nothing."""
        self.sshd(self.STOCK)
        done = self.run_tool("new", "--json", "--no-confirm", "--user", USER)
        self.assertEqual(0, done.returncode)
        self.assertRegex(done.stderr, r"\Aotp-enroll: %s[^\n]*\n\Z" %
                         self.SAYS)
        self.assertEqual(10, len(json.loads(done.stdout)["recovery_codes"]))
        # Who has something already was told, or knows.
        self.assertEqual("", self.run_tool(
            "new", "--json", "--no-confirm", "--user", USER).stderr)

    def test_yes(self):
        self.sshd(self.STOCK)
        terminal = self.new("--yes")
        self.assertNotIn("Go on", terminal.text())
