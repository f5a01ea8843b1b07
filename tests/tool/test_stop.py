# SPDX-License-Identifier: BSD-2-Clause
"""Every way out: what was there stays whole, and so does the terminal."""

import json
import os
import re
import signal
import time

import pexpect

import screen
import tool

USER = "games"
CODE = "(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}"


class OnTerminal(tool.Case):
    """How to begin it, end it, and look at what is left."""

    def begin(self, *words, ready, size=(80, 24)):
        terminal = self.terminal(*size)
        terminal.type("set -m; stty -g > before; clear")
        terminal.wait(r"\A\$ ?\s*\Z")
        terminal.type(self.command(*words) + "; echo status $?")
        terminal.wait(ready)
        return terminal

    def ended(self, terminal, status):
        """Back at the shell with this status, the terminal as it was."""
        terminal.wait("^status %d$" % status)
        terminal.type("stty -g > after; clear")
        terminal.wait(r"\A\$ ?\s*\Z")
        self.assertEqual(open(self.work + "/before").read(),
                         open(self.work + "/after").read())
        self.assertEqual("0", terminal.tmux(
            "display", "-p", "#{alternate_on}").strip())

    @staticmethod
    def loose(text):
        """However it is broken into lines."""
        return r"\s*".join(map(re.escape, text.replace(" ", "")))

    def process(self):
        """The pid of the tool of this test."""
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                argv = open("/proc/%s/cmdline" % pid, "rb").read()
            except OSError:
                continue
            argv = argv.decode().split("\0")
            if argv[0] == tool.PROGRAM and (self.conf in argv or
                                            argv[1] == "code"):
                return int(pid)
        raise AssertionError("it does not run")

    def stop(self, terminal, how):
        if isinstance(how, str):
            terminal.keys(how)
        else:
            os.kill(self.process(), how)


class Stop(OnTerminal):
    """At every point of what shows a secret."""

    def test_first_code(self):
        """The old one is in force, whatever ends it."""
        tool.calm()
        old = self.enrolled(USER)
        before = self.status(USER)
        for how, status in (("C-c", 130), ("C-d", 1), (signal.SIGTERM, 143),
                            (signal.SIGHUP, 129), ("C-\\", 131)):
            with self.subTest(how):
                terminal = self.begin("new", "--user", USER, "--output",
                                      "code.svg", ready="Go on")
                terminal.type("y")
                terminal.wait("^Code: ?$")
                self.assertTrue(os.path.exists(self.work + "/code.svg"))
                terminal.keys("12")  # typed, but no line yet
                time.sleep(0.1)
                if how == "C-d":
                    terminal.keys("C-u")
                self.stop(terminal, how)
                terminal.wait("nothing was changed")
                self.ended(terminal, status)
                after = self.status(USER)
                for key in ("devices", "recovery_created", "recovery_left"):
                    self.assertEqual(before[key], after[key])
                self.assertFalse(os.path.exists(self.work + "/code.svg"))
        self.must("check", "--user", USER, typed=tool.code(old["uri"]))

    def test_first_ever(self):
        """Who had nothing has nothing."""
        terminal = self.begin("new", "--user", USER, ready="^Code: ?$")
        terminal.keys("C-c")
        self.ended(terminal, 130)
        self.assertFalse(self.status(USER)["enrolled"])

    def test_ten_wrong_codes(self):
        """They end what waits; the next one is told so."""
        tool.calm()
        old = self.enrolled(USER)
        terminal = self.begin("rotate", "--user", USER, ready="^Code: ?$")
        uri = screen.scan(terminal.cells().ppm("dark"))
        for _ in range(10):
            terminal.type(tool.wrong(uri))
            terminal.wait("That code is not right")
            terminal.wait("^Code: ?$")
        terminal.type(tool.code(uri))
        terminal.wait(self.loose("ten first codes were wrong, or it was begun "
                                 "anew elsewhere; it changed nothing, so "
                                 "start again"))
        self.ended(terminal, 1)
        self.must("check", "--user", USER, typed=tool.code(old["uri"]))

    def test_question(self):
        self.enrolled(USER)
        before = self.files()
        for keys, status in ("C-c", 130), ("Enter", 1), ("n", 1):
            with self.subTest(keys):
                terminal = self.begin("new", "--user", USER, ready="Go on")
                terminal.keys(*([keys, "Enter"] if keys == "n" else [keys]))
                self.ended(terminal, status)
                self.assertEqual(before, {
                    path: sum for path, sum in self.files().items()
                    if path in before})

    def test_recovery_codes_of_new(self):
        """By then the device is in force, and it says so."""
        tool.calm()
        terminal = self.begin("new", "--user", USER, ready="^Code: ?$")
        uri = screen.scan(terminal.cells().ppm("light"))
        terminal.type(tool.code(uri))
        terminal.wait("Recovery codes for")
        terminal.keys("C-c")
        terminal.wait("otp-enroll recovery")
        self.ended(terminal, 130)
        after = self.status(USER)
        self.assertEqual((1, 10), (len(after["devices"]),
                                   after["recovery_left"]))

    def test_recovery(self):
        """The old set is in force until one of the new was typed."""
        old = self.enrolled(USER)["recovery_codes"]
        terminal = self.begin("recovery", "--user", USER,
                              ready="Recovery codes for")
        new = re.findall(CODE, terminal.text())
        self.assertEqual(10, len(set(new) - set(old)))
        terminal.type(old[0])
        terminal.wait("none of these")
        terminal.keys("C-c")
        terminal.wait("old recovery codes stay in force")
        self.ended(terminal, 130)
        self.assertNotRegex(terminal.history(), CODE)
        self.must("check", "--user", USER, typed=old[1])
        self.refused(1, "wrong", "check", "--user", USER, typed=new[1])

        terminal = self.begin("recovery", "--user", USER,
                              ready="Recovery codes for")
        new = re.findall(CODE, terminal.text())
        terminal.type(new[9])
        terminal.wait("^Done: ")
        self.ended(terminal, 0)
        self.refused(1, "wrong", "check", "--user", USER, typed=old[2])
        self.must("check", "--user", USER, typed=new[0])
        self.assertEqual(9, self.status(USER)["recovery_left"])

    def test_recovery_unchecked(self):
        old = self.enrolled(USER)["recovery_codes"]
        terminal = self.begin("recovery", "--user", USER, "--no-check",
                              ready="Press Enter once")
        new = re.findall(CODE, terminal.text())
        terminal.keys("Enter")
        self.ended(terminal, 0)
        self.refused(1, "wrong", "check", "--user", USER, typed=old[0])
        self.must("check", "--user", USER, typed=new[0])

    def test_suspend(self):
        """Ctrl-Z leaves the screen, fg comes back to the code."""
        terminal = self.terminal(80, 24)
        terminal.type("set -m")
        terminal.type(self.command("new", "--user", USER))
        terminal.wait("^Code: ?$")
        uri = screen.scan(terminal.cells().ppm("dark"))
        terminal.keys("C-z")
        terminal.wait("Stopped")
        self.assertNotIn("\u2588", terminal.text())
        terminal.type("fg")
        terminal.wait("\u2588")
        terminal.wait("^Code: ?$")
        self.assertEqual(uri, screen.scan(terminal.cells().ppm("dark")))
        terminal.keys("C-c")
        terminal.wait("nothing was changed")


