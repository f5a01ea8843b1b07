# SPDX-License-Identifier: BSD-2-Clause
"""The smallest authenticator: "code"."""

import os
import random
import signal
import subprocess
import time

import tool

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
GROUPED = "gezd gnbv gy3t qojq gezd gnbv gy3t qojq"
URI = "otpauth://totp/a@b?secret=" + SECRET


class Code(tool.Case):
    """No store, no authority: it is asked without any."""

    root = False

    def setUp(self):
        super().setUp()
        os.unlink(self.conf)

    def show(self, typed, *words):
        return self.must("code", *words, typed=typed).strip()

    def test_agrees_with_oathtool(self):
        picks = random.Random(20261121)
        for _ in range(40):
            secret = "".join(picks.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
                             for _ in range(8 * picks.randint(2, 12)))
            hash = picks.choice(["SHA1", "SHA256", "SHA512"])
            digits = picks.choice("678")
            period = picks.choice([15, 30, 60, 300])
            uri = "otpauth://totp/x?secret=%s&algorithm=%s&digits=%s" \
                "&period=%d" % (secret, hash, digits, period)
            if period - time.time() % period < 2:
                time.sleep(2)
            expect = tool.code(uri)
            self.assertEqual(expect, self.show(uri), uri)
            self.assertEqual(expect, self.show(
                secret, "--algorithm", hash, "--digits", digits,
                "--period", str(period)), uri)

    def test_what_people_paste(self):
        for typed in (SECRET, SECRET + "\n", GROUPED, " %s \r\n" % GROUPED,
                      SECRET.lower().replace("gnbv", "gnbv-"),
                      URI, " %s\r\n" % URI, URI + "\nand more lines\n"):
            with self.subTest(typed):
                tool.calm()
                self.assertEqual(tool.code(URI), self.show(typed))

    def test_refusals(self):
        for says, typed in (
                ("no answer", ""), ("too short", "\n"),
                ("no secret", "0189"), ("no secret", "\x1b[1m"),
                ("too short", "GEZDGNBV"), ("longer than any", "A" * 2000),
                ("no otpauth URI", "https://example.org/x?secret=" + SECRET),
                ("follow a counter",
                 "otpauth://hotp/x?counter=1&secret=" + SECRET),
                ("twice", URI + "&secret=" + SECRET),
                ("6, 7 or 8", URI + "&digits=5"),
                ("too long", URI + "&image=" + "x" * 4000)):
            with self.subTest(typed):
                self.refused(1, says, "code", typed=typed)
        done = self.run_tool("code", "--digits", "8", typed=URI)
        self.assertEqual((2, ""), (done.returncode, done.stdout))
        self.assertIn("leave out --digits", done.stderr)

    def test_no_secret_in_messages(self):
        for typed in (SECRET[:-1] + "0", URI + "&period=1"):
            done = self.run_tool("code", typed=typed)
            self.assertEqual(1, done.returncode)
            self.assertNotIn(SECRET[:8], done.stderr)

    def test_terminal_shows_no_secret(self):
        terminal = self.terminal(80, 24)
        terminal.type("stty -g > before; clear")
        terminal.type(self.command("code") + "; echo status $?")
        terminal.wait("Secret or otpauth URI")
        terminal.type(GROUPED)
        terminal.wait("^status 0$")
        self.assertRegex(terminal.text(), r"(?m)^\d{6}$")
        self.assertNotIn("gezd", terminal.history())
        terminal.type("stty -g > after")
        terminal.type("cmp before after && echo the same")
        terminal.wait("^the same")

    def test_watch(self):
        terminal = self.terminal(20, 10)
        terminal.type("stty -g > before; clear")
        terminal.wait(r"\A\$ ?\s*\Z")
        with open(self.work + "/secret", "w") as out:
            out.write(SECRET)
        terminal.type(self.command("code", "--watch") +
                      " <secret; echo status $?")
        found = terminal.wait(r"^(\d{6}) +(\d+) s left$")
        left = int(found.group(2))
        self.assertIn(found.group(1), (tool.code(URI),
                                       tool.code(URI, time.time() - 1)))
        self.assertAlmostEqual(30 - time.time() % 30, left, delta=2)
        terminal.wait(r"^\d{6} +%d s left$" % (left - 2 if left > 2 else 28))
        # One line, drawn anew.
        self.assertEqual(1, terminal.history().count("s left"))
        terminal.keys("C-c")
        terminal.wait("^status 130$")
        self.assertNotIn("s left", terminal.history())

    def test_watch_typed_stopped_and_ended(self):
        """The secret from the keyboard, Ctrl-Z, fg, and what was typed."""
        terminal = self.terminal(80, 24)
        terminal.type("set -m; stty -g > before; clear")
        terminal.wait(r"\A\$ ?\s*\Z")
        terminal.type(self.command("code", "--watch"))
        terminal.wait("Secret or")
        terminal.keys("C-z")
        terminal.wait("Stopped")
        terminal.type("stty -g | cmp - before && echo as before")
        terminal.wait("^as before")
        terminal.type("fg")
        terminal.wait(r"Secret or[^\n]*$")
        terminal.type(SECRET)
        terminal.wait("s left")
        terminal.keys("C-z")
        terminal.wait("Stopped.*\n(.*\n)*.*Stopped")
        terminal.type("clear; fg")
        terminal.wait("s left")
        terminal.type("echo typed meanwhile")
        time.sleep(0.3)
        terminal.keys("C-c")
        terminal.wait(r"^\$ ?$")
        terminal.type("stty -g | cmp - before && echo back again")
        terminal.wait("^back again")
        self.assertNotIn("typed meanwhile", terminal.text())
        self.assertNotIn(SECRET[:8], terminal.history())

    def test_watch_to_a_pipe(self):
        """A line for each code; SIGTERM ends it."""
        child = subprocess.Popen(
            self.argv("code", "--watch", "--period", "15"),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        child.stdin.write(SECRET + "\n")
        child.stdin.close()
        first = child.stdout.readline().strip()
        second = child.stdout.readline().strip()
        uri = URI + "&period=15"
        self.assertEqual(second, tool.code(uri))
        self.assertEqual(first, tool.code(uri, time.time() - 15))
        child.send_signal(signal.SIGTERM)
        self.assertEqual("", child.stdout.read())
        self.assertEqual(143, child.wait())
        child.stdout.close()
