# SPDX-License-Identifier: BSD-2-Clause
"""Mail that arrived, and a mail server that is played.

As a program it is one that keeps what it gets, for places where there is no
Postfix:  sink.py PORT DIR
"""

import email
import email.policy
import os
import sys
import threading

from world import write


def parse(path):
    with open(path, "rb") as file:
        return email.message_from_binary_file(
            file, policy=email.policy.default)


def body(mail):
    """Its text; libcurl puts even one part into a list of parts."""
    parts = [part for part in mail.walk() if not part.is_multipart()]
    if [part.get_content_type() for part in parts] != ["text/plain"]:
        raise AssertionError("no plain text: %s" % mail)
    return parts[0].get_content().replace("\r\n", "\n")


class Sink:
    """A mail server that is played: what it gets stands in .mails.

    One that is not .taking puts off who comes, as those who greylist do.
    """

    def __init__(self, port, keep=None, taking=True):
        from aiosmtpd.controller import Controller
        self.mails, self.keep = [], keep
        self.taking, self.put_off = taking, 0
        self.controller = Controller(self, hostname="127.0.0.1", port=port)
        self.controller.start()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if not self.taking:
            self.put_off += 1
            return "450 4.2.0 Greylisted, please come again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content,
                                        policy=email.policy.default)
        self.mails.append(mail)
        if self.keep:
            path = "%s/%03d.eml" % (self.keep, len(self.mails))
            write(path + ".part", envelope.content.decode())
            os.rename(path + ".part", path)
        return "250 OK"

    def end(self):
        self.controller.stop()


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    Sink(int(sys.argv[1]), keep=sys.argv[2])
    write(sys.argv[2] + "/listens", "")
    threading.Event().wait()


if __name__ == "__main__":
    main()
