# SPDX-License-Identifier: BSD-2-Clause
"""Addresses from programs of the administrator's, and what those can do."""

import os
import unittest
from concurrent.futures import ThreadPoolExecutor

import place
from place import CLOSED, EMAIL, LATE, LOOKUP, SMS

DONE = "ok alice@example.org"
SAY = "echo alice@example.org\n"


class Exec(unittest.TestCase):
    count = 0

    def script(self, text, mode=0o755):
        Exec.count += 1
        return place.write(place.path("exec/%d" % Exec.count),
                           "#!/bin/sh\n" + text, mode)

    def look(self, script, account="alice", channel=EMAIL, **more):
        return place.ask(kind=LOOKUP, source="exec:" + script,
                         account=account, channel=channel, **more)

    def run_script(self, text, **more):
        return self.look(self.script(text), **more)

    def test_answers(self):
        rows = [
            (SAY, DONE), ("printf alice@example.org", DONE),
            (SAY + "echo evil@example.org", DONE),
            ("printf 'alice@example.org\\r\\n'", DONE),
            ("", "ok"), ("echo", "ok"), ("echo; " + SAY, "ok"),
            (SAY + "exit 1", "failed it ended with status 1"),
            ("exit 127", "failed it ended with status 127"),
            ("kill -9 $$", "failed it was ended by signal 9"),
            ("echo ' alice@example.org'", None),
            ("echo alice@example.org bob@example.org", None),
            ("echo 'a@b.org>,<evil@example.org'", None),
            ("printf 'a@b.org\\000x\\n'", None),
            ("printf x; head -c 3000 /dev/urandom", None),
            ("echo +442079460018", None),
        ]
        for text, found in rows:
            with self.subTest(text):
                self.assertEqual(self.run_script(text).text,
                                 found or "failed what it says is no address")

    def test_numbers(self):
        self.assertEqual(self.run_script("echo 0044 20 7946-0018",
                                         channel=SMS).text,
                         "ok +442079460018")
        self.assertEqual(self.run_script(SAY, channel=SMS).text,
                         "failed what it says is no address")

    def test_flood(self):
        for text in ("yes", "yes | tr -d '\\n'", "cat /dev/zero"):
            answer = self.run_script(text)
            self.assertEqual(answer.text, "failed it says too much")
            self.assertLess(answer.seconds, LATE)

    def test_hang(self):
        rows = ["sleep 60", SAY + "sleep 60", "exec >&-; sleep 60",
                "trap '' TERM HUP INT; sleep 60 & wait; sleep 60"]
        with ThreadPoolExecutor(len(rows)) as pool:
            answers = list(pool.map(lambda text: self.run_script(
                text, seconds=10), rows))
        for answer in answers:
            self.assertEqual(answer.text, "failed it did not end in time")
            self.assertLess(answer.seconds, 5 + LATE)

    def test_hang_beyond_the_request(self):
        answer = self.run_script("sleep 60", seconds=1)
        self.assertEqual(answer.text, "failed it did not end in time")
        self.assertLess(answer.seconds, 1 + LATE)

    def test_nothing_is_left_behind(self):
        pids = place.path("left")
        for text in ("sleep 99 & echo $! >>%s\n" % pids + SAY,
                     "sleep 99 >/dev/null & echo $! >>%s\n" % pids + SAY,
                     "echo $$ >>%s; sleep 99" % pids):
            with self.subTest(text):
                answer = self.run_script(text, seconds=1)
                self.assertLess(answer.seconds, 1 + LATE)
        begun = open(pids).read().split()
        self.assertEqual(len(begun), 3)
        place.wait_for(lambda: not any(map(place.runs, begun)))

    def test_what_it_gets(self):
        told = place.path("told")
        text = ("exec 9>%s\n"
                "for word; do echo \"[$word]\" >&9; done\n"
                "tr '\\0' '\\n' </proc/$$/environ >&9\n"
                "wc -c >&9\n"  # of standard input
                "(cd /proc/$$/fd && echo *) >&9\n"
                "pwd >&9\n"
                "grep -E '^(Sig(Blk|Ign)|NoNewPrivs)' /proc/self/status >&9\n"
                "ulimit -c >&9\n" % told) + SAY
        answer = self.run_script(text, account="a b; $(id) 'x' *",
                                 channel=SMS, env={"PATH": "/x", "A": "b"})
        self.assertEqual(answer.text, "failed what it says is no address")
        self.assertEqual(open(told).read().split("\n"), [
            "[a b; $(id) 'x' *]", "[sms]", "0", "0 1 10 2 9", "/",
            "SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000",
            "NoNewPrivs:\t1", "0", ""])

    def test_names_like_options(self):
        for account in ("-rf", "--help", "-", ""):
            self.assertEqual(self.run_script(SAY, account=account).text,
                             "failed it is not asked about such a name")

    def test_programs_that_may_not_run(self):
        own = "failed it must be a file of root's that nobody else can write"
        for mode in (0o775, 0o757, 0o777):
            self.assertEqual(self.look(self.script(SAY, mode)).text, own)
        self.assertEqual(self.look(place.path("exec")).text, own)
        self.assertEqual(self.look("/dev/null").text, own)
        self.assertEqual(self.look("bin/true").text,
                         "failed its path does not begin with /")
        self.assertEqual(self.look("").text,
                         "failed its path does not begin with /")
        self.assertEqual(self.look("/nowhere").text, "failed it cannot be looked at: "
                         "No such file or directory")
        self.assertEqual(self.look(self.script(SAY, 0o644)).text,
                         "failed it ended with status 127")

    def test_programs_of_others(self):
        script = self.script(SAY)
        try:
            os.chown(script, 65534, 65534)
        except OSError:
            # Nobody's id but one's own is known in this namespace.
            script = "/usr/bin/true"
        self.assertNotEqual(os.stat(script).st_uid, os.getuid())
        self.assertEqual(self.look(script).text, "failed it must be a file of "
                         "root's that nobody else can write")

    @unittest.skipUnless(place.landlock(), "this kernel has no Landlock")
    def test_it_reads_neither_key_nor_store(self):
        """Not even as root, whose files they are here."""
        told = place.path("told-of-files")
        text = "exec 9>%s 2>&9\n" % told
        for path in CLOSED:
            self.assertEqual(open(path).read(), "closed\n")
            text += "cat %s >&9; echo x >>%s; rm -f %s\n" % (path, path, path)
            text += "ln %s /tmp/link; cat /proc/self/root%s >&9\n" % (path,
                                                                      path)
        text += "cat /etc/hosts >&9; ls / /etc /var /var/lib >&9\n"
        text += "echo x >/etc/new; echo x >/var/tmp/new; echo x >/dev/null\n"
        self.assertEqual(self.run_script(text + SAY).text, DONE)
        said = open(told).read()
        self.assertNotIn("closed", said)
        self.assertIn("mail.test", said)  # as others are read
        self.assertFalse(os.path.exists("/tmp/link"))
        self.assertFalse(os.path.exists("/etc/new"))
        self.assertFalse(os.path.exists("/var/tmp/new"))
        for path in CLOSED:
            self.assertEqual(open(path).read(), "closed\n")

    def confined(self, what, *paths):
        # Nobody can look for leaks without /proc.
        return place.run(place.CONFINED, what, place.path("client.key"),
                         *paths, env={"ASAN_OPTIONS": "detect_leaks=0"}
                         ).split()

    @unittest.skipUnless(place.landlock(), "this kernel has no Landlock")
    def test_confinement(self):
        """Of mail and gateways, and of programs; the rows say what can be."""
        other = place.write("/var/lib/other/file", "x")
        rows = [(path, "no", "no") for path in CLOSED]
        rows += [
            ("/etc/hosts", "yes", "yes"), ("/etc/resolv.conf", "yes", "yes"),
            ("/etc/ssl/certs/ca-certificates.crt", "yes", "yes"),
            ("/usr/bin/true", "yes", "yes"), ("/dev/urandom", "yes", "yes"),
            (place.path("client.key"), "yes", "yes"),
            (place.path("client.pem"), "no", "yes"),
            ("/etc/passwd", "no", "yes"), ("/etc/security", "no", "no"),
            ("/proc/self/status", "no", "yes"), (other, "no", "yes"),
            ("/", "no", "no"), ("/tmp", "no", "yes"),
            ("+/dev/null", "no", "yes"), ("+/tmp/pam_otp-new", "no", "yes"),
            ("+/var/tmp/new", "no", "no"), ("+/etc/new", "no", "no"),
            ("+/etc/hosts", "no", "no"), ("+/usr/new", "no", "no"),
            ("!/usr/bin/true", "no", "yes"),
        ]
        paths = [row[0] for row in rows]
        self.assertEqual(self.confined("net", *paths),
                         [row[1] for row in rows])
        self.assertEqual(self.confined("exec", *paths),
                         [row[2] for row in rows])
        os.unlink("/tmp/pam_otp-new")
