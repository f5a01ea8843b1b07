# SPDX-License-Identifier: BSD-2-Clause
"""What nobody waits for: it is in the log why it failed, and nothing else."""

import os
import re
import socket
import unittest

import place
from mailserver import Server
from place import CODE, NEAR, PASSWORD
from servers import Raw, smtp

LOG = "/dev/log"
MASKED = "a***e@example.org"
# SECURITY: as hostile as a server's own words may be.
HOSTILE = ("550 \x1b[2J %s %s\r\n" % (CODE, PASSWORD)).encode()
REFUSING = b"250 x\r\n", b"250 ok\r\n", HOSTILE, b"221 bye\r\n"


class Later(unittest.TestCase):
    def setUp(self):
        self.log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.log.close)
        self.log.bind(LOG)
        self.addCleanup(os.unlink, LOG)
        self.log.setblocking(False)

    def lines(self):
        found = []
        while True:
            try:
                found.append(self.log.recv(8192).decode("ascii"))
            except BlockingIOError:
                return found

    def said(self):
        """The one line there is, of authpriv and an error, without its head."""
        line, = self.lines()
        head = re.match(r"<83>\w{3} [ \d]\d [\d:]{8} pam_otp-send\[\d+\]: ",
                        line)
        self.assertTrue(head, line)
        return line[head.end():]

    def near(self, *replies):
        """A mail server of this host that says this, and then no more."""
        server = Raw(smtp(*replies), NEAR)
        self.addCleanup(server.__exit__)
        return "smtp://127.0.0.1:%d" % server.port

    def mail(self, server, **more):
        return place.mail(server, ca_file=None, seconds=2, **more)

    def test_refused(self):
        self.mail(self.near(*REFUSING), later=1)
        self.assertEqual(self.said(), "a message to %s was not sent: the "
                         "server refused it (status 550)" % MASKED)

    def test_silent(self):
        self.mail(self.near(), later=1)
        self.assertEqual(self.said(), "a message to %s was not sent: the "
                         "server did not answer in time" % MASKED)

    def test_certificate(self):
        with Server(starttls="unknown") as server:
            place.mail("smtp://mail.test:%d" % server.port, later=1)
        self.assertEqual(self.said(), "a message to %s was not sent: the "
                         "server's certificate is refused: unable to get "
                         "local issuer certificate" % MASKED)

    def test_number(self):
        place.ask(kind=place.HTTP, to="+447700900123", later=1, text="x",
                  server="http://127.0.0.1:1/", body="{text}", method="POST",
                  format="form", expect_status="200", auth="basic",
                  user="x", password=PASSWORD)
        self.assertEqual(self.said(), "a message to +44 *** 23 was not sent: "
                         "the server cannot be reached")

    def test_somebody_waits(self):
        answer = self.mail(self.near(*REFUSING))
        self.assertEqual(answer.text,
                         "failed the server refused it (status 550)")
        self.assertEqual(self.lines(), [])

    def test_sent(self):
        with Server(starttls="good") as server:
            answer = place.mail("smtp://mail.test:%d" % server.port, later=1)
        self.assertEqual(answer.text, "ok")
        self.assertEqual(self.lines(), [])

    def test_nobody(self):
        """what goes to nobody fails, and that is no news"""
        answer = place.ask(kind=place.LOOKUP, later=1)
        self.assertTrue(answer.text.startswith("failed "), answer.text)
        self.assertEqual(self.lines(), [])
