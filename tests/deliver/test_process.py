# SPDX-License-Identifier: BSD-2-Clause
"""The process itself: what it obeys, and what it leaves behind."""

import os
import re
import resource
import shutil
import signal
import subprocess
import time
import unittest

import place
from mailserver import Server
from place import CODE, LATE, NEAR, PASSWORD, TEXT
from servers import Raw, smtp


def tree(*tops):
    """Every file below them, and when it was written."""
    found = {}
    for top in tops:
        for path, _, names in os.walk(top):
            for name in names:
                whole = os.path.join(path, name)
                found[whole] = os.lstat(whole).st_mtime_ns
    return found


class Environment(unittest.TestCase):
    def hostile(self, port):
        """SECURITY: each of these once made somebody's program obey.

        All but LD_*: who starts a program that is not setuid decides what is
        loaded into it; deliver() gives no environment at all.
        """
        home = place.path("home")
        here = "http://127.0.0.1:%d" % port
        files = {
            ".netrc": "default login evil password evil\n",
            ".curlrc": "proxy = %s\n" % here,
            ".ldaprc": "TLS_REQCERT never\nURI ldap://127.0.0.1:%d\n" % port,
            "ldaprc": "TLS_REQCERT never\n",
            "openssl.cnf": "openssl_conf = it\n[it]\nproviders = p\n"
            "ssl_conf = s\n[p]\nevil = e\n[e]\nmodule = /nowhere/evil.so\n"
            "activate = 1\n[s]\nsystem_default = d\n[d]\n"
            "MinProtocol = None\nVerifyMode = None\n",
            "aliases": "mail.test evil.test\nother.test evil.test\n",
            "curl-ca-bundle.crt": open(place.path("rogue.pem")).read(),
        }
        for name, text in files.items():
            place.write(home + "/" + name, text)
        new = home + "/new"
        return {
            "SSLKEYLOGFILE": new, "CURL_HOME": home, "HOME": home,
            "NETRC": home + "/.netrc", "XDG_CONFIG_HOME": home,
            "XDG_CACHE_HOME": new, "XDG_RUNTIME_DIR": home,
            "CURL_SSL_BACKEND": "gnutls", "CURL_OPENLDAP_TRACE": "65535",
            "ALL_PROXY": here, "all_proxy": here, "HTTP_PROXY": here,
            "http_proxy": here, "HTTPS_PROXY": here, "https_proxy": here,
            "smtp_proxy": here, "smtps_proxy": here, "SMTP_PROXY": here,
            "ldap_proxy": here, "NO_PROXY": "", "no_proxy": "",
            "SSL_CERT_FILE": place.path("rogue.pem"), "SSL_CERT_DIR": home,
            "CURL_CA_BUNDLE": place.path("rogue.pem"),
            "OPENSSL_CONF": home + "/openssl.cnf", "OPENSSL_MODULES": home,
            "OPENSSL_ENGINES": home, "OPENSSL_ia32cap": "0",
            "GNUTLS_SYSTEM_PRIORITY_FILE": new, "GNUTLS_DEBUG_LEVEL": "9",
            "GNUTLS_KEYLOGFILE": new, "P11_KIT_DEBUG": "all",
            "KRB5_CONFIG": new, "KRB5_TRACE": new, "SASL_PATH": home,
            "PKCS11_MODULE_PATH": home, "PKCS11_PROVIDER_MODULE": home,
            "LDAPCONF": home + "/.ldaprc", "LDAPRC": "ldaprc",
            "LDAPTLS_REQCERT": "never",
            "LDAPURI": "ldap://127.0.0.1:%d" % port,
            "TZ": "Asia/Tokyo", "TZDIR": home, "LOCPATH": home,
            "NLSPATH": home + "/%N", "LANG": "tr_TR.UTF-8",
            "LC_ALL": "tr_TR.UTF-8", "LC_TIME": "de_DE.UTF-8",
            "LANGUAGE": "de", "RES_OPTIONS": "debug use-vc",
            "HOSTALIASES": home + "/aliases", "LOCALDOMAIN": "evil.test",
            "GCONV_PATH": home, "GETCONF_DIR": home,
            "MALLOC_TRACE": new, "MALLOC_PERTURB_": "85",
            "MALLOC_ARENA_MAX": "1", "PATH": home, "IFS": "x",
            "TMPDIR": home, "USER": "evil", "LOGNAME": "evil",
            "MAIL": home, "MAILRC": home, "DISPLAY": here, "BASH_ENV": new,
            "ENV": new, "CODE": "x",
        }

    def obeyed(self, server_tls, host, expected):
        listener = Raw(Raw.hear_all, NEAR)
        env = self.hostile(listener.port)
        before = tree(place.path("home"))
        trace = place.path("trace")
        with listener, Server(starttls=server_tls) as server:
            under = ["strace", "-f", "-qq", "-o", trace, "-e",
                     "trace=openat,open,creat,connect,mkdir,rename,unlink,"
                     "mknod,symlink,link,truncate"]
            answer = place.ask(
                under=under, env=dict(env, PATH=os.environ["PATH"]),
                kind=place.MAIL, server="smtp://%s:%d" % (host, server.port),
                to="alice@example.org", from_="otp@example.net",
                subject="x", text=TEXT, ca_file=place.path("ca.pem"))
        self.assertEqual(answer.text, expected)
        self.assertEqual(listener.connections, 0)
        self.assertEqual(tree(place.path("home")), before)
        self.look_at(open(trace).read())
        return server.mails

    def look_at(self, trace):
        """Nothing is made or written, and nothing of that home is read."""
        began = trace.rindex("/etc/ld.so.cache")  # of the second beginning
        for line in trace.splitlines():
            if re.search(r"O_WRONLY|O_RDWR|O_CREAT|creat\(|mkdir|rename|"
                         r"unlink|mknod|link\(|truncate", line):
                self.assertRegex(line, r'"/dev/null", O_RDWR\)')
        self.assertGreater(trace.count("/etc/ld.so.cache"), 1)
        self.assertNotIn(place.path("home"), trace[began:])

    @unittest.skipUnless(shutil.which("strace"), "there is no strace")
    def test_it_obeys_nobody(self):
        got, = self.obeyed("good", "mail.test", "ok")
        self.assertEqual(got.text, TEXT)
        self.assertTrue(got.message["Date"].endswith(" +0000"))
        self.assertRegex(got.message["Date"], "^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)")

    @unittest.skipUnless(shutil.which("strace"), "there is no strace")
    def test_it_trusts_nobody_else(self):
        self.obeyed("unknown", "mail.test", "failed the server's certificate "
                    "is refused: unable to get local issuer certificate")


