#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""How long somebody waits who asks for a code by mail.

usage: mail.py BUILD LOGINS

From "email" being typed to the prompt that says where it was sent, with a real
Postfix on loopback whose queue is on the disk, as the store is; in the private
world of the end-to-end tests.  The last line is a JSON list of nanoseconds.
"""

import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "e2e"))
import pexpect  # noqa: E402
import mailworld  # noqa: E402
import world  # noqa: E402


def ask(service, user):
    child = pexpect.spawn("pamtester", [service, user.name, "authenticate"],
                          encoding="utf-8", timeout=20)
    child.delaybeforesend = None
    child.expect("assword.*: ")
    time.sleep(0.03)  # until the echo is off
    child.sendline(world.PASSWORD)
    child.expect(world.PROMPT + ": ")
    time.sleep(0.03)
    began = time.monotonic_ns()
    child.sendline("email")
    child.expect(world.PROMPT + ": ")
    took = time.monotonic_ns() - began
    if "A code was sent to" not in child.before:
        sys.exit("no code was sent: " + child.before)
    child.close(force=True)
    return took


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    build, logins = sys.argv[1], int(sys.argv[2])
    world.enter()
    made = world.World(build, people=logins)
    try:
        world.THE = made.build()
        mail = mailworld.MailWorld(spool=world.TOP + "/tmp/spool")
        service = mailworld.service("mail", mail.mail)
        print(json.dumps([ask(service, made.fresh())
                          for _ in range(logins)]))
    finally:
        made.leave()


if __name__ == "__main__":
    main()
