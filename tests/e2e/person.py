# SPDX-License-Identifier: BSD-2-Clause
"""An ordinary user at a terminal, with what they scanned and wrote down.

The terminal is a tmux of the user's own, and what is in it was typed; the QR
code is read from the screen by zbarimg, and codes come from oathtool.
"""

import base64
import json
import os
import re
import sys
import time
import unittest

import world
from world import PASSWORD, PROMPT, run

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)),
                             "..", "tool"))
import screen  # noqa: E402

RECOVERY = r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b"
CURRENT = r"or a recovery code:$"
PORT = 26
PATIENCE = 30
# Codes are typed this long before their step ends, at the least.
MARGIN = 6


class Device:
    """What an app has that scanned this; no code of it is given twice."""

    def __init__(self, uri):
        self.uri = uri
        self.secret = re.search(r"secret=(\w+)", uri).group(1)
        self.label = None
        self.hotp = uri.startswith("otpauth://hotp/")
        self.next, self.spent = 0, set()
        world.SHOWN.add(self.secret)

    def code(self):
        text = self.counted() if self.hotp else self.timed()
        world.SHOWN.add(text)
        return text

    def counted(self):
        self.next += 1
        return run(["oathtool", "--hotp", "-b", "-c", str(self.next - 1),
                    self.secret]).stdout.strip()

    def timed(self):
        """One that is good for a while: of this step, or of the next."""
        while True:
            now = time.time()
            step, left = int(now) // 30, 30 - now % 30
            for each in [step, step + 1] + [step - 1] * (left > MARGIN):
                if each not in self.spent:
                    self.spent.add(each)
                    return run(["oathtool", "--totp", "-b", "-N",
                                "@%d" % (each * 30), self.secret]
                               ).stdout.strip()
            time.sleep(left + 0.1)

    def binary(self):
        return base64.b32decode(self.secret + "=" * (-len(self.secret) % 8))