class Caught(unittest.TestCase):
    """While it talks to a server that does not answer."""

    def setUp(self):
        self.server = Raw(smtp(b"250-x\r\n250 AUTH PLAIN\r\n", b"334 \r\n",
                               b"235 ok\r\n", b"250 ok\r\n", b"250 ok\r\n",
                               b"354 go\r\n"), NEAR)
        self.addCleanup(self.server.__exit__)

    def begin(self, seconds=20, **more):
        child = place.start(**more)
        self.addCleanup(child.stdout.close)
        child.stdin.write(place.request(
            kind=place.MAIL, seconds=seconds, user="mailer",
            password=PASSWORD, to="a@b.org", from_="a@b.org", text=TEXT,
            server="smtp://127.0.0.1:%d" % self.server.port))
        child.stdin.close()
        return child

    def begin_and_talk(self, **more):
        """One that has said the code, and waits to hear of it."""
        child = self.begin(**more)
        place.wait_for(lambda: CODE.encode() in self.server.heard)
        return child

    def test_arguments_and_environment(self):
        child = self.begin_and_talk(env={"HOME": "/x"})
        proc = "/proc/%d/" % child.pid
        self.assertEqual(open(proc + "cmdline").read(), "pam_otp-send\0")
        self.assertEqual(open(proc + "environ").read(), "")
        self.assertEqual(os.readlink(proc + "cwd"), "/")
        self.assertIn("NoNewPrivs:\t1\n", open(proc + "status").read())
        limits = open(proc + "limits").read()
        self.assertRegex(limits, r"Max core file size +0 +0 ")
        child.kill()
        self.assertEqual(child.wait(), -signal.SIGKILL)

    def test_memory(self):
        """Whoever has the same uid, and no privilege, cannot look into it."""
        humble = ["setpriv", "--bounding-set=-all"]

        def looks_into(pid):
            return subprocess.run(
                humble + ["cat", "/proc/%d/environ" % pid],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL).returncode == 0
        other = subprocess.Popen(humble + ["sleep", "9"])
        place.wait_for(lambda: open("/proc/%d/comm" % other.pid).read()
                       == "sleep\n")
        self.assertTrue(looks_into(other.pid))
        other.kill()
        other.wait()
        child = self.begin_and_talk(under=humble)
        self.assertFalse(looks_into(child.pid))
        child.kill()
        child.wait()

    def test_descriptors(self):
        """Nothing of who started it stays open in it."""
        read, write = os.pipe()
        os.set_inheritable(write, True)
        child = self.begin_and_talk(pass_fds=[write])
        os.close(write)
        os.set_blocking(read, False)
        self.assertEqual(os.read(read, 1), b"")  # nobody has the other end
        os.close(read)
        child.kill()
        child.wait()

    def dumps(self, argv, **more):
        def prepare():
            soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
            resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
        os.makedirs(place.path("cores"), exist_ok=True)
        return subprocess.Popen(argv, preexec_fn=prepare,
                                cwd=place.path("cores"), **more)

    def core_of(self, child):
        os.kill(child.pid, signal.SIGSEGV)
        _, status = os.waitpid(child.pid, 0)
        child.returncode = 0
        self.assertEqual(os.WTERMSIG(status), signal.SIGSEGV)
        return os.WCOREDUMP(status)

    def test_core(self):
        if not self.core_of(self.dumps(["sleep", "9"])):
            self.skipTest("nobody gets a core file here")

        def prepare():
            hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
            resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
        child = self.begin_and_talk(preexec_fn=prepare)
        self.assertFalse(self.core_of(child))

    def test_the_end(self):
        """Its own alarm, also where it was started with that blocked."""
        def prepare():
            signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
            signal.signal(signal.SIGALRM, signal.SIG_IGN)
        began = time.monotonic()
        child = self.begin(seconds=3, preexec_fn=prepare)
        place.wait_for(lambda: self.server.connections)
        # Stopped and let go again later, so that only the alarm can act.
        child.send_signal(signal.SIGSTOP)
        time.sleep(4.2)
        child.send_signal(signal.SIGCONT)
        self.assertEqual(child.wait(), -signal.SIGALRM)
        self.assertEqual(child.stdout.read(), b"")
        self.assertLess(time.monotonic() - began, 4.2 + LATE)

    def test_it_answers_before_its_end(self):
        child = self.begin(seconds=2)
        self.assertEqual(child.stdout.read(),
                         b"failed the server did not answer in time\n")
        self.end_of_goodbye(child)

    def test_nobody_reads_the_answer(self):
        child = self.begin(seconds=1)
        child.stdout.close()
        self.end_of_goodbye(child)

    def end_of_goodbye(self, child):
        """It says QUIT, for which there may be time to be answered."""
        self.assertIn(child.wait(), (0, -signal.SIGALRM))
