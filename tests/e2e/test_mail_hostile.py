# SPDX-License-Identifier: BSD-2-Clause
"""Who may see a code on its way, or turn it: nobody."""

import base64
import glob
import os
import re
import signal
import socket
import subprocess
import threading

import directories
import mailworld
import servers
import world
from mailworld import (ADDRESSES, ASKED, GATEWAY, METHODS, SENDER, SMS, Mailed,
                       conf, service)
from processes import named, read_memory
from world import PROMPT, TOP, talk, wait_for, write

TRAP = TOP + "/trap"  # where variables point to
PROXY = 9191
HOSTILE = {
    "SSLKEYLOGFILE": TRAP + "/keys", "NETRC": TRAP + "/.netrc",
    "CURL_HOME": TRAP, "CURL_SSL_BACKEND": "gnutls", "HOME": TRAP,
    "CURL_CA_BUNDLE": TRAP + "/ca.pem", "SSL_CERT_FILE": TRAP + "/ca.pem",
    "SSL_CERT_DIR": TRAP, "OPENSSL_CONF": TRAP + "/openssl.cnf",
    "OPENSSL_MODULES": TRAP, "OPENSSL_ENGINES": TRAP,
    "XDG_CONFIG_HOME": TRAP, "XDG_CACHE_HOME": TRAP, "XDG_DATA_HOME": TRAP,
    "XDG_RUNTIME_DIR": TRAP, "TZ": "XXX-14", "TZDIR": TRAP, "LOCPATH": TRAP,
    "NLSPATH": TRAP + "/%N", "LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8",
    "LC_TIME": "tr_TR.UTF-8", "LANGUAGE": "tr", "RES_OPTIONS": "debug",
    "HOSTALIASES": TRAP + "/aliases", "LOCALDOMAIN": "example.com",
    "GCONV_PATH": TRAP, "MALLOC_TRACE": TRAP + "/trace", "MALLOC_CHECK_": "3",
    "MALLOC_PERTURB_": "7", "LD_PRELOAD": TRAP + "/x.so",
    "LD_LIBRARY_PATH": TRAP, "LD_DEBUG": "all", "LD_AUDIT": TRAP + "/x.so",
    "LD_DEBUG_OUTPUT": TRAP + "/ld", "LD_PROFILE": "libc.so.6",
    "LD_PROFILE_OUTPUT": TRAP, "IFS": "/", "TMPDIR": TRAP, "USER": "root",
    "LOGNAME": "root", "PKCS11_MODULE_PATH": TRAP + "/x.so",
    "PKCS11_PROVIDER_MODULE": TRAP + "/x.so", "LDAPCONF": TRAP + "/ldaprc",
    "LDAPRC": "ldaprc", "LDAPURI": "ldap://127.0.0.1:%d" % PROXY,
    "LDAPTLS_REQCERT": "never", "PGHOST": "127.0.0.1", "PGPORT": str(PROXY),
    "PGHOSTADDR": "127.0.0.1", "PGUSER": "postgres", "PGDATABASE": "postgres",
    "PGSERVICEFILE": TRAP + "/service", "PSQLRC": TRAP + "/psqlrc",
    "PAGER": TRAP + "/bin/sh", "NO_PROXY": "", "no_proxy": "",
    "PATH": TRAP + "/bin:" + world.PATH, "ENV": TRAP + "/env",
    "BASH_ENV": TRAP + "/env",
}
HOSTILE.update({name: "http://127.0.0.1:%d" % PROXY for name in (
    "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy", "HTTPS_PROXY",
    "https_proxy", "SMTP_PROXY", "smtp_proxy", "LDAP_PROXY", "FTP_PROXY")})
