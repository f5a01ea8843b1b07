#!/usr/bin/python3 -B
# SPDX-License-Identifier: BSD-2-Clause
"""Show a login with a second factor, in a world of its own.

usage: demo.py --build DIR

On a terminal a person does it with a phone; elsewhere it is done with
oathtool, by reading the screen.  The status is 0 only if all went well.
"""

import os
import re
import shlex
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "tool")]
import screen  # noqa: E402
import world   # noqa: E402
from world import PASSWORD, PROMPT  # noqa: E402

ISSUER = "pam_otp demo"
ENROL = ["otp-enroll", "new", "--user", "alice", "--issuer", ISSUER]
ROUNDS = 3
RECOVERY = r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}"


def ssh(command):
    return world.SSH + ["-o", "PubkeyAuthentication=no",
                        "-o", "PreferredAuthentications=keyboard-interactive",
                        "alice@127.0.0.1", command]


class Failed(Exception):
    """Something was not as it should be; says what."""


def accepted(made, service, mark):
    """Does the log say that alice's second factor was accepted there?"""
    return any(re.search(r"user=alice service=%s .*result=accept" % service,
                         line) for line in made.log.since(mark))


# --- a person with a phone ---

def say(text=""):
    print(text, flush=True)


def call(argv):
    """Run it on the person's terminal; Ctrl-C is for it alone."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        return subprocess.call(argv, env=dict(os.environ, HOME=world.TOP))
    finally:
        signal.signal(signal.SIGINT, before)


def person_until(argv, what):
    for _ in range(ROUNDS):
        if call(argv) == 0:
            return
        say()
        say("That did not work. Once more; Ctrl-C ends it.")
        time.sleep(1)
    raise Failed(what)


def person(made):
    say()
    say("A private copy of this machine is ready; the real one stays as it "
        "is.")
    say("It has a user alice, whose password is:  " + PASSWORD)
    say()
    say("1. alice sets up her second factor. Have your phone ready, with any")
    say("   authenticator app. (This is: " + " ".join(ENROL) + ")")
    input("   Press Enter to begin. ")
    person_until(ENROL, "the enrolment was not finished")
    say()
    say("2. She logs in: ssh alice@127.0.0.1, with her password and a code.")
    say("   A code works once: wait until the phone shows the next one.")
    say("   Then sudo asks for both again.")
    say()
    mark = made.log.mark()
    person_until(ssh("echo; echo You are in, as $(id -un).; echo "
                     "Now: sudo id -un, with the next code.; sudo id -un"),
                 "nobody logged in")
    say()
    say("3. What the log says of it:")
    for line in made.log.since(mark, "result="):
        say("   " + line[line.index("user="):])
    for service in "sshd", "sudo":
        if not accepted(made, service, mark):
            raise Failed("no code was accepted by " + service)
    say()
    say("That was it. Nothing of it is left.")


# --- by itself ---

class Alone:
    """Does what a person would, and says what it saw, a line for a step."""

    def __init__(self, made):
        self.made, self.user = made, made.users["alice"]
        self.step = 0
        self.terminal = screen.Terminal(world.TOP, 80, 24)

    def done(self, text):
        self.step += 1
        say("%d. %s" % (self.step, text))

    def type(self, argv):
        self.terminal.type("clear; " + " ".join(map(shlex.quote, argv)))

    def log_in(self, argv, *answers):
        """Answer what is asked; what is on the screen in the end."""
        self.terminal.type("clear")
        self.terminal.wait(r"\A\$ ?\s*\Z")
        self.terminal.type(" ".join(map(shlex.quote, argv)) +
                           "; echo STATUS-$?")
        for number, (pattern, answer) in enumerate(answers):
            self.terminal.wait(r"(?s)(?:%s.*){%d}\Z" % (pattern, 1 + sum(
                1 for before, _ in answers[:number] if before == pattern)))
            time.sleep(0.1)
            self.terminal.type(answer)
        self.terminal.wait(r"^STATUS-\d+")
        return self.terminal.text()

    def expect(self, text, pattern):
        if not re.search(pattern, text):
            raise Failed("no %r on the screen:\n%s" % (pattern, text))

    def enrol(self):
        # Near the end of a step the codes would change while they are typed.
        if time.time() % 30 > 20:
            time.sleep(30 - time.time() % 30)
        self.now = time.time()
        self.type(ENROL)
        self.terminal.wait(r"^Code: ?$")
        for theme in sorted(screen.THEMES):
            uri = screen.scan(self.terminal.cells().ppm(theme))
            if not uri:
                raise Failed("the QR code cannot be read (%s):\n%s" % (
                    theme, self.terminal.text()))
        self.done("The screen of 80x24 shows a QR code, and zbarimg reads: " +
                  re.sub(r"secret=\w+", "secret=...", uri))
        self.user.secret = re.search(r"secret=(\w+)", uri).group(1)
        self.terminal.type(world.code(self.user, -1, self.now))
        self.terminal.wait("Recovery codes for alice")
        self.user.recovery = re.findall(RECOVERY, self.terminal.text())
        self.terminal.type(self.user.recovery[0])
        self.terminal.wait("^Done: ")
        self.done("oathtool's code was accepted, %d recovery codes were "
                  "shown, one was typed back." % len(self.user.recovery))

    def logins(self):
        password, prompt = ("assword[^:\n]*: ?", PASSWORD), PROMPT
        mark = self.made.log.mark()
        spent = world.code(self.user, 0, self.now)
        text = self.log_in(
            ssh("echo IN-AS-$(id -un); sudo id -un"), password,
            (prompt, spent), password,
            (prompt, world.code(self.user, +1, self.now)))
        self.expect(text, "(?s)IN-AS-alice.*\nroot\n.*STATUS-0")
        for service in "sshd", "sudo":
            if not accepted(self.made, service, mark):
                raise Failed("no code was accepted by " + service)
        self.done("ssh let alice in with password and code, and sudo made "
                  "her root with the next code.")
        text = self.log_in(ssh("echo IN-AS-$(id -un)"), password,
                           (prompt, spent), (prompt, world.wrong(self.user)),
                           (prompt, self.user.recovery[1]))
        self.expect(text, "(?s)Not accepted.*Not accepted.*IN-AS-alice")
        self.done("The same code again and a wrong one were refused; a "
                  "recovery code let her in.")
        text = self.log_in(ssh("echo IN-AS-$(id -un)"), password,
                           *[(prompt, self.user.recovery[1])] * 3)
        if "IN-AS-alice" in text:
            raise Failed("a recovery code worked twice:\n" + text)
        self.done("The same recovery code did not let her in again.")

    def run(self):
        try:
            self.enrol()
            self.logins()
        finally:
            self.terminal.close()


def main():
    if len(sys.argv) != 3 or sys.argv[1] != "--build":
        sys.exit(__doc__)
    build = os.path.abspath(sys.argv[2])
    world.enter()
    made = world.World(build, people=0)
    try:
        world.THE = made.build()
        made.sshd(22)
        if sys.stdin.isatty() and sys.stdout.isatty():
            person(made)
        else:
            Alone(made).run()
    except (Failed, AssertionError, EOFError) as failure:
        say("FAILED: %s" % (failure or "the input ended"))
        return 1
    except KeyboardInterrupt:
        say()
        say("Stopped.")
        return 1
    finally:
        made.leave()
    return 0


if __name__ == "__main__":
    sys.exit(main())
