# SPDX-License-Identifier: BSD-2-Clause
"""pam_otpd: who may ask what, and callers who mean no good."""

import os
import shutil
import socket
import subprocess
import threading
import time
import unittest

import world
from asking import SOCKET, asked, request
from world import (PASSWORD, PROMPT, SERVICE_UID, code, run, talk, wait_for,
                   wrong)

THE_IDLE = None


class Service(unittest.TestCase):
    """A world in which the service runs, and people who ask it."""

    @classmethod
    def setUpClass(cls):
        cls.world = world.THE
        cls.world.serve()

    def setUp(self):
        self.me = self.world.fresh()

    def one(self, **want):
        got = asked(self.me, request("status"))
        for key, value in want.items():
            self.assertEqual(got.get(key.replace("__", "."), "0"), value, got)
        return got


class Callers(Service):
    def test_drops(self):
        """it is not root, nor is anything that it starts"""
        status = open("/proc/%d/status" % self.world.service.pid).read()
        self.assertRegex(status, r"Uid:\t%d\t%d\t%d\t%d\n"
                         % ((SERVICE_UID,) * 4))
        self.assertRegex(status, r"Groups:\t%d ?\n" % SERVICE_UID)
        self.assertRegex(status, r"CapEff:\t0+\n")
        self.assertRegex(status, r"NoNewPrivs:\t1\n")

    def test_own(self):
        """one's own second factor, without the name or with it"""
        for more in ({}, {"user": self.me.name}):
            got = asked(self.me, request("status", **more))
            self.assertEqual(got.get("status.enrolled"), "1", got)
            self.assertEqual(got.get("device.0.label"), "phone", got)

    def test_no_secret(self):
        """a stored secret is never said again"""
        got = asked(self.me, request("status"))
        text = "".join(got.values())
        self.assertNotIn(self.me.secret, text)
        self.assertNotIn("secret", got)
        for shown in self.me.recovery:
            self.assertNotIn(shown, text)

    def test_other(self):
        """somebody else's is refused, and the log says so"""
        other = self.world.fresh()
        for verb in ("status", "challenge", "answer", "remove", "lock"):
            mark = self.world.log.mark()
            got = asked(self.me, request(verb, user=other.name, label="phone",
                                         answer=code(other)))
            self.assertEqual(got, {"version": "1", "error": "EACCES"})
            line = wait_for(lambda m=mark: self.world.log.since(m))[0]
            self.assertIn("user=%s " % other.name, line)
            self.assertIn("uid=%d " % self.me.uid, line)
            self.assertIn("EACCES", line)
        self.assertEqual(self.world.status(other)["failures_row"], 0)

    def test_root(self):
        """root may name anybody"""
        got = asked(0, request("status", user=self.me.name))
        self.assertEqual(got.get("status.enrolled"), "1", got)
        got = asked(0, request("status", user="nobody-here"))
        self.assertNotIn("status.enrolled", got)

    def test_for_root(self):
        """what only root may, nobody else may"""
        for verb in ("reset", "ticket", "adopt"):
            got = asked(self.me, request(verb))
            self.assertEqual(got.get("error"), "EACCES", (verb, got))
        got = asked(self.me, request("confirm", unchecked=1))
        self.assertEqual(got.get("error"), "EACCES", got)

    def test_logged(self):
        """what a lock screen asks first is no failure in the log"""
        mark = self.world.log.mark()
        asked(self.me, request("challenge", service="vlock"))
        asked(self.me, request("answer", service="vlock",
                               answer=wrong(self.me)))
        lines = wait_for(lambda: len(self.world.log.since(mark)) == 2 and
                         self.world.log.since(mark))
        self.assertRegex(lines[0], "service=vlock .* result=ask "
                         "reason=enrolled")
        self.assertRegex(lines[1], "service=vlock .* result=deny reason=wrong")

    def test_no_account(self):
        """a uid without an account is refused, and so is the overflow uid"""
        for uid in (4242, 65534):
            got = asked(uid, request("status"))
            self.assertEqual(got.get("error"), "EACCES", got)
            got = asked(uid, request("status", user=self.me.name))
            self.assertEqual(got.get("error"), "EACCES", got)

    def test_not_root_by_saying_so(self):
        """nothing that is said makes root of a caller"""
        for more in ({"caller": 0}, {"uid": 0}, {"lane": 0}):
            got = asked(self.me, request("reset", **more))
            self.assertEqual(got.get("error"), "EPROTO", got)
        self.one(status__enrolled="1")

    def test_change_needs_code(self):
        """no change without a current code, and guesses are counted"""
        guesses = wrong(self.me, 5)
        for verb, more in (("remove", {"label": "phone"}), ("recovery", {}),
                           ("rename", {"label": "phone", "new_label": "x"}),
                           ("enrol", {"label": "new", "kind": 1, "hash": 1,
                                      "digits": 6, "period": 30}),
                           ("disable", {})):
            got = asked(self.me, request(verb, answer=guesses.pop(), **more))
            self.assertEqual(got.get("verdict"), "wrong", (verb, got))
            self.assertNotIn("secret", got)
            self.assertNotIn("code.0.text", got)
        got = asked(self.me, request("disable", answer=code(self.me)))
        self.assertEqual(got.get("verdict"), "wait", got)
        self.one(status__enrolled="1", lane__1__row="5", lane__0__row="0")

    def test_logins_are_apart(self):
        """failures through the socket never keep root's side out"""
        for guess in wrong(self.me, 5):
            asked(self.me, request("answer", answer=guess))
        got = asked(self.me, request("answer", answer=code(self.me)))
        self.assertEqual(got.get("verdict"), "wait", got)
        run_ = world.Race("alone")
        self.assertEqual(run_.round([(self.me, code(self.me))]), ["0"])
        run_.end()

    def test_one_code_once(self):
        """a code is spent on both sides at once"""
        spent = code(self.me)
        got = asked(self.me, request("answer", answer=spent))
        self.assertEqual(got.get("verdict"), "accepted", got)
        race = world.Race("alone")
        self.assertNotEqual(race.round([(self.me, spent)]), ["0"])
        race.end()
        got = asked(self.me, request("answer", answer=spent))
        self.assertEqual(got.get("verdict"), "replay", got)

    def test_race(self):
        """one code through the socket, eight times at once: one passes"""
        for _ in range(10):
            me = self.world.fresh()
            spent, results = code(me), []
            threads = [threading.Thread(target=lambda: results.append(
                asked(me, request("answer", answer=spent)).get("verdict")))
                for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(results.count("accepted"), 1, results)


class Abuse(Service):
    def test_forms(self):
        """halves, garbage and too much of it"""
        rows = [("", "EPROTO"), ("version=1\n", "EPROTO"),
                ("version=1\nverb=status", "EPROTO"),
                ("version=1\nverb=sta", "EPROTO"),
                ("version=9\nverb=status\n", "EPROTONOSUPPORT"),
                (b"\x00" * 100, "EPROTO"), (os.urandom(4000), "EPROTO"),
                (b"version=1\nverb=status\n" + b"a" * 5000, "EMSGSIZE"),
                ("GET / HTTP/1.0\r\n\r\n", "EPROTO")]
        for text, error in rows:
            got = asked(self.me, text)
            self.assertEqual(got, {"version": "1", "error": error}, text)
        self.one(status__enrolled="1")

    def test_huge(self):
        """ten megabytes are not read to their end"""
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(SOCKET)
            with self.assertRaises((BrokenPipeError, ConnectionResetError)):
                sock.sendall(b"x" * 10000000)
        self.one(status__enrolled="1")

    def test_slowly(self):
        """a request byte by byte is taken, if it ends in time"""
        def by_bytes():
            with socket.socket(socket.AF_UNIX) as sock:
                sock.connect(SOCKET)
                for byte in request("status", user="root").encode():
                    sock.sendall(bytes([byte]))
                    time.sleep(0.01)
                sock.shutdown(socket.SHUT_WR)
                return sock.recv(65536)
        self.assertIn(b"verdict", by_bytes())

    def test_looking_up(self):
        """who wants codes is answered once a second, and root at once"""
        def took(uid):
            began = time.monotonic()
            got = asked(uid, request("send", service="anything",
                                     user=self.me.name))
            self.assertEqual(got.get("error", ""), "", got)
            return time.monotonic() - began

        self.assertGreater(took(self.me.uid), 1)
        # Somebody else may be busy meanwhile.
        self.assertLess(min(took(0) for _ in range(5)), 1)

    def test_silent(self):
        """who says nothing is told off after ten seconds"""
        began = time.monotonic()
        got = asked(self.me, "version=1\n", shut=False)
        self.assertEqual(got.get("error"), "ETIME", got)
        self.assertGreater(time.monotonic() - began, 8)

    def test_thousand(self):
        """1,000 connections of one uid: others are served, and so is root"""
        other = self.world.fresh()
        holder = subprocess.Popen(
            ["python3", "-B", "-c", THOUSAND, SOCKET], text=True,
            preexec_fn=self.me.demote, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE)
        self.assertEqual(holder.stdout.readline(), "held\n")
        got = asked(other, request("status"))
        self.assertEqual(got.get("status.enrolled"), "1", got)
        got = asked(0, request("status", user=other.name))
        self.assertEqual(got.get("status.enrolled"), "1", got)
        # The others were served while all these were held.
        got = asked(self.me, request("status"))
        self.assertEqual(got.get("error"), "EBUSY", got)
        holder.communicate("")
        wait_for(lambda: asked(self.me, request("status")).get(
            "status.enrolled"), 15)

    def test_strangers(self):
        """120 silent connections of uids without accounts keep nobody out"""
        holder = subprocess.Popen(
            ["python3", "-B", "-c", STRANGERS, SOCKET], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.assertEqual(holder.stdout.readline(), "held\n")
        # Each holds a place until its uid was looked up, and not longer.
        wait_for(lambda: asked(self.me, request("status")).get(
            "status.enrolled"), 5, "they hold all the places")
        said = holder.communicate("")[0].split()
        self.assertEqual(said, ["error=EACCES"] * 120)

    def test_hangs_up(self):
        """who does not wait for the reply does no harm"""
        def hang_up():
            with socket.socket(socket.AF_UNIX) as sock:
                sock.connect(SOCKET)
                try:
                    sock.sendall(request("status", user="root").encode())
                except BrokenPipeError:
                    pass  # too many at once: it has hung up first
        for _ in range(200):
            hang_up()
        self.one(status__enrolled="1")

    def test_killed(self):
        """killed at any moment: the old state or the new, and it starts again"""
        for delay in (0, 0.002, 0.005, 0.01, 0.02, 0.05):
            me = self.world.fresh()
            spent = code(me)
            results = []
            thread = threading.Thread(target=lambda: results.append(
                asked(me, request("answer", answer=spent))))
            thread.start()
            time.sleep(delay)
            self.world.kill_service()
            thread.join()
            self.world.serve()
            told = (results[0] or {}).get("verdict")
            again = asked(me, request("answer", answer=spent)).get("verdict")
            if told == "accepted":
                self.assertEqual(again, "replay")
            else:
                self.assertIn(again, ("accepted", "replay"))


# Holds as many connections as it gets, until its input ends.
THOUSAND = """
import socket, sys
held = []
for i in range(1000):
    sock = socket.socket(socket.AF_UNIX)
    try:
        sock.connect(sys.argv[1])
    except OSError:
        pass
    held.append(sock)
print("held", flush=True)
sys.stdin.read()
"""

# As THOUSAND, for uids that a user has from /etc/subuid; they send nothing,
# and what they are told is printed in the end.
STRANGERS = """
import os, socket, sys
held = []
for uid in range(100000, 100015):
    os.seteuid(uid)
    for i in range(8):
        sock = socket.socket(socket.AF_UNIX)
        sock.connect(sys.argv[1])
        held.append(sock)
    os.seteuid(0)
print("held", flush=True)
sys.stdin.read()
for sock in held:
    print(sock.recv(1000).decode().splitlines()[-1])
"""


class Start(Service):
    def test_mapped_uids(self):
        """it does not start where uids are mapped"""
        got = run(["unshare", "--user", "--map-root-user", "pam_otpd",
                   "--listen", world.TOP + "/tmp/mapped"], check=False)
        self.assertEqual(got.returncode, 3, got.stdout)
        self.assertIn("uids are mapped", got.stdout)

    def test_no_socket(self):
        """without a socket it says where one comes from"""
        got = run(["pam_otpd"], check=False)
        self.assertEqual(got.returncode, 2, got.stdout)
        self.assertIn("pam_otpd.socket", got.stdout)

    def test_twice(self):
        """a second one leaves the first alone"""
        got = run(["pam_otpd", "--listen", SOCKET], check=False)
        self.assertEqual(got.returncode, 3, got.stdout)
        self.one(status__enrolled="1")

    def test_in_the_way(self):
        """what is no stale socket of its own is left alone"""
        path = world.TOP + "/tmp/in-the-way"
        other = self.me

        def bound():
            with socket.socket(socket.AF_UNIX) as sock:
                sock.bind(path)
            os.chown(path, other.uid, other.uid)

        for make in (lambda: world.write(path, "precious\n"),
                     lambda: os.symlink("/etc/passwd", path),
                     lambda: os.symlink(SOCKET, path), bound):
            make()
            before = os.lstat(path)
            got = run(["timeout", "5", "pam_otpd", "--listen", path],
                      check=False)
            self.assertEqual(got.returncode, 3, got.stdout)
            self.assertRegex(got.stdout, "^pam_otpd: %s is there .*left "
                             "alone" % path)
            self.assertEqual(os.lstat(path), before)
            os.unlink(path)
        self.one(status__enrolled="1")

    def test_umask(self):
        """everybody reaches it, however strict the umask it starts under"""
        path = world.TOP + "/tmp/made/socket"
        daemon = subprocess.Popen(["pam_otpd", "--listen", path],
                                  preexec_fn=lambda: os.umask(0o077))
        try:
            wait_for(lambda: world.listens(path))
            self.assertEqual(os.stat(os.path.dirname(path)).st_mode & 0o777,
                             0o755)
            self.assertEqual(os.stat(path).st_mode & 0o777, 0o666)
        finally:
            daemon.terminate()
            daemon.wait()

    def test_activated(self):
        """it takes the socket that systemd opened"""
        self.assertIn(b"verdict=accepted", THE_IDLE.said)

    def test_idle(self):
        """what systemd started ends when nobody comes for a minute"""
        THE_IDLE.waiter.join(90)
        self.assertEqual(THE_IDLE.status, 0)
        self.assertGreater(THE_IDLE.lived, 59)


class Idle:
    """One that is started as systemd does it, and then left alone."""

    def __init__(self):
        path = world.TOP + "/tmp/activated"
        sock = socket.socket(socket.AF_UNIX)
        sock.bind(path)
        os.chmod(path, 0o666)
        sock.listen(128)
        self.began, self.lived, self.status = time.monotonic(), None, None
        self.waiter = threading.Thread(target=self.wait, daemon=True)
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.dup2(sock.fileno(), 3)
                os.environ["LISTEN_PID"] = str(os.getpid())
                os.environ["LISTEN_FDS"] = "1"
                os.execvp("pam_otpd", ["pam_otpd"])
            finally:
                os._exit(99)
        sock.close()
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(path)
            client.sendall(request("status", user="root").encode())
            client.shutdown(socket.SHUT_WR)
            self.said = client.recv(65536)
        self.waiter.start()

    def wait(self):
        self.status = os.waitpid(self.pid, 0)[1]
        self.lived = time.monotonic() - self.began


def setUpModule():
    """The minute goes by while the others run."""
    global THE_IDLE
    THE_IDLE = Idle()


class Locker(Service):
    """A PAM program of the user's own: pamtester without root."""

    def unlock(self, *replies, user=None, service="alone"):
        return talk(["pamtester", service, (user or self.me).name,
                     "authenticate"],
                    [(PROMPT, reply) for reply in replies], user=self.me)

    def test_right(self):
        """unlocks with a code, after exactly one prompt"""
        race = world.Race("alone")  # which hears the news
        self.assertEqual(race.round([(self.me, code(self.me, -1))]), ["0"])
        race.end()
        got = self.unlock(code(self.me))
        self.assertEqual(got.status, 0, got)
        self.assertEqual(got.text.count(PROMPT), 1, got)
        self.assertEqual(got.text.count("\n"), 2, got)

    def test_wrong(self):
        """not with a wrong one, nor with one that is spent"""
        spent = code(self.me)
        self.assertEqual(self.unlock(spent).status, 0)
        got = self.unlock(spent, wrong(self.me), wrong(self.me))
        self.assertNotEqual(got.status, 0, got)

    def test_recovery(self):
        """unlocks with a recovery code, and says how many are left"""
        got = self.unlock(self.me.recovery[0])
        self.assertEqual(got.status, 0, got)
        self.assertIn("9 recovery codes left", got.text)

    def test_unenrolled(self):
        """who has nothing passes where policy lets them"""
        self.me = self.world.fresh(enrolled=False)
        got = self.unlock()
        self.assertNotIn(PROMPT, got.text)
        self.assertNotIn("cannot be checked", got.text)
        got = self.unlock("123456", "123456", "123456",
                          service="alone-strict")
        self.assertNotEqual(got.status, 0, got)

    def test_other_user(self):
        """nobody verifies for somebody else"""
        other = self.world.fresh()
        got = self.unlock(user=other)
        self.assertNotEqual(got.status, 0, got)
        self.assertNotIn(PROMPT, got.text)
        self.assertIn("cannot be checked", got.text)

    def test_absent(self):
        """no service: the user is told, nobody is let in, root needs none"""
        self.world.kill_service()
        try:
            got = self.unlock()
            self.assertNotEqual(got.status, 0, got)
            self.assertIn("cannot be checked", got.text)
            got = talk(["otp-enroll", "status"], [], user=self.me)
            self.assertEqual(got.status, 3, got)
            self.assertIn("pam_otpd.socket", got.text)
            race = world.Race("alone")
            self.assertEqual(race.round([(self.me, code(self.me))]), ["0"])
            race.end()
        finally:
            self.world.serve()

    def test_root_never(self):
        """a root caller never uses the socket"""
        trace = world.TOP + "/tmp/strace.out"
        run(["strace", "-f", "-e", "trace=connect", "-o", trace, "sh", "-c",
             "echo %s | pamtester alone %s authenticate"
             % (code(self.me), self.me.name)])
        self.assertIn("/dev/log", open(trace).read())
        self.assertNotIn(SOCKET, open(trace).read())


class Screens(Service):
    """Programs that lock a screen, as their user runs them."""

    def vlock(self, *replies):
        """vlock without the bit that makes it root's: it works so too."""
        path = world.TOP + "/bin/vlock-main"
        shutil.copy("/usr/sbin/vlock-main", path)
        os.chmod(path, 0o755)
        return talk([path], [("LOCKED", ""), ("assword: ", PASSWORD)]
                    + [(PROMPT, reply) for reply in replies], user=self.me,
                    env=dict(self.me.env(), VLOCK_MESSAGE="LOCKED"))

    def test_vlock(self):
        """vlock: the password and a code"""
        got = self.vlock(code(self.me))
        self.assertEqual(got.status, 0, got)
        self.assertEqual(got.asked, 3, got)

    def test_vlock_wrong(self):
        """vlock: not with a wrong code, and then with a right one"""
        got = self.vlock(wrong(self.me), code(self.me))
        self.assertEqual(got.status, 0, got)
        self.assertIn("Not accepted", got.text)
        self.one(lane__1__budget="1", lane__0__budget="0")

    def xsecurelock(self, *replies):
        """Its half that speaks PAM, spoken to as its other half does.

        Gives what it said, and its status.
        """
        child = subprocess.Popen(
            ["/usr/libexec/xsecurelock/authproto_pam"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            preexec_fn=self.me.demote,
            env=dict(self.me.env(), XSECURELOCK_PAM_SERVICE="xsecurelock"))
        said, replies = [], list(replies)
        while True:
            head = child.stdout.readline().split()
            if not head:
                break
            text = child.stdout.read(int(head[1])).decode()
            child.stdout.read(1)
            said.append(text)
            if head[0] not in (b"P", b"U"):
                continue
            reply = replies.pop(0) if replies else None
            child.stdin.write(b"x 0\n\n" if reply is None else
                              b"p %d\n%s\n" % (len(reply), reply.encode()))
            child.stdin.flush()
        child.stdin.close()
        child.stdout.close()
        return said, child.wait()

    def test_xsecurelock(self):
        """xsecurelock: the password and a code, and not with a spent one"""
        spent = code(self.me)
        said, status = self.xsecurelock(PASSWORD, spent)
        self.assertEqual(status, 0, said)
        self.assertIn(PROMPT, "".join(said))
        said, status = self.xsecurelock(PASSWORD, spent)
        self.assertNotEqual(status, 0, said)
        said, status = self.xsecurelock("not the password")
        self.assertNotEqual(status, 0, said)
        self.assertNotIn(PROMPT, "".join(said))


if __name__ == "__main__":
    unittest.main()