FILES = {
    ".curlrc": "proxy = http://127.0.0.1:%d\ntrace-ascii = %s/curl\n" % (
        PROXY, TRAP),
    ".netrc": "default login thief password thief\n",
    "aliases": "localhost thief.example.com\n%s thief.example.com\n"
               % servers.NAME,
    "openssl.cnf": "openssl_conf = a\n[a]\nengines = b\n[b]\nc = d\n[d]\n"
                   "dynamic_path = %s/x.so\nload = 1\n" % TRAP,
    "ldaprc": "URI ldap://127.0.0.1:%d\n" % PROXY, "ca.pem": "", "x.so": "",
    "psqlrc": "\\! touch %s/marks/psqlrc\n" % TRAP,
    "env": "/usr/bin/touch %s/marks/env\n" % TRAP,
}
# What is found first by who looks along PATH, and leaves a mark then.
PROGRAMS = ["sendmail", "psql", "curl", "sh", "pam_otp-send", "ldapsearch",
            "perl", "logger", "mail", "id"]
MARK = "#!/bin/sh\n/usr/bin/touch %s/marks/%s\nexec /usr/bin/%s \"$@\"\n"
# What belongs to others that run meanwhile.
BUSY = re.compile("|".join((
    TOP + "/(mail|store|tmp|dev|postfix|ssh|postgres|ldap)", "/run/utmp",
    "/var/(spool|log|lib/postfix|lib/sudo)", "/run/sudo")))


def files():
    """Every file that could be new, with what tells of a change."""
    found = {path: os.lstat(path).st_ino for top in ("/", "/root/")
             for path in glob.glob(top + "*") + glob.glob(top + ".*")}
    for top in "/run", "/etc", "/tmp", "/var/mail":
        for where, names, more in os.walk(top):
            names[:] = [name for name in names
                        if not BUSY.match(os.path.join(where, name))]
            found.update((path, os.lstat(path).st_ino) for path in
                         (os.path.join(where, name) for name in more)
                         if not BUSY.match(path))
    return found


