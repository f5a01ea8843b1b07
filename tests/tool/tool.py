# SPDX-License-Identifier: BSD-2-Clause
"""otp-enroll over a store of its own, for the tests.

Some of it is for root alone.  Who runs the tests without being root is it in
a user namespace; root becomes nobody for what an ordinary user does.  The
others, whom root enrols, are accounts that every Debian has.
"""

import hashlib
import json
import os
import pwd
import re
import subprocess
import tempfile
import time
import unittest

import screen

PROGRAM = None  # run.py says it

# The search for leaks stops the process by ptrace(2), which one that is not
# dumpable, as the tool is, keeps off: it would try for ever.
os.environ["ASAN_OPTIONS"] = "detect_leaks=0"

IS_ROOT = os.getuid() == 0
NOBODY = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups",
          "--inh-caps=-all"]
NAMESPACE = ["unshare", "--user", "--map-root-user"]
BACK = ["unshare", "--user", "--map-user=%d" % os.getuid(),
        "--map-group=%d" % os.getgid()]
ORDINARY = pwd.getpwnam("nobody").pw_name if IS_ROOT \
    else pwd.getpwuid(os.getuid()).pw_name


def namespaces():
    """Why nobody here can be root; "" if somebody can."""
    if IS_ROOT:
        return ""
    done = subprocess.run(NAMESPACE + ["true"], stderr=subprocess.PIPE,
                          text=True)
    return done.stderr.strip()


CANNOT_BE_ROOT = namespaces()


def code(uri, at=None, counter=None):
    """What an authenticator shows that scanned this: by oathtool."""
    kind, given = re.match(r"otpauth://(\w+)/[^?]*\?(.*)", uri).groups()
    fields = dict(pair.split("=") for pair in given.split("&"))
    argv = ["oathtool", "-b", "-d", fields.get("digits", "6")]
    if kind == "hotp":
        argv += ["-c", str(counter if counter is not None
                           else fields["counter"])]
    else:
        argv += ["--totp=" + fields.get("algorithm", "SHA1"),
                 "-s", fields.get("period", "30") + "s",
                 "-N", "@%d" % (time.time() if at is None else at)]
    return subprocess.run(argv + [fields["secret"]], check=True, text=True,
                          stdout=subprocess.PIPE).stdout.strip()


def wrong(uri):
    """A code that is right at no time near this one."""
    period = int((re.findall(r"&period=(\d+)", uri) or ["30"])[0])
    around = {code(uri, time.time() + step * period)
              for step in range(-12, 13)}
    return next(each for each in ("%06d" % n for n in range(99, 999))
                if each not in around)


def calm():
    """Wait until no step of 30 s ends while a test goes on."""
    left = 30 - time.time() % 30
    if left < 6:
        time.sleep(left)


class Case(unittest.TestCase):
    """A store, and who acts on it: root, unless a subclass says otherwise."""

    root = True

    def setUp(self):
        if self.root and CANNOT_BE_ROOT:
            self.skipTest(CANNOT_BE_ROOT)
        # A user namespace maps no other owner: whoever it is owns all of it.
        self.work = tempfile.mkdtemp(prefix="otp-enroll-")
        self.addCleanup(subprocess.run, ["rm", "-rf", self.work], check=True)
        if not self.root and IS_ROOT:
            nobody = pwd.getpwnam("nobody")
            os.chown(self.work, nobody.pw_uid, nobody.pw_gid)
        self.hide_ssh()
        self.conf = os.path.join(self.work, "conf")
        self.configure("")
        self.must("init")

    def hide_ssh(self):
        """Let the tool see the folder "ssh" of this test as /etc/ssh."""
        self.ssh = os.path.join(self.work, "ssh")
        os.mkdir(self.ssh)
        apart = os.path.join(self.work, "apart")
        with open(apart, "w") as out:
            out.write('#!/bin/sh\n[ ! -d /etc/ssh ] || '
                      'mount --bind "${0%/*}/ssh" /etc/ssh || exit 99\n'
                      'exec "$@"\n')
        os.chmod(apart, 0o755)
        self.apart = ["unshare", "--mount", apart] if IS_ROOT \
            else NAMESPACE + ["--mount", apart]

    def sshd(self, text):
        with open(os.path.join(self.ssh, "sshd_config"), "w") as out:
            out.write(text)

    def configure(self, more):
        if os.path.exists(self.conf):
            os.unlink(self.conf)
        with open(self.conf, "w") as out:
            out.write("[store]\npath = %s/store\nkey = %s/key\n%s" % (
                self.work, self.work, more))
        if not self.root and IS_ROOT:
            os.chown(self.conf, pwd.getpwnam("nobody").pw_uid, -1)

    def become(self):
        if CANNOT_BE_ROOT:
            return []
        if self.root:
            return self.apart
        return self.apart + (NOBODY if IS_ROOT else BACK)

    def argv(self, *words):
        """The command line; "--conf" is left out where it is not taken."""
        conf = ["--conf", self.conf]
        if words[:1] in (("help",), ("code",), ()):
            conf = []
        return self.become() + [PROGRAM] + list(words) + conf

    def run_raw(self, argv, typed="", **environ):
        env = dict({"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8",
                    "TZ": "UTC", "ASAN_OPTIONS": os.environ["ASAN_OPTIONS"]},
                   **environ)
        return subprocess.run(argv, input=typed, env=env, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              cwd=self.work, timeout=60)

    def run_tool(self, *words, typed="", **environ):
        return self.run_raw(self.argv(*words), typed, **environ)

    def must(self, *words, typed="", status=0, **environ):
        """Run it, and demand this exit status."""
        done = self.run_tool(*words, typed=typed, **environ)
        self.assertEqual(status, done.returncode, (words, done))
        if status == 0:
            self.assertEqual("", done.stderr, words)
        return done.stdout

    def refused(self, status, says, *words, typed="", **environ):
        """It must fail with one line on standard error, and with no output."""
        done = self.run_tool(*words, typed=typed, **environ)
        self.assertEqual(status, done.returncode, (words, done))
        self.assertEqual("", done.stdout, words)
        self.assertRegex(done.stderr, r"\Aotp-enroll: [^\n]+\n\Z")
        self.assertIn(says, done.stderr)

    def status(self, user):
        done = self.run_tool("status", "--json", "--user", user)
        self.assertIn(done.returncode, (0, 1), done)
        found = json.loads(done.stdout)
        self.assertEqual(found["enrolled"], done.returncode == 0)
        return found

    def enrolled(self, user, *words):
        """What "new" gave, without a person."""
        made = json.loads(self.must("new", "--json", "--no-confirm", "--user",
                                    user, *words))
        self.assertEqual({"uri", "secret", "recovery_codes"}, set(made))
        return made

    def files(self):
        """Every file of store and key, with what it holds."""
        found = {}
        for folder, _, names in os.walk(self.work):
            for name in names:
                path = os.path.join(folder, name)
                if name in ("conf", "apart", "sshd_config") or \
                        name.startswith("tmux"):
                    continue
                if os.path.islink(path):
                    found[path] = os.readlink(path)
                    continue
                with open(path, "rb") as file:
                    found[path] = hashlib.sha256(file.read()).hexdigest()
        return found

    def terminal(self, columns=80, lines=24, locale="C.UTF-8", **environ):
        terminal = screen.Terminal(self.work, columns, lines, locale,
                                   **environ)
        self.addCleanup(terminal.close)
        return terminal

    def command(self, *words):
        return " ".join(self.argv(*words))
