# SPDX-License-Identifier: BSD-2-Clause
"""What "config --check" says of all that it takes to send.

Whether the user who sends can read a file needs more users than one: that is
in tests/e2e/test_delivery_check.py.
"""

import os
import re
import subprocess

import tool

MAIL = "[email]\nserver = smtp://localhost\nfrom = otp@example.org\n"
TEXT = "[sms]\nurl = http://localhost\nbody = {to}{text}\n"
LDAP = "ldaps://ldap.example.org/o=x?mail?sub?(uid={user})"
LINE = "joe joe@example.org -\n"
OWN = ": it must be a file of root's that nobody else can write: use " \
    "chown root and chmod 755"
NO_USER = "there is no user _pam_otp_send: install the package pam-otp-send"


def missing(name, key, what="put it there, or mend the path"):
    return "%%/%s (%s) is not there: %s" % (name, key, what)


NO_PROGRAM = missing("sender", "program in [send]",
                     "install the package pam-otp-send")

# What is configured, "%" being the directory; the exit status; what is said.
ROWS = [
    # Nothing of it is used.
    ("", 0),
    ("[email]\nca-file = %/no\nemail-from = exec:%/no file:%/no\n"
     "[sms]\nsms-from = exec:%/no\n[ldap]\nca-file = %/no\n", 0),
    (MAIL + "[ldap]\nca-file = %/no\n[sms]\nca-file = %/no\n"
     "sms-from = exec:%/no " + LDAP + "\n", 0),
    # All is there.
    (MAIL + "ca-file = %/ca\nclient-cert = %/ca\nclient-key = %/ca\n"
     "email-from = record file:%/addresses exec:%/program\n", 0),
    (TEXT + "ca-file = %/ca\nsms-from = gecos " + LDAP + "\n"
     "[ldap]\nca-file = %/ca\n", 0),
    # One thing is not.
    (MAIL + "ca-file = %/no\n", 1, missing("no", "ca-file in [email]")),
    (MAIL + "ca-file = %/ca/x\n", 1, missing("ca/x", "ca-file in [email]")),
    (MAIL + "client-cert = %/no\nclient-key = %/ca\n", 1,
     missing("no", "client-cert in [email]")),
    (MAIL + "client-cert = %/ca\nclient-key = %/no\n", 1,
     missing("no", "client-key in [email]")),
    (MAIL + "email-from = exec:%/no\n", 1,
     missing("no", "email-from in [email]")),
    (MAIL + "email-from = exec:%/open\n", 3,
     "%/open (email-from in [email])" + OWN),
    (MAIL + "email-from = exec:%/folder\n", 3,
     "%/folder (email-from in [email])" + OWN),
    (MAIL + "email-from = file:%/no\n", 3, "%/no: is not there"),
    (MAIL + "email-from = file:%/link\n", 3, "%/link: is a symbolic link: "
     "put the file itself there"),
    (MAIL + "email-from = file:%/folder\n", 3,
     "%/folder: is not a regular file"),
    (MAIL + "email-from = file:%/open\n", 3, "%/open: can be written by "
     "others than its owner: use chmod go-w"),
    (MAIL + "email-from = file:%/bad\n", 1,
     "%/bad:2: not of the form: name email phone"),
    (TEXT + "ca-file = %/no\n", 1, missing("no", "ca-file in [sms]")),
    (TEXT + "sms-from = exec:%/no\n", 1, missing("no", "sms-from in [sms]")),
    (TEXT + "sms-from = " + LDAP + "\n[ldap]\nca-file = %/no\n", 1,
     missing("no", "ca-file in [ldap]")),
    (MAIL + "email-from = " + LDAP + "\n[ldap]\nca-file = %/no\n", 1,
     missing("no", "ca-file in [ldap]")),
    # What both name is said once.
    (MAIL + "email-from = file:%/no exec:%/no\n" + TEXT +
     "sms-from = file:%/no exec:%/no\n", 3, "%/no: is not there",
     missing("no", "email-from in [email]")),
    # All at once, in their order.
    (MAIL + "ca-file = %/1\nclient-cert = %/2\nclient-key = %/3\n"
     "email-from = file:%/4 exec:%/5\n" + TEXT + "ca-file = %/6\n"
     "sms-from = exec:%/7 " + LDAP + "\n[ldap]\nca-file = %/8\nuser = cn=x\n",
     3, missing("1", "ca-file in [email]"),
     missing("2", "client-cert in [email]"),
     missing("3", "client-key in [email]"), "%/4: is not there",
     missing("5", "email-from in [email]"), missing("6", "ca-file in [sms]"),
     missing("7", "sms-from in [sms]"), missing("8", "ca-file in [ldap]"),
     "user = cn=x in [ldap] needs a password: put it into [ldap] of "
     "%/no-secrets"),
]


