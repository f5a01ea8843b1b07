# SPDX-License-Identifier: BSD-2-Clause
"""Enrolling in a terminal, by scanning what it really shows."""

import re
import subprocess
import time

import screen
import tool

CODE = r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}"


def on_screen(text):
    """The URI that stands beside the code, its lines put together."""
    lines = text.split("\n")
    start = next(i for i, line in enumerate(lines) if "otpauth:" in line)
    column = lines[start].index("otpauth:")
    right = [line[column:].strip() for line in lines[start:]]
    return "".join(right[:right.index("")])


class Scan(tool.Case):
    """The QR code can be read wherever it is shown."""

    def enrol(self, terminal, theme, *words):
        """Through the screen up to "Done"; the URI that was scanned."""
        terminal.type(self.command("new", "--user", "games", *words))
        terminal.wait(r"^Code: ?$")
        uri = screen.scan(terminal.cells().ppm(theme))
        self.assertIsNotNone(uri, terminal.text())
        self.uri_text = terminal.text()
        terminal.type(tool.code(uri))
        terminal.wait("Recovery codes for games")
        codes = re.findall(CODE, terminal.text())
        self.assertEqual(10, len(set(codes)))
        terminal.type(codes[3].lower().replace("-", " "))
        terminal.wait("^Done: \"phone\" is set up for games")
        return uri, codes

    def test_utf8_80x24(self):
        for theme in sorted(screen.THEMES):
            with self.subTest(theme):
                tool.calm()
                terminal = self.terminal(80, 24)
                uri, codes = self.enrol(terminal, theme, "--uri",
                                        "--issuer", "Example")
                self.assertIn("&issuer=Example", uri)
                self.assertEqual(on_screen(self.uri_text), uri)
                # The key that stands there is the one in the picture.
                secret = re.search(r"secret=(\w+)", uri).group(1)
                flat = re.sub(r"[^A-Z2-7]", "", self.uri_text)
                self.assertIn(secret[:28], flat)
                # Nothing of it is left to be seen.
                left = terminal.history()
                self.assertNotIn(secret[:4] + " ", left)
                self.assertNotRegex(left, CODE)
                self.assertNotIn("otpauth", left)
                # It works, once, and typing a code back used none up.
                next_code = tool.code(uri, time.time() + 30)
                self.must("check", "--user", "games", typed=next_code + "\n")
                self.assertEqual(10, self.status("games")["recovery_left"])
                self.must("check", "--user", "games", typed=codes[3] + "\n")
                self.must("reset", "--user", "games", "--yes")

    def test_c_locale_100x50(self):
        for theme in sorted(screen.THEMES):
            with self.subTest(theme):
                tool.calm()
                terminal = self.terminal(100, 50, "C")
                uri, _ = self.enrol(terminal, theme)
                self.assertNotRegex(self.uri_text, "[\u2580\u2584\u2588]")
                self.assertIn("##", self.uri_text)
                self.assertTrue(uri.startswith("otpauth://totp/games@"))
                self.must("reset", "--user", "games", "--yes")

    def test_forms(self):
        """--qr chooses, NO_COLOR leaves the code what it is."""
        for words, locale, columns, lines, blocks in (
                (["--qr=utf8"], "C", 80, 24, True),
                (["--qr=ascii"], "C.UTF-8", 100, 50, False),
                (["--qr=auto"], "C.UTF-8", 60, 40, True)):
            with self.subTest(words):
                terminal = self.terminal(columns, lines, locale, NO_COLOR="1")
                terminal.type(self.command("new", "--user", "games", *words))
                terminal.wait(r"^Code: ?$")
                cells = terminal.cells()
                self.assertEqual(blocks, "\u2588" in cells.text())
                self.assertRegex(screen.scan(cells.ppm("dark")),
                                 "^otpauth://totp/games@")

    def test_other_devices(self):
        """What is not the default stands in the URI, and works."""
        for words in (["--algorithm", "sha256", "--digits", "8"],
                      ["--algorithm=SHA512", "--period=60"], ["--hotp"]):
            with self.subTest(words):
                tool.calm()
                terminal = self.terminal(120, 40)
                self.enrol(terminal, "dark", *words)
                self.must("reset", "--user", "games", "--yes")

    def test_svg(self):
        tool.calm()
        made = self.enrolled("games", "--output", "code.svg")
        path = self.work + "/code.svg"
        picture = subprocess.run(["rsvg-convert", path], check=True,
                                 stdout=subprocess.PIPE).stdout
        self.assertEqual(made["uri"], screen.scan(picture, "png"))
        mode = subprocess.run(["stat", "-c", "%a", path], text=True,
                              stdout=subprocess.PIPE).stdout
        self.assertEqual("600\n", mode)

    def test_typing_does_not_scroll(self):
        """After wrong codes the code is still there to be scanned."""
        terminal = self.terminal(80, 24)
        terminal.type(self.command("new", "--user", "games"))
        terminal.wait(r"^Code: ?$")
        uri = screen.scan(terminal.cells().ppm("dark"))
        for _ in range(3):
            terminal.type(tool.wrong(uri))
            terminal.wait("That code is not right")
            terminal.keys("Enter")
        terminal.wait(r"^Code: ?$")
        self.assertEqual(uri, screen.scan(terminal.cells().ppm("dark")))


