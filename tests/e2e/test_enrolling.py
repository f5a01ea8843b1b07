# SPDX-License-Identifier: BSD-2-Clause
"""Enrolling alone, while others do, or while something breaks."""

import base64
import json
import os
import pwd
import re
import signal
import subprocess
import threading
import unittest

import person
import world
from asking import asked, request
from person import CURRENT, RECOVERY, Device
from world import Race, run, talk, wait_for

IN = "0"
CODE = r"\nCode: "
CURRENT_LINE = "or a recovery code: "
TYPED_BACK = "Recovery code: "


def key_shown(text):
    """The key that a screen without a QR code says to type."""
    found = re.findall(r"(?:\b[A-Z2-7]{4} ){7}[A-Z2-7]{4}\b", text)
    return found[-1].replace(" ", "") if found else None


def hotp(secret):
    return Device("otpauth://hotp/x?secret=%s&counter=0" % secret)


def codes_shown(text):
    found = re.findall(RECOVERY, text)
    world.SHOWN.update(found)
    return found


class Case(person.Case):
    """A driver for logins, beside the rest."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.race = Race("alone")
        cls.addClassCleanup(cls.race.end)

    def gets_in(self, user, answer):
        return self.race.round([(user, answer)]) == [IN]

    def has(self, user, device=None, codes=()):
        """It is in force: the device, and a code of these that is left."""
        if device:
            self.assertTrue(self.gets_in(user, device.code()))
        for code in codes:
            self.assertTrue(self.gets_in(user, code))


class Together(Case):
    """More than one at once."""

    def test_two_users(self):
        """two users at once: each gets their own secret and codes"""
        users = [self.somebody(), self.somebody()]
        terminals = [self.terminal(user) for user in users]
        for terminal in terminals:
            terminal.begin("otp-enroll new")
        devices = [terminal.scan() for terminal in terminals]
        self.assertNotEqual(devices[0].secret, devices[1].secret)
        # The code of the other is not the first code here.
        terminals[0].type(devices[1].code())
        terminals[0].wait("That code is not|Your phone's clock")
        for terminal, device in zip(terminals, devices):
            terminal.type(device.code())
        codes = [terminal.copy_codes() for terminal in terminals]
        for terminal in terminals:
            terminal.done()
        self.assertFalse(set(codes[0]) & set(codes[1]))
        for user, device, own in zip(users, devices, codes):
            self.has(user, device, own[1:2])
        self.assertFalse(self.gets_in(users[0], codes[1][2]))

    def test_two_windows(self):
        """one user in two windows: the secret shown last is the one"""
        me = self.somebody()
        first, second = self.terminal(me), self.terminal(me)
        first.begin("otp-enroll new")
        lost = first.scan()
        device = second.set_up("otp-enroll new")
        codes = second.copy_codes()
        second.done()
        first.type(lost.code())
        status, said = first.end()
        self.assertEqual(1, status)
        self.assertNotIn("Done", said)
        self.assertRegex(said, "begun anew elsewhere")
        self.assertEqual([], codes_shown(said))
        self.has(me, device, codes[1:2])
        self.assertFalse(self.gets_in(me, lost.code()))
        # And the first, while the second waits: its secret is no more.
        first.do("otp-enroll disable", (r"\[y/N\]$", "y"),
                 (CURRENT, codes[2]))
        first.begin("otp-enroll new")
        lost = first.scan()
        second.begin("otp-enroll new")
        device = second.scan()
        first.type(lost.code())
        first.wait("That code is not|Your phone's clock")
        second.type(device.code())
        self.has(me, None, second.copy_codes()[1:2])
        first.keys("C-c")

    def test_race(self):
        """one user's four enrolments at once: one at most, and it is whole"""
        for _ in range(6):
            me, won = self.somebody(), []

            def enrol(me=me, won=won):
                got = asked(me, request("enrol", label="phone", kind=2,
                                        hash=1, digits=6))
                if "secret" not in got:
                    return
                device = hotp(as_base32(got["secret"]))
                got = asked(me, request("confirm", answer=device.code()))
                codes = [value for key, value in got.items()
                         if key.startswith("code.")]
                world.SHOWN.update(codes)
                self.assertEqual(got.get("verdict") == "accepted",
                                 len(codes) == 10, got)
                if codes:
                    won.append((device, codes))
            threads = [threading.Thread(target=enrol) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertLessEqual(len(won), 1)
            self.assertEqual(bool(won), self.world.status(me)["enrolled"])
            for device, codes in won:
                self.has(me, device, codes[:1])


def as_base32(text):
    return base64.b32encode(base64.b64decode(text)).decode().rstrip("=")


class Killed(Case):
    """kill -9 at every step: the old state or the new, never a mixture."""

    # Of the service's child: before it is written, when it is, when that
    # stands in the log, and so before the reply.
    SERVICE = ("recvfrom:when=1", "pwritev2:when=1", "sendto:when=1",
               "sendto:when=2")
    # Of the tool: before it asks, when it has asked, and with the answer.
    TOOL = ("connect:when=1", "shutdown:when=1", "recvfrom:when=1",
            "close:when=1")

    def enrolled(self):
        me = self.somebody()
        got = json.loads(self.world.otp(
            "new", "--user", me.name, "--hotp", "--json",
            "--no-confirm").stdout)
        world.SHOWN.update(got["recovery_codes"])
        return me, Device(got["uri"]), got["recovery_codes"]

    def enrolled_now(self, me):
        return asked(0, request("status", user=me.name)).get(
            "status.enrolled") == "1"

    def tool_of(self, me):
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                if open("/proc/%s/comm" % pid).read() == "otp-enroll\n" and \
                        os.stat("/proc/" + pid).st_uid in (me.uid, 0):
                    return int(pid)
            except OSError:
                pass
        return None

    def arm(self, pid, fault):
        """Have this process killed there, or what it forks."""
        trace = subprocess.Popen(
            ["strace", "-f", "-qq", "-o", "/dev/null", "-p", str(pid), "-e",
             "inject=%s" % fault.replace(":", ":signal=SIGKILL:")])
        self.traces.append(trace)
        wait_for(lambda: "TracerPid:\t0\n" not in open(
            "/proc/%d/status" % pid).read(), 10, "strace did not attach")

    def disarm(self):
        for trace in self.traces:
            trace.terminate()
            trace.wait()
        self.traces = []

    def one(self, me, words, answers, who, fault, at):
        """A command with a fault, armed before the answer of this number.

        -1 is before the command.
        """
        self.traces = []

        def armed(reply):
            def reply_now(seen):
                text = reply(seen) if callable(reply) else reply
                pid = self.world.service.pid if who == "service" \
                    else self.tool_of(me)
                if fault is None:
                    os.kill(pid, signal.SIGKILL)
                else:
                    self.arm(pid, fault)
                return text
            return reply_now
        answers = [(pattern, armed(reply) if n == at else reply)
                   for n, (pattern, reply) in enumerate(answers)]
        if at < 0:
            self.arm(self.world.service.pid, fault)
        got = talk(["otp-enroll"] + words, answers, user=me)
        self.disarm()
        if who == "service":
            self.world.kill_service()
            self.world.serve()
        # What was asked is done, unheard.
        wait_for(lambda: not self.world.serving(), 20)
        return got

    def rows(self, steps, last):
        """Who is killed, where, and before which answer.

        Behind the answers "steps" stands a request; "last" is a prompt.
        """
        for at in steps:
            for fault in self.SERVICE:
                yield "service", fault, at
            for fault in self.TOOL if at >= 0 else ():
                yield "tool", fault, at
        for at in range(last + 1):
            yield "tool", None, at

    def judge(self, row, got, old, new):
        """Exactly one of both is there, and it is what was said."""
        with self.subTest(row):
            text = got.text
            self.assertNotEqual(old, new, got)
            if "Done: " in text:
                self.assertTrue(new, got)
            if "nothing was changed" in text or "stay in force" in text:
                self.assertTrue(old, got)
            # It was hit; and who lost an answer says so.
            self.assertEqual(3 if row[0] == "service" else -9, got.status)
            if row[0] == "service":
                self.assertIn("pam_otpd ended before it answered: otp-enroll "
                              "status says what holds now",
                              " ".join(text.split()))
            self.seen["new" if new else "old"] += 1

    def begin(self):
        self.seen = {"old": 0, "new": 0}

    def finish(self):
        print("        (%(old)d times the old, %(new)d the new)" % self.seen)
        self.assertGreater(min(self.seen.values()), 0)

    def shown(self, got):
        """What the screen offered: the device, and recovery codes."""
        secret = key_shown(got.text)
        return hotp(secret) if secret else None, codes_shown(got.text)

    def test_first(self):
        """new, for who has nothing"""
        self.begin()
        for row in self.rows((-1, 0), 1):
            me = self.somebody()
            # Up to the key, which needs no answer; then its first code.
            device = []

            def first(seen, device=device):
                device.append(hotp(key_shown(seen)))
                return device[0].code()
            got = self.one(me, ["new", "--hotp"], [
                (CODE, first), (TYPED_BACK, lambda s: codes_shown(s)[-1])],
                *row)
            _, codes = self.shown(got)
            new = self.enrolled_now(me)
            self.judge(row, got, not new, new)
            if new:
                # If the codes were shown, they are what is in force.
                self.has(me, device[0], codes[1:2])
            elif codes:
                self.fail("codes of nothing were shown: %s" % got)
        self.finish()

    def test_new(self):
        """new, in place of what there is"""
        self.begin()
        for row in self.rows((0, 1), 2):
            me, before, old_codes = self.enrolled()
            device = []

            def first(seen, device=device):
                device.append(hotp(key_shown(seen)))
                return device[0].code()
            got = self.one(me, ["new", "--hotp", "--yes"], [
                (CURRENT_LINE, old_codes[0]), (CODE, first),
                (TYPED_BACK, lambda s: codes_shown(s)[-1])], *row)
            _, codes = self.shown(got)
            old = self.gets_in(me, before.code())
            new = bool(device) and self.gets_in(me, device[0].code())
            self.judge(row, got, old, new)
            # The recovery codes are of the same state.
            self.assertEqual(old, self.gets_in(me, old_codes[1]), row)
            self.has(me, None, codes[1:2])
        self.finish()

    def test_rotate(self):
        """rotate: old secret or new"""
        self.begin()
        for row in self.rows((0, 1), 1):
            me, before, codes = self.enrolled()
            device = []

            def first(seen, device=device):
                device.append(hotp(key_shown(seen)))
                return device[0].code()
            got = self.one(me, ["rotate"], [
                (CURRENT_LINE, before.code()), (CODE, first)], *row)
            old = self.gets_in(me, before.code())
            new = bool(device) and self.gets_in(me, device[0].code())
            self.judge(row, got, old, new)
            self.has(me, None, codes[:1])
        self.finish()

    def test_recovery(self):
        """recovery: the old set or the new"""
        self.begin()
        for row in self.rows((0, 1), 1):
            me, device, old_codes = self.enrolled()
            got = self.one(me, ["recovery"], [
                (CURRENT_LINE, device.code()),
                (TYPED_BACK, lambda s: codes_shown(s)[-1])], *row)
            codes = self.shown(got)[1]
            old = self.gets_in(me, old_codes[1])
            new = bool(codes) and self.gets_in(me, codes[1])
            self.judge(row, got, old, new)
            self.has(me, device)
        self.finish()

    def test_output(self):
        """a file with codes that may be in force stays, else it goes"""
        for fault in "sendto:when=1", "sendto:when=2":
            me, _, codes = self.enrolled()
            path = me.home + "/codes"
            got = self.one(me, ["recovery", "--output", path], [
                (CURRENT_LINE, codes[0]),
                (TYPED_BACK, lambda s: codes_shown(s)[-1])],
                "service", fault, 1)
            self.assertIn("is kept", got.text)
            with open(path) as file:
                self.has(me, None, codes_shown(file.read())[:1])
        me, _, codes = self.enrolled()
        path = me.home + "/codes"
        got = talk(["otp-enroll", "recovery", "--output", path], [
            (CURRENT_LINE, codes[0]), (TYPED_BACK, "\x03")], user=me)
        self.assertEqual(130, got.status, got)
        self.assertFalse(os.path.exists(path))
        self.has(me, None, codes[1:2])


class Full(Case):
    """A disk that takes nothing more."""

    DISK = world.TOP + "/full"
    CONF = "/etc/security/full.conf"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        image = world.TOP + "/tmp/full.img"
        with open(image, "wb") as out:
            out.truncate(4 << 20)
        run(["mkfs.ext4", "-q", "-m", "0", "-N", "64", image])
        os.makedirs(cls.DISK)
        done = run(["mount", "-o", "loop", image, cls.DISK], check=False)
        if done.returncode != 0:
            raise unittest.SkipTest("no loop device can be mounted here: " +
                                    done.stdout.strip())
        cls.addClassCleanup(lambda: run(["umount", "-l", cls.DISK],
                                        check=False))
        # Its own service, over a store of its own.
        world.write(cls.CONF, "[default]\nself-enroll = open\n[store]\n"
                    "path = %s/store\nkey = /etc/security/full.key\n"
                    "socket = /run/full/socket\n" % cls.DISK)
        cls.world.otp("--conf", cls.CONF, "init")
        service = subprocess.Popen(
            [world.TOP + "/bin/pam_otpd", "--conf", cls.CONF, "--listen",
             "/run/full/socket"])
        cls.addClassCleanup(service.wait)
        cls.addClassCleanup(service.kill)
        wait_for(lambda: world.listens("/run/full/socket"))

    def fill(self):
        with self.assertRaises(OSError):
            for n in range(1000):
                world.write("%s/%d" % (self.DISK, n), "")
        with open(self.DISK + "/0", "ab", buffering=0) as out:
            size = 65536
            while size:
                try:
                    out.write(b"x" * size)
                except OSError:
                    size //= 2

    def test_full(self):
        """who has nothing is told so, who has something may change it"""
        me, other = self.somebody(), self.somebody()
        at = self.terminal(me)
        phone, codes = at.new("otp-enroll new --conf " + self.CONF)
        self.fill()
        theirs = self.terminal(other)
        said = theirs.do("otp-enroll new --conf " + self.CONF, status=3)
        self.assertRegex(said, "otp-enroll: .*(disk|space|full)")
        self.assertNotIn("QR", said)
        self.assertIsNone(key_shown(said))
        self.assertFalse(json.loads(theirs.tell(
            "otp-enroll status --json --conf " + self.CONF))["enrolled"])
        # What is there already has its place.
        fresh = at.set_up("otp-enroll rotate --conf " + self.CONF,
                          (CURRENT, codes[1]))
        at.done()
        at.do("otp-enroll check --conf " + self.CONF,
              ("A code for .*:$", phone.code()), status=1)
        at.do("otp-enroll check --conf " + self.CONF,
              ("A code for .*:$", fresh.code()))

    def test_write_fails(self):
        """a write that fails: a plain error, and the old one stays"""
        me = self.somebody()
        at = self.terminal(me)
        phone, codes = at.new()
        for error in "ENOSPC", "EDQUOT", "EIO":
            at.begin("otp-enroll rotate")
            at.answer(CURRENT, codes.pop())
            shown = at.scan()
            trace = subprocess.Popen(
                ["strace", "-f", "-qq", "-o", "/dev/null", "-p",
                 str(self.world.service.pid), "-e",
                 "inject=pwritev2:error=" + error])
            wait_for(lambda: "TracerPid:\t0\n" not in open(
                "/proc/%d/status" % self.world.service.pid).read())
            at.type(shown.code())
            status, said = at.end()
            trace.terminate()
            trace.wait()
            self.assertEqual(3, status, said)
            self.assertIn("nothing was changed", said)
            self.assertFalse(self.gets_in(me, shown.code()))
        self.has(me, phone, codes[1:2])


class Bad(Case):
    """Circumstances."""

    COMMANDS = ("new", "add", "status", "status --json", "devices",
                "devices --json", "rename a b", "check", "lock",
                "lock --all", "unlock", "rotate", "recovery", "remove a",
                "disable --yes")

    def test_absent(self):
        """no service: every command says what to do, and has status 3"""
        me = self.somebody()
        at = self.terminal(me)
        self.world.kill_service()
        try:
            for words in self.COMMANDS:
                with self.subTest(words):
                    said = at.do("otp-enroll " + words, status=3)
                    self.assertRegex(said, "otp-enroll: .*ask an "
                                     "administrator to start pam_otpd.socket")
        finally:
            self.world.serve()
        at.do("otp-enroll status", status=1)

    def test_no_terminal(self):
        """without a terminal nothing is shown, and nothing waits"""
        me = self.somebody()

        def tool(*words, text=""):
            return subprocess.run(
                ["otp-enroll", *words], input=text, text=True,
                preexec_fn=me.demote, env=me.env(), stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, timeout=30)
        for words in ("new",), ("add",):
            got = tool(*words)
            self.assertEqual((1, ""), (got.returncode, got.stdout), got)
            self.assertIn("terminal", got.stderr)
        self.assertNotIn("status.pending_until", asked(0, request(
            "status", user=me.name)))
        self.world.enrol(me)
        for words in ("new",), ("rotate",), ("recovery",):
            got = tool(*words, text=me.recovery[0] + "\n")
            self.assertEqual((1, ""), (got.returncode, got.stdout), got)
            self.assertIn("terminal", got.stderr)
        found = self.world.status(me)
        self.assertEqual(("none", 10, 0), (
            found["pending"]["mode"], found["recovery_left"],
            found["pending_recovery_until"]))
        # What shows nothing secret works in scripts.
        self.assertEqual(0, tool("check", text=world.code(me)).returncode)
        self.assertEqual(0, tool("rename", "phone", "x",
                                 text=me.recovery[0]).returncode)
        self.assertEqual(1, tool("remove", "x", "--yes",
                                 text="\n").returncode)
        self.assertEqual(0, tool("disable", "--yes",
                                 text=me.recovery[1] + "\n").returncode)

    def test_narrow(self):
        """20 columns: enrolled all the same, by the key"""
        me = self.somebody()
        at = self.terminal(me, 20, 24)
        at.begin("otp-enroll new")
        groups = self.pages(at, r"(?<![\w.])[A-Z2-7]{4}(?![\w.-])", 8)
        device = Device("otpauth://totp/x?secret=" + "".join(groups))
        at.type(device.code())
        at.wait("Recovery codes", person.PATIENCE)
        codes = self.pages(at, RECOVERY, 10)
        world.SHOWN.update(codes)
        at.type(codes[0])
        self.assertIn("Done: ", at.end()[1])
        self.has(me, device, codes[1:2])
        self.assertNotRegex(at.history(), RECOVERY)

    def pages(self, at, pattern, number):
        """What stands on pages, which Enter turns; no line is cut."""
        found = []
        while True:
            at.wait(r"[Cc]ode: ?\s*\Z", person.PATIENCE)
            text = at.text()
            self.assertLessEqual(max(map(len, text.split("\n"))), 20)
            found += [each for each in re.findall(pattern, text)
                      if each not in found]
            if len(found) >= number:
                self.assertEqual(number, len(found), text)
                return found
            at.keys("Enter")
            at.change(text)


class Accounts(Case):
    """Accounts that are removed and made anew."""

    def account(self, line):
        """/etc/passwd with this line in place of those of its name."""
        name = line.split(":")[0]
        with open("/etc/passwd") as passwd:
            before = passwd.read()
        self.addCleanup(world.write, "/etc/passwd", before)
        kept = [each for each in before.splitlines()
                if each.split(":")[0] not in (name, self.gone)]
        world.write("/etc/passwd", "\n".join(kept + [line]) + "\n")

    def test_same_name(self):
        """made anew with another uid: nothing is inherited, root is asked"""
        me = self.world.fresh()
        self.gone = me.name
        self.account("%s:x:8001:8001::%s:/bin/sh" % (me.name, me.home))
        for verb, more in (("status", {}), ("challenge", {}),
                           ("enrol", {"label": "x", "kind": 2, "hash": 1,
                                      "digits": 6}),
                           ("answer", {"answer": world.code(me)}),
                           ("disable", {"answer": me.recovery[0]})):
            got = asked(8001, request(verb, **more))
            self.assertIn("error", got, (verb, got))
            self.assertNotIn("secret", got)
        # The uid of before is nobody now.
        self.assertEqual("EACCES", asked(me.uid, request("status"))["error"])
        self.assertFalse(self.gets_in(me, world.code(me, 1)))
        me.uid = 8001
        got = talk(["otp-enroll", "status"], [], user=me)
        self.assertNotEqual(0, got.status, got)
        self.assertIn("administrator", got.text)
        self.world.otp("adopt", "--user", me.name)
        self.assertEqual("1", asked(8001, request("status"))
                         ["status.enrolled"])
        self.assertTrue(self.gets_in(me, me.recovery[1]))

    def test_same_uid(self):
        """another name with the same uid: has nothing, and takes nothing"""
        me = self.world.fresh()
        self.gone = me.name
        self.account("reborn:x:%d:%d::%s:/bin/sh" % (me.uid, me.uid,
                                                     me.home))
        self.assertEqual("reborn", pwd.getpwuid(me.uid).pw_name)
        got = asked(me, request("status"))
        self.assertEqual("0", got.get("status.enrolled", "0"), got)
        self.assertNotIn("device.0.label", got)
        for user in me.name, "root":
            got = asked(me, request("status", user=user))
            self.assertEqual("EACCES", got["error"])
        got = asked(me, request("answer", answer=world.code(me)))
        self.assertNotEqual("accepted", got.get("verdict"), got)
        got = asked(me, request("disable", answer=me.recovery[0]))
        self.assertNotEqual("accepted", got.get("verdict"), got)
        # One's own goes under one's own name, beside the old.
        got = asked(me, request("enrol", label="phone", kind=2, hash=1,
                                digits=6))
        device = hotp(as_base32(got["secret"]))
        got = asked(me, request("confirm", answer=device.code()))
        self.assertEqual("accepted", got["verdict"])
        self.assertTrue(os.path.exists(world.STORE + "/users/" + me.name))
        self.assertTrue(os.path.exists(world.STORE + "/users/reborn"))
        self.doCleanups()
        self.assertEqual(10, self.world.status(me)["recovery_left"])
        self.has(me, None, me.recovery[:1])


if __name__ == "__main__":
    unittest.main()