class Case(tool.Case):
    def setUp(self):
        super().setUp()
        self.path = os.path.join(self.work, "at")
        os.mkdir(self.path, 0o755)
        os.chmod(self.work, 0o711)
        for name, text, mode in (
                ("ca", "", 0o644), ("sender", "", 0o755),
                ("program", "", 0o755), ("addresses", LINE, 0o644),
                ("bad", LINE + "joe\n", 0o644), ("open", LINE, 0o777)):
            with open(os.path.join(self.path, name), "w") as out:
                out.write(text)
            os.chmod(os.path.join(self.path, name), mode)
        os.mkdir(self.path + "/folder")
        os.symlink("addresses", self.path + "/link")
        if not self.root and tool.IS_ROOT:
            subprocess.run(["chown", "-R", "nobody", self.path],
                                check=True)
        self.accounts("_pam_otp_send:x:996:996::/:/bin/false\n")

    def accounts(self, more):
        """Let the tool see these beside the host's own."""
        with open("/etc/passwd") as file:
            lines = [line for line in file
                     if not line.startswith("_pam_otp_send:")]
        with open(os.path.join(self.work, "passwd"), "w") as out:
            out.write("".join(lines) + more)
        mount = 'mount --bind "${0%/*}/passwd" /etc/passwd || exit 99\n'
        with open(self.apart[-1]) as file:
            text = file.read()
        if mount not in text:
            with open(self.apart[-1], "w") as out:
                out.write(text.replace("exec ", mount + "exec ", 1))

    def check(self, text):
        """Status, standard output and error; "%" is the directory."""
        self.configure((text + "[send]\nprogram = %/sender\n"
                        "secrets = %/no-secrets\n").replace("%", self.path))
        done = self.run_tool("config", "--check")
        return (done.returncode, done.stdout.replace(self.path, "%"),
                re.sub("(?m)^otp-enroll: ", "",
                       done.stderr.replace(self.path, "%")).splitlines())


class DeliveryCheck(Case):
    def said(self, text, status, *expect):
        found, said, faults = self.check(text)
        self.assertEqual((status, list(expect)), (found, faults))
        self.assertEqual(status == 0, "no faults" in said)

    def test_rows(self):
        for text, status, *expect in ROWS:
            with self.subTest(text):
                self.said(text, status, *expect)

    def test_package(self):
        """It is not installed: the likeliest of all."""
        os.unlink(self.path + "/sender")
        self.said(MAIL, 1, NO_PROGRAM)
        self.accounts("")
        self.said("", 0)
        self.said(MAIL, 1, NO_PROGRAM, NO_USER)
        self.said(TEXT, 1, NO_PROGRAM, NO_USER)
        self.accounts("_pam_otp_send:x:0:0::/:/bin/false\n")
        self.said(TEXT, 1, NO_PROGRAM, NO_USER)


class Ordinary(Case):
    root = False

    def test_not_to_be_seen(self):
        """What only root can look at is no fault."""
        os.chmod(self.path + "/addresses", 0)
        status, said, faults = self.check(
            MAIL + "ca-file = %/ca\nemail-from = file:%/addresses\n")
        self.assertEqual((0, []), (status, faults))
        self.assertRegex(said, r"\A%/addresses: only root can look at it\n"
                         "only root can see whether the user _pam_otp_send "
                         r"can read and run what it needs\n.*: no faults\n\Z")
        self.assertEqual((1, [missing("no", "ca-file in [email]")]),
                         self.check(MAIL + "ca-file = %/no\n")[::2])