class Prompts(OnTerminal):
    """At every prompt, by every way out: nothing was changed."""

    root = False

    CURRENT = "A code from the device"
    ROWS = (
        # The command, what is typed before, and the prompt.
        (["new"], [], "Go on"),
        (["new"], ["y"], CURRENT),
        (["add", "--label", "x"], [], CURRENT),
        (["rotate"], [], CURRENT),
        (["rename", "phone", "x"], [], CURRENT),
        (["remove", "phone"], [], "Remove it"),
        (["remove", "phone", "--yes"], [], CURRENT),
        (["recovery"], [], CURRENT),
        (["disable"], [], "Go on"),
        (["disable"], ["y"], CURRENT),
        (["check"], [], "A code for"),
        (["code"], [], "Secret or"),
    )

    def setUp(self):
        super().setUp()
        tool.calm()
        terminal = self.terminal(80, 24)
        terminal.type(self.command("new", "--no-check"))
        terminal.wait("^Code: ?$")
        uri = screen.scan(terminal.cells().ppm("dark"))
        terminal.type(tool.code(uri))
        terminal.wait("Press Enter once")
        self.codes = re.findall(CODE, terminal.text())
        terminal.keys("Enter")
        terminal.wait("^Done: ")

    def records(self):
        return {path: sum for path, sum in self.files().items()
                if "/store/" in path}

    def at(self, words, typed, prompt, size=(80, 24)):
        first = "Go on" if typed else prompt
        terminal = self.begin(*words, ready=self.loose(first), size=size)
        for each in typed:
            terminal.type(each)
        terminal.wait(self.loose(prompt))
        time.sleep(0.1)
        return terminal

    def test_signals(self):
        before = self.records()
        for words, typed, prompt in self.ROWS:
            for how, status in (("C-c", 130), ("C-\\", 131), ("C-d", 1),
                                (signal.SIGTERM, 143), (signal.SIGHUP, 129)):
                with self.subTest((words, prompt, how)):
                    terminal = self.at(words, typed, prompt)
                    self.stop(terminal, how)
                    self.ended(terminal, status)
                    self.assertEqual(before, self.records())
                    terminal.close()
                    self._cleanups.pop()

    def test_suspend(self):
        """Ctrl-Z at every prompt, the shell in order, and on it goes."""
        before = self.records()
        for words, typed, prompt in self.ROWS:
            with self.subTest((words, prompt)):
                terminal = self.at(words, typed, prompt)
                terminal.keys("C-z")
                terminal.wait("Stopped")
                terminal.type("clear; stty -g | cmp - before && echo as it was")
                terminal.wait("^as it was")
                terminal.type("clear; fg; echo status $?")
                terminal.wait(self.loose(prompt))
                terminal.keys("C-c")
                terminal.wait("^status 130$")
                self.assertEqual(before, self.records())

    def test_killed_while_stopped(self):
        """SIGTERM to what was stopped takes effect, in the background too."""
        terminal = self.at(["code"], [], "Secret or")
        pid = self.process()
        terminal.keys("C-z")
        terminal.wait("Stopped")
        os.kill(pid, signal.SIGTERM)
        terminal.type("bg; wait; clear; stty -g | cmp - before && echo fine")
        terminal.wait("^fine")
        self.assertRaises(AssertionError, self.process)

    def test_narrow(self):
        """In 20 columns as well."""
        before = self.records()
        for words, typed, prompt in self.ROWS:
            with self.subTest((words, prompt)):
                terminal = self.at(words, typed, prompt, (20, 24))
                terminal.keys("C-c")
                terminal.wait(r"^status 130\s*$")
                self.assertEqual(before, self.records())

    def test_unlock(self):
        self.must("lock", "--all")
        before = self.records()
        for how, status in ("C-c", 130), ("C-d", 1), (signal.SIGTERM, 143):
            terminal = self.at(["unlock"], [], "A recovery code:")
            self.stop(terminal, how)
            self.ended(terminal, status)
            self.assertEqual(before, self.records())

    def test_first_code_of_rotate(self):
        """Ctrl-Z and SIGTERM on the screen: the old one stays."""
        devices = self.status(tool.ORDINARY)["devices"]
        for number, how in enumerate(("C-c", signal.SIGTERM)):
            terminal = self.at(["rotate"], [], self.CURRENT)
            terminal.type(self.codes[number])
            terminal.wait("^Code: ?$")
            terminal.keys("C-z")
            terminal.wait("Stopped")
            self.assertNotIn("\u2588", terminal.text())
            terminal.type("fg; echo status $?")
            terminal.wait("\u2588")
            terminal.wait("^Code: ?$")
            self.stop(terminal, how)
            self.ended(terminal, 130 if how == "C-c" else 143)
            self.assertEqual(devices, self.status(tool.ORDINARY)["devices"])

    def test_no_terminal(self):
        """Without one: what shows or takes away says so, the rest reads."""
        before = self.records()
        for words, says, status in (
                (["new"], "terminal only", 1), (["add"], "terminal only", 1),
                (["rotate"], "terminal only", 1),
                (["recovery"], "terminal only", 1),
                (["disable"], "add --yes", 2),
                (["rename", "phone", "x"], "no answer", 1),
                (["disable", "--yes"], "no answer", 1),
                (["code"], "no answer", 1)):
            with self.subTest(words):
                self.refused(status, says, *words)
                self.assertEqual(before, self.records())