class Window(tool.Case):
    """Windows that are small, change, or are not there."""

    def parts(self, terminal, prompt):
        """All that a small window shows in parts, as one line of words."""
        text, seen = "", 0
        while True:
            # The bottom line is the prompt, the one above says what follows.
            terminal.wait(r"(?m)^\((More|Top): press Enter\)\n" + prompt)
            lines = terminal.text().rstrip().split("\n")
            text += " " + " ".join(lines[:-2] if prompt else lines[:-1])
            seen += 1
            self.assertLess(seen, 60)
            if "(Top: press Enter)" in lines[-2:][0] + lines[-1]:
                return re.sub(r"\s+", " ", text)
            before = terminal.text()
            terminal.keys("Enter")
            terminal.change(before)

    def test_small_ones(self):
        """Part by part, and nothing of it in the scroll-back."""
        for columns, lines in ((20, 24), (40, 10), (20, 5), (20, 3)):
            with self.subTest((columns, lines)):
                tool.calm()
                terminal = self.terminal(columns, lines)
                terminal.type(self.command("new", "--user", "games",
                                           "--no-check"))
                flat = self.parts(terminal, "Code:")
                self.assertIn("No QR code: it needs a window of", flat)
                self.assertRegex(flat, "--output ?FILE.svg")
                key = re.search(r"into it: ((?:[A-Z2-7]{4} ){8})", flat)
                uri = "otpauth://totp/x?secret=" + \
                    key.group(1).replace(" ", "")
                before = terminal.text()
                terminal.type(tool.wrong(uri))
                terminal.change(before)
                terminal.wait("this\\s+entry")
                terminal.type(tool.code(uri))
                terminal.wait("Recovery")
                flat = self.parts(terminal, "")
                codes = set(re.findall(CODE, re.sub("(?<=-) ", "", flat)))
                self.assertEqual(10, len(codes), flat)
                terminal.keys("Enter")
                terminal.wait("^Done: ", look=terminal.history)
                left = re.sub(r"\s+", "", terminal.history())
                self.assertNotIn(key.group(1).replace(" ", "")[:12], left)
                for code in codes:
                    self.assertNotIn(code[:9], left)
                self.must("reset", "--user", "games", "--yes")

    def test_no_code(self):
        """Large enough for the text alone."""
        for columns, lines in ((60, 24), (80, 20)):
            with self.subTest((columns, lines)):
                terminal = self.terminal(columns, lines)
                terminal.type(self.command("new", "--user", "games"))
                terminal.wait(r"^Code: ?$")
                self.assertIn("No QR code", terminal.text())
                self.assertNotIn("press Enter", terminal.text())

    def test_needs_what_it_says(self):
        """In a window of just the size that was asked for, there it is."""
        terminal = self.terminal(30, 10)
        terminal.type(self.command("new", "--user", "games", "--uri"))
        flat = self.parts(terminal, "Code:")
        columns, lines = map(int, re.search(
            r"window of (\d+) columns and (\d+) lines", flat).groups())
        terminal.resize(columns, lines)
        terminal.wait("\u2588")
        terminal.wait(r"^Code: ?$")
        uri = screen.scan(terminal.cells().ppm("light"))
        self.assertRegex(uri, "^otpauth://totp/games@")
        terminal.resize(columns, lines - 1)
        terminal.wait("No QR code")
        terminal.resize(columns, lines)
        terminal.wait("\u2588")
        self.assertEqual(uri, screen.scan(terminal.cells().ppm("light")))

    def test_dumb(self):
        """A terminal that knows no escapes is sent none."""
        terminal = self.terminal(80, 24)
        terminal.type("TERM=dumb script -qfc '%s' typescript" % self.command(
            "new", "--user", "games"))
        terminal.wait(r"^Code: ?$")
        terminal.keys("C-c")
        terminal.wait("interrupted")
        text = open(self.work + "/typescript").read()
        self.assertNotIn("\x1b", text)
        self.assertRegex(text, "Type this key into it")