class Hostile(Mailed):
    """All that the invoker of su can set."""

    def setUp(self):
        super().setUp()
        os.makedirs(TRAP, exist_ok=True)
        os.chmod(TRAP, 0o1777)
        for name, text in FILES.items():
            write(TRAP + "/" + name, text)
        for name in PROGRAMS:
            write(TRAP + "/bin/" + name, MARK % (TRAP, name, name), 0o755)
        os.makedirs(TRAP + "/marks", exist_ok=True)
        os.chmod(TRAP + "/marks", 0o1777)
        for name in os.listdir(TRAP + "/marks"):
            os.unlink("%s/marks/%s" % (TRAP, name))
        self.proxy = socket.create_server(("127.0.0.1", PROXY))
        self.addCleanup(self.proxy.close)
        self.proxy.settimeout(0.2)

    def keep(self, path, text=None, mode=0o644):
        """As it was when the test is over."""
        self.addCleanup(write, path, open(path).read(), mode)
        if text:
            write(path, text, mode)

    def su(self, user, word, take):
        bob = self.world.users["bob"]
        return talk(["/usr/bin/su", user.name, "-c",
                     "echo IN-AS-$(/usr/bin/id -un)"],
                    [ASKED, (PROMPT + ": ", word), (PROMPT + ": ", take)],
                    user=bob, env=dict(bob.env(), **HOSTILE))

    def untouched(self, log_in):
        before = files()
        got = log_in()
        self.assertIn("IN-AS-", got.text, got)
        self.assertEqual(files(), before)
        self.assertEqual(os.listdir(TRAP + "/marks"), [])
        self.assertRaises(TimeoutError, self.proxy.accept)

    def hostile(self, sources, more=""):
        """Mail by TLS and a password, to where "sources" say."""
        return conf("hostile", METHODS, "server = smtp://%s:587\n"
                    "user = %s\nca-file = %s\nemail-from = %s" % (
                        servers.NAME, servers.SUBMITTER,
                        self.mail.authority.file, sources), more)

    def test_environment(self):
        """it changes nothing, makes no file and turns no connection"""
        made = directories.Directories.get(self.mail.authority)
        ldap = "[ldap]\nuser = %s\nca-file = %s\n" % (
            servers.BINDER, self.mail.authority.file)
        self.keep("/etc/pam.d/su")
        for sources, more in (
                ("file:" + ADDRESSES, ""),
                ("ldaps://ldap.example.org/%s?mail?one?(uid={user})" %
                 made.slapd.URL, ldap),
                ("exec:" + made.postgres.script, "")):
            with self.subTest(sources):
                user = self.world.fresh()
                service("su", self.hostile(sources, more))
                self.untouched(lambda: self.su(user, "email",
                                               self.mail.next_code(user)))
                mail = self.mail.postfix.mails(user.name)[-1]
                self.assertRegex(
                    mail["Date"], r"^[A-Z][a-z]{2}, \d+ [A-Z][a-z]{2} "
                    r"\d{4} [\d:]+ \+0000$")

    def test_gateway(self):
        """nor does it for text messages"""
        gateway = servers.Gateway(servers.ADDRESS, 8444,
                                  self.mail.authority.issue(servers.NAME))
        self.addCleanup(gateway.end)
        self.keep("/etc/pam.d/su")
        service("su", conf("hostile", SMS, "", GATEWAY % (
            "twilio", gateway.url, servers.ACCOUNT_SID, ADDRESSES) +
            "ca-file = %s\n" % self.mail.authority.file))
        user = self.world.fresh()

        def take(_):
            message = wait_for(lambda: gateway.messages, 10, "nothing came")
            found, = re.findall(mailworld.SENT_CODE, message[0]["Body"])
            world.SHOWN.add(found)
            return found
        self.untouched(lambda: self.su(user, "sms", take))

    def test_sudo(self):
        """nor where sudo is told to keep all of it"""
        made = directories.Directories.get(self.mail.authority)
        self.keep("/etc/pam.d/sudo")
        self.keep("/etc/sudoers", open("/etc/sudoers").read() +
                  "Defaults !env_reset, setenv\n", 0o440)
        service("sudo", self.hostile("exec:" + made.postgres.script))
        user = self.world.fresh()
        self.untouched(lambda: talk(
            ["/usr/bin/sudo", "-E", "/usr/bin/printf", "IN-AS-%s\\n", "root"],
            [ASKED, (PROMPT + ": ", "email"),
             (PROMPT + ": ", self.mail.next_code(user))], user=user,
            env=dict(user.env(), **HOSTILE)))

    def test_traps_work(self):
        """the trap catches curl itself, if nobody clears its environment"""
        got = world.run(["curl", "-s", "-m", "1", "https://192.0.2.25:587/"],
                        check=False, env=dict(HOSTILE, PATH=world.PATH,
                                              LD_DEBUG="", LD_PRELOAD="",
                                              LD_AUDIT="", LD_PROFILE=""))
        self.assertNotEqual(got.returncode, 0)
        self.proxy.accept()[0].close()
        world.run(["sh", "-c", "exec perl -e 1"],
                  env={"PATH": HOSTILE["PATH"]})
        self.assertIn("perl", os.listdir(TRAP + "/marks"))