class Clock(tool.Case):
    """A phone whose clock is wrong is told so, and not let in."""

    def test_skew(self):
        # A step is right to half of it: 15 s.
        for seconds, says in (
                (90, r"clock is (7[5-9]|[89]\d|10[0-5]) seconds ahead"),
                (-90, r"clock is (7[5-9]|[89]\d|10[0-5]) seconds behind"),
                (300, "clock is [56] minutes ahead"),
                (-8 * 3600, "clock is [89] hours behind"),
                (13 * 3600, "That code is not right")):
            with self.subTest(seconds):
                tool.calm()
                terminal = self.terminal(80, 24)
                terminal.type(self.command("new", "--user", USER))
                terminal.wait("^Code: ?$")
                uri = screen.scan(terminal.cells().ppm("dark"))
                terminal.type(tool.code(uri, time.time() + seconds))
                terminal.wait("That code is not|Your phone's clock")
                beside = [line[41:].strip() for line
                          in terminal.text().split("\n")]
                self.assertRegex(" ".join(beside), says)
                self.assertFalse(self.status(USER)["enrolled"])
                terminal.type(tool.code(uri))
                terminal.wait("Recovery codes for")
                self.must("reset", "--yes", "--user", USER)


class Pexpect(tool.Case):
    """The same by a peer of tmux: what goes over the line itself."""

    def test_line(self):
        child = pexpect.spawn(self.argv("new")[0], self.argv(
            "new", "--user", USER, "--qr=none", "--no-check")[1:],
            env=dict(os.environ, TERM="xterm", LC_ALL="C.UTF-8"),
            dimensions=(24, 80), encoding="utf-8", timeout=20)
        child.expect_exact("\x1b[?1049h")
        child.expect(r"into it:\s+((?:[A-Z2-7]{4} ?){8})")
        uri = "otpauth://totp/x?secret=" + child.match.group(1).strip() \
            .replace(" ", "")
        child.expect("Code: ")
        tool.calm()
        child.sendline(tool.code(uri))
        child.expect_exact("\x1b[?1049h")
        child.expect("Press Enter")
        child.sendline("")
        child.expect_exact("\x1b[?1049l")
        child.expect("Done: ")
        child.expect(pexpect.EOF)
        child.close()
        self.assertEqual(0, child.exitstatus)
        self.assertTrue(json.loads(self.must(
            "status", "--json", "--user", USER))["enrolled"])
