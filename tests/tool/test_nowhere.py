# SPDX-License-Identifier: BSD-2-Clause
"""What is shown once, and goes nowhere: nothing was changed by it."""

import json
import os
import subprocess

import tool

USER = "games"


def gone():
    """A pipe that nobody reads any more."""
    reads, writes = os.pipe()
    os.close(reads)
    return writes


WAYS = (
    # What standard output is, and what is done to it before.
    ("full", lambda: os.open("/dev/full", os.O_WRONLY), ""),
    ("gone", gone, ""),
    ("closed", gone, ">&-"),
    ("to be read", lambda: os.open("/dev/null", os.O_RDONLY), ""),
)


class Nowhere(tool.Case):
    def run_to(self, output, redirection, *words):
        argv = ["sh", "-c", 'exec "$@" ' + redirection, "sh"] + \
            self.argv(*words)
        try:
            done = subprocess.run(argv, stdin=subprocess.DEVNULL,
                                  stdout=output, stderr=subprocess.PIPE,
                                  cwd=self.work, text=True, timeout=60)
        finally:
            os.close(output)
        self.assertRegex(done.stderr, r"\Aotp-enroll: [^\n]+\n\Z")
        return done.returncode, done.stderr

    def test_enrolment(self):
        """What was in force stays so, and there is no file."""
        tool.calm()
        old = self.enrolled(USER)
        before = self.status(USER)
        for words in (["new"], ["add", "--label", "x"], ["rotate"],
                      ["new", "--output", "codes.txt"]):
            for name, output, redirection in WAYS:
                with self.subTest((words, name)):
                    status, says = self.run_to(
                        output(), redirection, *words, "--json",
                        "--no-confirm", "--user", USER)
                    self.assertEqual(3, status)
                    self.assertIn("nothing was changed", says)
                    after = self.status(USER)
                    for key in "devices", "recovery_created", "recovery_left":
                        self.assertEqual(before[key], after[key])
                    self.assertFalse(os.path.exists(
                        self.work + "/codes.txt"))
        self.must("check", "--user", USER, typed=tool.code(old["uri"]))
        self.must("check", "--user", USER, typed=old["recovery_codes"][0])

    def test_codes_alone(self):
        """The secret was read, and the codes were not."""
        for words, says in (([], "otp-enroll recovery"),
                            (["--output", "codes.txt"], "are in codes.txt")):
            with self.subTest(words):
                tool.calm()
                child = subprocess.Popen(
                    self.argv("new", "--json", "--no-confirm", "--user", USER,
                              *words), bufsize=0, cwd=self.work,
                    stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                read = child.stdout.read(4096)  # what is there so far
                child.stdout.close()
                error = child.stderr.read().decode()
                child.stderr.close()
                self.assertEqual(3, child.wait())
                self.assertRegex(error, r"\Aotp-enroll: [^\n]+\n\Z")
                self.assertIn("is in force", error)
                self.assertIn(says, error)
                made = json.loads(read.decode() + "}")
                self.must("check", "--user", USER,
                          typed=tool.code(made["uri"]))

    def test_ticket(self):
        """It says that nobody has seen it, in either form."""
        self.configure("[default]\nself-enroll = ticket\n")
        for words in ["--json"], []:
            for name, output, redirection in WAYS:
                with self.subTest((words, name)):
                    status, says = self.run_to(output(), redirection, "ticket",
                                               "--user", USER, *words)
                    self.assertEqual(3, status)
                    made = name in ("full", "gone")
                    self.assertIn("run this again" if made
                                  else "nothing was changed", says)
                    self.assertEqual(
                        made, self.status(USER)["ticket_until"] != 0)
                    self.must("reset", "--yes", "--user", USER,
                              status=0 if made else 1)

    def test_others(self):
        """One sentence, and no signal."""
        self.enrolled(USER)
        for words in (["list"], ["help"], ["status", "--json", "--user", USER],
                      ["config"]):
            for name, output, redirection in WAYS:
                with self.subTest((words, name)):
                    self.assertEqual(3, self.run_to(output(), redirection,
                                                    *words)[0])
        for name, output, redirection in WAYS:
            with self.subTest(name):
                child = subprocess.run(
                    ["sh", "-c", 'exec "$@" ' + redirection, "sh"] +
                    self.argv("code", "--watch"), input="GEZDGNBVGY3TQOJQ" * 2,
                    stdout=output(), stderr=subprocess.PIPE, text=True,
                    timeout=60)
                self.assertEqual(3, child.returncode)
                self.assertRegex(child.stderr,
                                 r"\Aotp-enroll: [^\n]+\n\Z")

    def test_no_descriptors(self):
        """Nothing of the store becomes standard output, nor error."""
        self.enrolled(USER)
        before = self.files()
        for closed in (">&-", ">&- 2>&-", "<&- >&- 2>&-"):
            done = subprocess.run(
                ["sh", "-c", 'exec "$@" ' + closed, "sh"] +
                self.argv("new", "--json", "--no-confirm", "--user", USER), stderr=subprocess.PIPE)
            self.assertEqual(3, done.returncode)
            self.assertEqual(before, self.files())
