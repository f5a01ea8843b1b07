# SPDX-License-Identifier: BSD-2-Clause
"""A terminal of any size, and pictures of it.

tmux is the terminal; what it shows is turned into a picture, cell by cell,
as one with a light or a dark theme would look, for a scanner to read.
"""

import os
import re
import shlex
import subprocess
import time

CELL = 8, 16
THEMES = {
    # The colours of text and background, and the eight old colours.
    "light": {"fg": (60, 60, 60), "bg": (253, 246, 227), "old": 40},
    "dark": {"fg": (147, 161, 161), "bg": (0, 43, 54), "old": 0},
}
OLD = [(0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238),
       (205, 0, 205), (0, 205, 205), (229, 229, 229)]
CUBE = (0, 95, 135, 175, 215, 255)


def colour(number, theme):
    """The old colours belong to the theme; the cube and the greys do not."""
    if number < 16:
        shift = THEMES[theme]["old"]
        return tuple(min(255, part + shift) for part in OLD[number % 8])
    if number < 232:
        number -= 16
        return (CUBE[number // 36], CUBE[number // 6 % 6], CUBE[number % 6])
    return (8 + 10 * (number - 232),) * 3


class Cells:
    """Lines of (character, foreground, background) as tmux gives them."""

    def __init__(self, captured, columns):
        self.columns = columns
        self.colours = None, None  # they go on from line to line
        self.lines = [self.line(text) for text in captured]

    def line(self, text):
        foreground, background = self.colours
        cells = []
        for piece in re.findall(r"\x1b\[[0-9;:]*m|.", text):
            if len(piece) == 1:
                cells.append((piece, foreground, background))
                continue
            codes = [int(n or 0) for n in re.split("[;:]", piece[2:-1])]
            while codes:
                code = codes.pop(0)
                if code == 0:
                    foreground = background = None
                elif code in (38, 48) and codes[:1] == [5]:
                    if code == 38:
                        foreground = codes[1]
                    else:
                        background = codes[1]
                    del codes[:2]
                elif 30 <= code <= 37:
                    foreground = code - 30
                elif code == 39:
                    foreground = None
                elif 40 <= code <= 47:
                    background = code - 40
                elif code == 49:
                    background = None
                else:
                    raise ValueError("SGR %d is not known here" % code)
        self.colours = foreground, background
        cells += [(" ", None, None)] * (self.columns - len(cells))
        return cells

    def text(self):
        return "\n".join("".join(cell[0] for cell in line).rstrip()
                         for line in self.lines)

    def ink(self, char, x, y):
        """Is this pixel of the cell in the foreground's colour?"""
        if char == "\u2588":
            return True
        if char == "\u2580":
            return y < CELL[1] // 2
        if char == "\u2584":
            return y >= CELL[1] // 2
        # Some ink, as letters have: they must not disturb the scanner.
        return char != " " and 3 < y < 13 and (x + y) % 3 == 0 and 0 < x < 7

    def ppm(self, theme, letters=True):
        """The picture, as the bytes of a PPM file."""
        rows = []
        for line in self.lines:
            for y in range(CELL[1]):
                row = bytearray()
                for char, foreground, background in line:
                    front = THEMES[theme]["fg"] if foreground is None \
                        else colour(foreground, theme)
                    back = THEMES[theme]["bg"] if background is None \
                        else colour(background, theme)
                    if not letters and char not in "\u2580\u2584\u2588":
                        char = " "
                    for x in range(CELL[0]):
                        row += bytes(front if self.ink(char, x, y) else back)
                rows.append(bytes(row))
        return b"P6\n%d %d\n255\n" % (self.columns * CELL[0],
                                      len(rows)) + b"".join(rows)

    def png(self, theme, path):
        """The picture with real letters, for people."""
        front = "rgb(%d,%d,%d)" % THEMES[theme]["fg"]
        argv = ["convert", "ppm:-", "-font", "DejaVu-Sans-Mono",
                "-pointsize", "13", "-fill", front]
        for number, line in enumerate(self.lines):
            for start, word in words(line):
                argv += ["-annotate", "+%d+%d" % (
                    start * CELL[0], number * CELL[1] + 12), word]
        argv += ["-define", "png:exclude-chunks=date,time",
                 "+dither", "-colors", "64",
                 "png:" + path]
        subprocess.run(argv, input=self.ppm(theme, letters=False), check=True)


def words(line):
    """Where words of plain text stand in a line: each begins at its cell."""
    text = "".join(char if back is None and char not in "\u2580\u2584\u2588"
                   else " " for char, _, back in line)
    for found in re.finditer(r"\S+", text):
        yield found.start(), found.group().replace("%", "%%")


def scan(picture, kind="ppm"):
    """What zbarimg reads in a picture; None if it is nothing."""
    done = subprocess.run(["zbarimg", "--quiet", "--raw", "-Sdisable",
                           "-Sqrcode.enable", kind + ":-"], input=picture,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return done.stdout.decode().rstrip("\n") or None


class Terminal:
    """A tmux of its own, with a shell in it."""

    def __init__(self, work, columns, lines, locale="C.UTF-8", **environ):
        self.columns, self.size = columns, (columns, lines)
        self.socket = os.path.join(work, "tmux-%d" % id(self))
        environ = dict({"PATH": os.environ["PATH"], "HOME": work,
                        "LC_ALL": locale, "PS1": "$ ", "SHELL": "/bin/sh",
                        "TZ": "UTC",
                        "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", ""),
                        "TERM": "xterm-256color"}, **environ)
        # The terminal itself knows UTF-8 even where the program is told not.
        outer = dict(environ, LC_ALL="C.UTF-8")
        inner = " ".join("%s=%s" % (key, shlex.quote(value)) for key, value
                         in environ.items() if key != "TERM")
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(columns),
                  "-y", str(lines), "env %s sh" % inner, env=outer, cwd=work)
        self.tmux("set", "-g", "status", "off")
        self.resize(columns, lines)
        self.wait(r"^\$ ?$")

    def tmux(self, *argv, **more):
        return subprocess.run(["tmux", "-u", "-S", self.socket] + list(argv),
                              check=True, stdout=subprocess.PIPE,
                              **more).stdout.decode()

    def resize(self, columns, lines):
        self.columns = columns
        self.tmux("resize-window", "-x", str(columns), "-y", str(lines))

    def close(self):
        self.tmux("kill-server")

    def keys(self, *keys):
        self.tmux("send-keys", *keys)

    def type(self, text):
        """Text and Enter."""
        self.tmux("send-keys", "-l", text)
        self.keys("Enter")

    def cells(self):
        lines = self.tmux("capture-pane", "-e", "-N", "-p").split("\n")
        return Cells(lines[:-1], self.columns)

    def text(self):
        return self.cells().text()

    def history(self):
        """The screen and all that was scrolled out of it."""
        return self.tmux("capture-pane", "-p", "-S", "-")

    def wait(self, pattern, seconds=20, look=None):
        """Until the screen holds it: what re.search found."""
        end = time.monotonic() + seconds
        while True:
            text = (look or self.text)()
            found = re.search(pattern, text, re.M)
            if found:
                return found
            if time.monotonic() > end:
                raise AssertionError("no %r on:\n%s" % (pattern, text))
            time.sleep(0.05)

    def change(self, before, seconds=20):
        """Until the screen is another than this."""
        end = time.monotonic() + seconds
        while self.text() == before:
            if time.monotonic() > end:
                raise AssertionError("nothing has changed on:\n" + before)
            time.sleep(0.05)
        time.sleep(0.1)