class Held(Mailed):
    """A gateway that takes its time: what can be seen meanwhile."""

    def setUp(self):
        super().setUp()
        self.gateway = servers.Gateway(port=8081)
        self.addCleanup(self.gateway.end)
        self.gateway.held = threading.Event()
        self.addCleanup(self.gateway.held.set)
        service("held", conf("held", SMS, "", GATEWAY % (
            "twilio", self.gateway.url, servers.ACCOUNT_SID, ADDRESSES)))
        self.user = self.world.fresh()

    def begin(self, *replies):
        """A login in a thread of its own; its Talk stands in self.talk."""
        def run():
            self.talk = self.pam("held", self.user, "sms", *replies)
        thread = threading.Thread(target=run)
        thread.start()
        self.addCleanup(thread.join)
        message = wait_for(lambda: self.gateway.messages, 10,
                           "nothing came to the gateway")[0]
        self.code, = re.findall(mailworld.SENT_CODE, message["Body"])
        world.SHOWN.add(self.code)
        return thread

    def test_seen(self):
        """neither arguments nor environment of any process hold the code"""
        thread = self.begin(lambda _: self.code)
        senders = named("pam_otp-send")
        self.assertEqual(len(senders), 1, named())
        for pid in named():
            for name in "cmdline", "environ":
                try:
                    with open("/proc/%d/%s" % (pid, name), "rb") as file:
                        held = file.read()
                except OSError:
                    continue
                self.assertNotIn(self.code.encode(), held)
                self.assertNotIn(servers.TOKEN.encode(), held)
                if pid in senders:
                    self.assertEqual(held, SENDER.encode() + b"\0"
                                     if name == "cmdline" else b"")
        pid, = senders
        status = open("/proc/%d/status" % pid).read()
        for field in "Uid", "Gid":
            self.assertIn("%s:\t%s\n" % (field, "\t".join(
                [str(world.SENDER_UID)] * 4)), status)
        for line in ("Groups:\t%d \n" % world.SENDER_UID,
                     "CapPrm:\t" + "0" * 16 + "\n", "NoNewPrivs:\t1\n"):
            self.assertIn(line, status)
        self.gateway.held.set()
        thread.join()
        self.assertIn("successfully", self.talk.text, self.talk)

    def knows(self, memory):
        """Is the code in it, as text or as base64?"""
        code = self.code.encode()
        copies = [code]
        for before in range(3):
            text = base64.b64encode(before * b"-" + code)
            end = (before + len(code)) // 3 * 4
            copies.append(text[4 if before else 0:end])
        return any(copy in memory for copy in copies)

    def test_memory(self):
        """it is in no memory of who had it sent, nor of the keeper, its copy"""
        thread = self.begin(lambda _: self.code)
        sender, = named("pam_otp-send")
        hosts = named("pamtester")
        self.assertEqual(len(hosts), 2, hosts)
        # All of it at once: the sender has but five seconds.
        sends, *memories = [read_memory(pid) for pid in (sender, *hosts)]
        self.gateway.held.set()
        self.assertTrue(self.knows(sends))
        for memory in memories:
            self.assertTrue(self.user.name.encode() in memory)
            self.assertFalse(self.knows(memory))
        thread.join()
        self.assertIn("successfully", self.talk.text, self.talk)

    def dies(self, number):
        before = files()
        thread = self.begin(self.user.recovery[0])
        for pid in named("pam_otp-send"):
            os.kill(pid, number)
        thread.join()
        self.assertIn("No code could be sent", self.talk.text, self.talk)
        self.assertIn("successfully", self.talk.text, self.talk)
        self.assertEqual(files(), before)
        self.assertEqual([name for name in os.listdir("/")
                          if name.startswith("core")], [])

    def test_killed(self):
        """a sender that is killed is said, and another way still leads in"""
        self.dies(signal.SIGKILL)

    def test_crashes(self):
        """the same of one that crashes"""
        self.dies(signal.SIGSEGV)

    def core_of(self, pid):
        """May there be a core file of it: by its limit, and by the kernel,
        which gives what it keeps of such a process to its user?"""
        limits = open("/proc/%d/limits" % pid).read()
        limit, = re.findall(r"Max core file size +(\S+)", limits)
        return limit != "0", os.stat("/proc/%d/mem" % pid).st_uid

    def test_core(self):
        """a sender is not dumped, twice over: as others of its user are"""
        other = subprocess.Popen(
            ["setpriv", "--reuid=%d" % world.SENDER_UID, "sh", "-c",
             "ulimit -c unlimited; exec sleep 60"])
        self.addCleanup(other.wait)
        self.addCleanup(other.kill)
        wait_for(lambda: self.core_of(other.pid) == (True, world.SENDER_UID),
                 10, "nothing is dumped here at all")
        thread = self.begin(lambda _: self.code)
        sender, = named("pam_otp-send")
        self.assertEqual(self.core_of(sender), (False, 0))
        self.gateway.held.set()
        thread.join()

    def test_hangs(self):
        """a gateway that never answers is given up at the deadline"""
        thread = self.begin(self.user.recovery[0])
        thread.join(15)
        self.assertFalse(thread.is_alive())
        self.assertIn("No code could be sent", self.talk.text, self.talk)
        self.assertIn("successfully", self.talk.text, self.talk)
        self.assertEqual(named("pam_otp-send"), {})
