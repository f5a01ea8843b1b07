# SPDX-License-Identifier: BSD-2-Clause
"""Names that others have chosen: what reaches the terminal is text."""

import json
import os
import re
import subprocess

import pexpect

import tool

USER = "games"
# Clear the screen, name the window, ring; and a line of its own.
HOSTILE = "\x1b[2J\x1b]0;pwned\x07root\nforged-user"
FILE = "%1B%5B2J%1B%5D0%3Bpwned%07root%0Aforged-user"
TAME = "?[2J?]0;pwned?root?forged-user"
# The same in a single character, in another, and in bytes that are none.
C1 = "\u009b2J\u2028\x7f".encode() + b"\xff"


class Hostile(tool.Case):
    def said(self, *words, **environ):
        """What it prints, if nothing of it moves a cursor."""
        env = dict({"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
                   **environ)
        done = subprocess.run(self.argv(*words), input=b"", cwd=self.work,
                              env=env, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=60)
        self.tame(done.stdout + done.stderr, b"\n")
        self.assertGreaterEqual(done.returncode, 0)
        return done.stdout.decode() + done.stderr.decode()

    def tame(self, output, allowed):
        wild = {c for c in output if c < 0x20 or c == 0x7f} - set(allowed)
        self.assertEqual(set(), wild, output)
        text = output.decode()
        self.assertNotRegex(text, "[\u0080-\u009f\u2028]")
        return text

    def test_list(self):
        """One line for a file, in JSON one name."""
        self.enrolled(USER)
        open(self.work + "/store/users/" + FILE, "w").close()
        open(self.work + "/store/users/%C2%9B2J", "w").close()
        self.assertEqual(["??2J", TAME, USER],
                         sorted(self.said("list").splitlines()))
        self.assertEqual(
            sorted([HOSTILE, "\u009b2J", USER]),
            sorted(each["user"] for each in
                   json.loads(self.said("list", "--json"))))
        self.assertIn(TAME, self.said("reset", "--yes", "--user", HOSTILE))
        self.assertEqual(["??2J", USER],
                         sorted(self.said("list").splitlines()))

    def test_words(self):
        """Whatever is said of the command line."""
        self.enrolled(USER)
        for wild in HOSTILE, C1:
            with self.subTest(wild):
                for words in (["status", "--user", wild],
                              ["reset", "--user", wild],
                              ["reset", "--yes", "--user", wild],
                              ["help", wild], [wild], ["status", wild],
                              ["status", "--conf", wild],
                              ["config", "--check", "--conf", wild]):
                    self.one_line(words)
                for words in (["lock"], ["unlock"], ["remove"], ["rotate"],
                              ["lock", "--all"], ["rename", wild],
                              ["rename", "phone"]):
                    self.one_line(words + [wild, "--user", USER])
                nowhere = os.path.join(os.fsencode("nowhere"),
                                       os.fsencode(wild))
                for words in ["rotate"], ["new"]:
                    self.one_line(words + ["--json", "--no-confirm", "--user",
                                           USER, "--output", nowhere])
        self.one_line(["--" + HOSTILE])
        self.one_line(["status"], SUDO_USER=HOSTILE)

    def one_line(self, words, **environ):
        said = self.said(*words, **environ)
        self.assertRegex(said, r"\A(otp-enroll: )?[^\n]+\n\Z", words)

    def test_question(self):
        """Whom sudo says is meant, on a terminal."""
        env = dict(os.environ, TERM="xterm", LC_ALL="C.UTF-8",
                   SUDO_USER=HOSTILE)
        argv = self.argv("status")
        child = pexpect.spawn(argv[0], argv[1:], env=env, timeout=20)
        child.expect(r"Type root or .*: ")
        self.assertIn(TAME, " ".join(re.split(
            r"\s+", self.tame(child.before + child.after, b"\r\n"))))
        child.close(force=True)
