# SPDX-License-Identifier: BSD-2-Clause
"""What "config --check" says of files that are not for the user who sends.

The rest of it is in tests/tool/test_delivery_check.py.
"""

import os
import shutil
import subprocess
import unittest

from world import SENDER_UID, SERVICE_UID, TOP, write

CONF = TOP + "/check.conf"
FOLDER = TOP + "/check"
FILE = FOLDER + "/file"
TEXT = """\
[email]
server = smtp://localhost
from = otp@example.org
%s
[send]
program = %s
"""
OWN = "it must be a file of root's that nobody else can write"
CLOSED = "the user _pam_otp_send cannot %s it"


class DeliveryCheck(unittest.TestCase):
    def setUp(self):
        os.makedirs(FOLDER)
        self.addCleanup(shutil.rmtree, FOLDER)

    def check(self, key, program, owner, group, mode, folder, expect):
        """FILE being like this; "expect": nothing, or status and sentence."""
        os.chmod(FOLDER, folder)
        write(FILE, "", mode)
        os.chown(FILE, owner, group)
        write(CONF, TEXT % (key, program))
        done = subprocess.run(["otp-enroll", "config", "--check", "--conf",
                               CONF], stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.PIPE)
        self.assertNotIn("only root", done.stdout)
        if expect:
            self.assertEqual((done.returncode, done.stderr.count("\n")),
                             (expect[0], 1), done)
            self.assertIn(FILE, done.stderr)
            self.assertIn(expect[1], done.stderr)
        else:
            self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_certificates(self):
        """by owner, group, mode and directory"""
        no = 1, CLOSED % "read"
        for row in ((0, 0, 0o644, 0o755, None), (0, 0, 0o600, 0o755, no),
                    (0, SENDER_UID, 0o640, 0o755, None),
                    (0, SERVICE_UID, 0o640, 0o755, no),
                    (SENDER_UID, 0, 0o400, 0o755, None),
                    (0, 0, 0o644, 0o711, None), (0, 0, 0o644, 0o700, no)):
            for key in "ca-file", "client-key":
                with self.subTest((key, row)):
                    more = "\nclient-cert = /etc/hosts" \
                        if key == "client-key" else ""
                    self.check("%s = %s%s" % (key, FILE, more),
                               "/usr/bin/true", *row)

    def test_programs(self):
        """of exec:, which has to be root's as well, and the one that sends"""
        no = 1, CLOSED % "run"
        for row in ((0, 0, 0o755, 0o755, None), (0, 0, 0o644, 0o755, no),
                    (0, 0, 0o700, 0o755, no), (0, 0, 0o755, 0o700, no),
                    (SENDER_UID, 0, 0o755, 0o755, None),
                    (SERVICE_UID, 0, 0o755, 0o755, (3, OWN)),
                    (0, 0, 0o775, 0o755, (3, OWN))):
            with self.subTest(row):
                self.check("email-from = exec:" + FILE, "/usr/bin/true", *row)
        for row in ((0, 0, 0o755, 0o755, None), (0, 0, 0o644, 0o755, no),
                    (0, 0, 0o700, 0o755, no), (0, 0, 0o755, 0o700, no)):
            with self.subTest(row):
                self.check("", FILE, *row)