class Terminal(screen.Terminal):
    """A terminal of this user's; what was scrolled out of it counts too."""

    def __init__(self, user, columns=80, lines=24):
        self.user = user
        super().__init__(user.home, columns, lines, USER=user.name,
                         LOGNAME=user.name)

    def tmux(self, *argv, **more):
        return super().tmux(*argv, preexec_fn=self.user.demote, **more)

    def flat(self):
        """All that can be seen, as one line."""
        return re.sub(r"\s+", " ", self.tmux(
            "capture-pane", "-J", "-p", "-S", "-")).strip()

    def see(self, pattern):
        """Until it is seen: what re.search found."""
        return self.wait("(?s)" + pattern, PATIENCE, self.flat)

    def clear(self):
        self.type("clear")
        self.wait(r"\A\$ ?\s*\Z")
        self.tmux("clear-history")

    def begin(self, command):
        self.clear()
        self.type(command + "; echo STATUS-$?")

    def end(self):
        """When the command has ended: its status, and what was said."""
        found = self.see(r"STATUS-(\d+) \$$")
        text = found.string[:found.start()].rstrip()
        return int(found.group(1)), text

    def answer(self, pattern, text):
        self.see(pattern)
        time.sleep(0.05)  # the prompt is there before the echo is off
        self.type(text)

    def do(self, command, *answers, status=0):
        """A command with these answers, which ends so; what was said."""
        self.begin(command)
        for pattern, text in answers:
            self.answer(pattern, text() if callable(text) else text)
        got, said = self.end()
        if got != status:
            raise AssertionError("status %d of %s, which said:\n%s" % (
                got, command, said))
        return said

    # --- otp-enroll ---

    def scan(self):
        """The QR code on the screen, when the first code is asked for."""
        self.wait(r"^Code: ?$", PATIENCE)
        for theme in "dark", "light":
            uri = screen.scan(self.cells().ppm(theme))
            if not uri:
                raise AssertionError("no QR code (%s):\n%s" % (theme,
                                                               self.text()))
        return Device(uri)

    def set_up(self, command, *answers):
        """A command that ends in a QR code: what was scanned from it."""
        self.begin(command)
        for pattern, text in answers:
            self.answer(pattern, text() if callable(text) else text)
        device = self.scan()
        self.type(device.code())
        return device

    def copy_codes(self):
        """Recovery codes from the screen; one of them is typed back."""
        self.wait("Recovery codes for", PATIENCE)
        self.wait("^Recovery code: ?$", PATIENCE)
        codes = re.findall(RECOVERY, self.text())
        world.SHOWN.update(codes)
        self.type(codes[0])
        return codes

    def done(self):
        status, said = self.end()
        if status != 0 or "Done: " not in said:
            raise AssertionError("status %d, it said:\n%s" % (status, said))
        return said

    def new(self, command="otp-enroll new", *answers):
        """Enrol: the device and the recovery codes."""
        device = self.set_up(command, *answers)
        codes = self.copy_codes()
        self.done()
        return device, codes

    def status(self):
        """What "status --json" says."""
        said = self.tell("otp-enroll status --json")
        return json.loads(said)

    def tell(self, command, status=None):
        """What a command writes, by way of a file: no line is broken."""
        out = self.user.home + "/said"
        self.begin(command + " > said 2>&1")
        got, _ = self.end()
        with open(out) as said:
            text = said.read()
        os.unlink(out)
        if status is not None and got != status:
            raise AssertionError("status %d of %s: %s" % (got, command, text))
        return text

    # --- logins ---

    def ssh(self, *codes, shell=False, out=False):
        """Log in on this machine with these codes: what was said.

        "shell": by an interactive shell, which sshd greets.
        """
        command = "ssh -F none -tt -p %d %s %s@127.0.0.1" % (
            PORT, "-o StrictHostKeyChecking=no -o NumberOfPasswordPrompts=1 "
            "-o UserKnownHostsFile=/dev/null -o LogLevel=ERROR "
            "-o PreferredAuthentications=keyboard-interactive "
            "-o PubkeyAuthentication=no", self.user.name)
        self.begin(command if shell else command + " echo IN-AS-'$(id -un)'")
        self.answer("assword:$", PASSWORD)
        before = "(?s)"
        for text in codes:
            self.answer(before + PROMPT + ":$",
                        text() if callable(text) else text)
            before += PROMPT + ":.*"
        if shell and not out:
            self.answer(r"\$$", "echo IN-AS-$(id -un); exit")
        status, said = self.end()
        inside = re.search(r"(^| )IN-AS-%s( |$)" % self.user.name, said)
        if out == bool(inside):
            raise AssertionError("%s of ssh, status %d, which said:\n%s" % (
                self.user.name, status, said))
        return said

    def sudo(self, code):
        said = self.do("sudo id -un", ("assword[^:]*:$", PASSWORD),
                       (PROMPT + ":$", code))
        if not re.search(r" root$", said):
            raise AssertionError("sudo said:\n" + said)
        return said


class Case(unittest.TestCase):
    """A world in which the service runs and people may enrol alone."""

    enrol = "open"

    @classmethod
    def setUpClass(cls):
        cls.world = world.THE
        cls.world.serve()
        if not world.can_connect(PORT):
            cls.world.sshd(PORT)
        cls.configure("self-enroll = " + cls.enrol)
        cls.addClassCleanup(world.write, world.CONF, world.CONFIGURATION)

    @classmethod
    def configure(cls, line):
        world.write(world.CONF, world.CONFIGURATION.replace(
            "[default]\n", "[default]\n%s\n" % line))

    def somebody(self):
        """An ordinary user who has nothing."""
        return self.world.fresh(enrolled=False)

    def terminal(self, user, *size):
        terminal = Terminal(user, *size)
        self.addCleanup(terminal.close)
        return terminal
