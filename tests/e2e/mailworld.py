# SPDX-License-Identifier: BSD-2-Clause
"""The world's servers, and how to log in with what they bring.

Made once, for all tests that want it: MailWorld.get().  Everybody's address
stands in a file, so that a test that wants another source says so.
"""

import re
import shutil
import unittest

import servers
import sink
import world
from processes import named
from servers import DOMAIN
from world import (ACCOUNT, KEY, PASSWORD, PASSWORD_STACK, PROMPT, STORE, TOP,
                   run, talk, wait_for, write)

ADDRESSES = "/etc/security/addresses"
SECRETS = "/etc/security/pam_otp.secrets"
SENDER = TOP + "/bin/pam_otp-send"
SENT_CODE = r"(?m)^\d{8}$"

# What every configuration of these tests says; "more" ends a section.
CONF = """\
[default]
prompt = %(prompt)s:
wait-first = 10
resend-after = 30
%(default)s
[store]
path = %(store)s
key = %(key)s
socket = /run/pam_otp/mail-socket
[send]
program = %(program)s
timeout = 5
socket = /run/pam_otp/mail-send
[email]
from = pam_otp@%(domain)s
%(email)s
%(more)s
"""
LOCAL = "server = smtp://localhost\nemail-from = record file:%s" % ADDRESSES
METHODS = "methods = totp hotp recovery email"
SMS = METHODS.replace("email", "sms")
GATEWAY = """\
[sms]
preset = %s
url = %s
user = %s
from = +15005550006
sms-from = file:%s
"""

ASKED = ("assword.*: ", PASSWORD)
INTERRUPT = "\x03"  # Ctrl-C


def conf(name, default=METHODS, email=LOCAL, more=""):
    """Write a configuration; its path."""
    path = "/etc/security/%s.conf" % name
    write(path, CONF % {
        "prompt": PROMPT, "default": default, "email": email, "more": more,
        "store": STORE, "key": KEY, "program": SENDER, "domain": DOMAIN})
    run(["otp-enroll", "config", "--check", "--conf=" + path])
    return path


def service(name, path, *arguments):
    """A PAM service that asks for the password, and then us."""
    write("/etc/pam.d/" + name, "%sauth required pam_otp.so conf=%s %s\n%s" % (
        PASSWORD_STACK, path, " ".join(arguments), ACCOUNT))
    return name


class MailWorld:
    """The servers and the configurations "mail" and "mailonly"."""

    made = None

    @classmethod
    def get(cls):
        if cls.made is None:
            cls.made = cls()
        return cls.made

    def __init__(self, spool=None):
        self.world = world.THE
        servers.network()
        shutil.copy(self.world.sender, SENDER)
        # Others of the host's write to its own while we look for new files.
        world.mount("tmpfs", "/tmp", "tmpfs", "mode=1777")
        names = ["root"] + list(self.world.users)
        write(ADDRESSES, "".join("%s %s@%s +4477%08d\n" % (name, name, DOMAIN,
                                                          number)
                                 for number, name in enumerate(names)))
        write(SECRETS, "[email]\npassword = %s\n[sms]\npassword = %s\n"
              "[ldap]\npassword = %s\n" % (servers.SUBMITTER_PASSWORD,
                                           servers.TOKEN,
                                           servers.BINDER_PASSWORD), 0o640)
        shutil.chown(SECRETS, "root", "_pam_otp")
        world.SHOWN.update(servers.SECRETS)
        self.authority = servers.Authority("ours")
        self.postfix = servers.Postfix(self.authority, names, spool)
        self.mail = conf("mail")
        self.only = conf("mailonly", METHODS + "\nunenrolled = deny")

    def number(self, user):
        """Of the telephone that the file names."""
        found = re.search(r"(?m)^%s \S+ (\S+)$" % user.name,
                          open(ADDRESSES).read())
        return found.group(1)

    def codes(self, user):
        """All that arrived for this user, in its order."""
        name = user if isinstance(user, str) else user.name
        found = []
        for mail in self.postfix.mails(name):
            found += re.findall(SENT_CODE, sink.body(mail))
        world.SHOWN.update(found)
        return found

    def next_code(self, user):
        """A reply for talk(): the code in the mail that comes now."""
        before = len(self.codes(user))
        return lambda _="": wait_for(
            lambda: self.codes(user)[before:], 10,
            "no code came for " + user.name)[0]

    def notices(self, user):
        """Mails that bring no code."""
        return [mail for mail in self.postfix.mails(user.name)
                if not re.search(SENT_CODE, sink.body(mail))]

    def notice(self, user, pattern):
        """The one that says this, as soon as it is there."""
        return wait_for(lambda: [mail for mail in self.notices(user) if
                                 re.search(pattern, sink.body(mail))],
                        10, "nothing was told: " + pattern)[0]

    def quiet(self, user):
        """How much mail somebody has, once none is on its way any more."""
        wait_for(lambda: not named("pam_otp-send") and not
                 self.postfix.queue(), 10, "mail is on its way for too long")
        return len(self.postfix.paths(user if isinstance(user, str)
                                      else user.name))


class Mailed(unittest.TestCase):
    """Who asks for mail and gets in with it."""

    @classmethod
    def setUpClass(cls):
        cls.mail = MailWorld.get()
        cls.world = world.THE

    def setUp(self):
        self.mark = self.world.log.mark()

    def sent(self):
        """What our log says of sending, since the test began."""
        return [dict(re.findall(r"(\w+)=(\S+)", line))
                for line in self.world.log.since(self.mark)
                if re.search(r"result=(not)?sent", line)]

    def pam(self, service, user, *replies):
        return talk(["pamtester", "-I", "rhost=192.0.2.7", service, user.name,
                     "authenticate"],
                    [ASKED] + [(PROMPT + ": ", reply) for reply in replies])

    def passes(self, service, user, *replies):
        got = self.pam(service, user, *replies)
        self.assertIn("successfully authenticated", got.text, got)
        return got

    def is_refused(self, service, user, *replies):
        got = self.pam(service, user, *replies)
        self.assertNotIn("successfully authenticated", got.text, got)
        self.assertEqual(got.asked, 1 + len(replies), got)
        return got
