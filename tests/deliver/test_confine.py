# SPDX-License-Identifier: BSD-2-Clause
"""It confines itself before it meets anybody, whatever it is asked."""

import re
import shutil
import unittest

import place
from place import EMAIL, NEAR
from servers import Raw

FAILS = "failed pam_otp-send cannot confine itself: "
CONFINED = re.compile(r"landlock_restrict_self\(.*\) += 0")
MEETS = re.compile(r"connect\(.*AF_INET|sendto\(.*AF_INET|execve\(.*/met\"")


@unittest.skipUnless(place.landlock() and shutil.which("strace"),
                     "no Landlock, or no strace")
class Confined(unittest.TestCase):
    def setUp(self):
        self.server = Raw(lambda server, conn: None, NEAR)
        self.addCleanup(self.server.__exit__)
        at = "%s:%d" % (NEAR, self.server.port)
        lookup = {"kind": place.LOOKUP, "account": "alice", "channel": EMAIL}
        script = place.write(place.path("exec/met"), "#!/bin/sh\n"
                             "echo alice@example.org\n", 0o755)
        self.kinds = {
            "mail": {"kind": place.MAIL, "server": "smtp://" + at,
                     "to": "alice@example.org", "from_": "otp@example.net"},
            "http": {"kind": place.HTTP, "server": "http://%s/" % at,
                     "to": "+447700900123", "method": "POST",
                     "format": "form", "auth": "none", "body": "{text}",
                     "text": "x", "expect_status": "200"},
            "ldap": dict(lookup, source="ldap://%s/dc=org?mail?sub?"
                         "(uid={user})" % at),
            "exec": dict(lookup, source="exec:" + script),
        }

    def trace(self, kind, *how):
        """What it answers, and what it has done."""
        out = place.path("trace-of-" + kind)
        answer = place.ask(under=[shutil.which("strace"), "-f", "-qq", "-o",
                                  out, *how], **self.kinds[kind])
        return answer.text, open(out).read()

    def test_first_of_all(self):
        """and then alone it connects to a server, or starts a program"""
        for kind in self.kinds:
            with self.subTest(kind):
                _, text = self.trace(kind, "-e", "trace=connect,sendto,execve,"
                                     "landlock_restrict_self")
                met = MEETS.search(text)
                self.assertIsNotNone(met, text)
                self.assertRegex(text[:met.start()], CONFINED)
        self.assertEqual(self.server.connections, 3)

    def test_kernels_without_it(self):
        """None is fine; one that fails is not."""
        for kind in self.kinds:
            for call, error, says in (
                    ("create_ruleset", "ENOSYS", ""),
                    ("create_ruleset", "EOPNOTSUPP", ""),
                    ("add_rule", "ENOMEM", "Cannot allocate memory"),
                    ("restrict_self", "EPERM", "Operation not permitted")):
                with self.subTest((kind, call, error)):
                    before = self.server.connections
                    text, trace = self.trace(
                        kind, "-e", "trace=execve,/landlock", "-e",
                        "inject=landlock_%s:error=%s" % (call, error))
                    if says:
                        self.assertEqual(text, FAILS + says)
                        self.assertEqual(self.server.connections, before)
                        self.assertNotIn("/met", trace)
                    else:
                        self.assertNotIn("confine", text)
                        self.assertNotEqual(
                            self.server.connections > before, kind == "exec")
