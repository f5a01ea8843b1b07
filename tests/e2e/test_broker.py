# SPDX-License-Identifier: BSD-2-Clause
"""pam_otpd --listen: its child that starts what sends, and who may ask it."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import threading
import time
import unittest

import world
from processes import as_user, state
from world import SENDER_UID, SERVICE_UID, TOP, wait_for, write

CONF = TOP + "/broker.conf"
PROGRAM = TOP + "/bin/probe"
SOCKET = "/run/broker/send"

# It answers with whatever came of the request: its first word says what.
PROBE = """#!/bin/sh
read -r what
case $what in
who)    echo "ok $(id -u) $(id -g) $(id -G | tr ' ' ,)" ;;
world)  echo "ok $(tr '\\0' '\\n' </proc/$$/environ | wc -l) $# $PWD $(umask)" \\
            "$(awk '/NoNewPrivs/ { print $2 }' /proc/$$/status)" ;;
sleep)  sleep 0.5; echo ok ;;
hang)   exec sleep 60 ;;
stop)   kill -STOP $$ ;;
esac
"""


def ask(uid, gid, text, seconds=30):
    """What is answered to who is this; "" for nothing; or what went wrong."""
    return as_user((uid, gid), exchange, text, seconds)


def exchange(text, seconds):
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(seconds)
        try:
            sock.connect(SOCKET)
            sock.sendall(text.encode() + b"\n")
            sock.shutdown(socket.SHUT_WR)
            return sock.makefile().read()
        except BrokenPipeError:
            return ""
        except OSError as error:
            return type(error).__name__


def children(pid):
    with open("/proc/%d/task/%d/children" % (pid, pid)) as file:
        return [int(word) for word in file.read().split()]


class Broker(unittest.TestCase):
    def setUp(self):
        write(CONF, "[send]\nprogram = %s\nsocket = %s\ntimeout = 1\n"
              % (PROGRAM, SOCKET))
        # One of the test before may be running yet: its file is busy.
        if os.path.exists(PROGRAM):
            os.unlink(PROGRAM)
        write(PROGRAM, PROBE, 0o755)
        self.daemon = None
        self.addCleanup(self.stop)
        self.start()

    def start(self):
        self.daemon = subprocess.Popen(
            [TOP + "/bin/pam_otpd", "--conf", CONF, "--listen",
             "/run/broker/socket"], stdin=subprocess.DEVNULL)
        wait_for(lambda: world.listens("/run/broker/socket"), 10,
                 "pam_otpd does not listen")
        self.pid = wait_for(lambda: children(self.daemon.pid), 10,
                            "pam_otpd has no child that starts what sends")[0]

    def stop(self):
        if self.daemon is not None:
            self.daemon.kill()
            self.daemon.wait()

    def test_socket(self):
        """the socket is there for pam_otpd alone"""
        at = os.stat(SOCKET)
        self.assertTrue(stat.S_ISSOCK(at.st_mode))
        self.assertEqual(stat.S_IMODE(at.st_mode), 0o660)
        self.assertEqual((at.st_uid, at.st_gid), (0, SERVICE_UID))

    def test_drops(self):
        """the broker is _pam_otp_send, and nothing more"""
        with open("/proc/%d/status" % self.pid) as file:
            status = file.read()
        self.assertRegex(status, r"Uid:\t%d\t%d\t%d\t%d\n"
                         % ((SENDER_UID,) * 4))
        self.assertRegex(status, r"Groups:\t%d ?\n" % SENDER_UID)
        self.assertRegex(status, r"CapEff:\t0+\n")
        self.assertRegex(status, r"NoNewPrivs:\t1\n")

    def test_answers(self):
        """root and _pam_otp are served, by a program in a clean world"""
        for uid in (0, SERVICE_UID):
            self.assertEqual(ask(uid, uid, "who"), "ok %d %d %d\n"
                             % ((SENDER_UID,) * 3))
            # A shell writes no environment of its own before it is asked.
            self.assertEqual(ask(uid, uid, "world"), "ok 0 0 / 0077 1\n")

    def test_strangers(self):
        """nobody else is, whatever their group may open"""
        self.assertEqual(ask(65534, 65534, "who"), "PermissionError")
        self.assertEqual(ask(SENDER_UID, SENDER_UID, "who"),
                         "PermissionError")
        mark = world.THE.log.mark()
        self.assertIn(ask(4321, SERVICE_UID, "who"),
                      ("", "ConnectionResetError"))
        wait_for(lambda: "uid 4321 may not ask" in "".join(
            map(str, world.THE.log.since(mark, "may not ask"))), 5,
            "the stranger was not logged")
        # And it goes on.
        self.assertTrue(ask(0, 0, "who").startswith("ok "))

    def test_many(self):
        """more than may run at once wait, and none is lost"""
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(
            ask(SERVICE_UID, SERVICE_UID, "sleep"))) for _ in range(48)]
        for thread in threads:
            thread.start()
        most = 0
        while any(thread.is_alive() for thread in threads):
            most = max(most, len(children(self.pid)))
            time.sleep(0.02)
        self.assertEqual(answers, ["ok\n"] * 48)
        self.assertLessEqual(most, 32)
        self.assertGreater(most, 1)

    def test_hang(self):
        """a program that hangs is ended"""
        began = time.monotonic()
        self.assertEqual(ask(0, 0, "hang"), "")
        self.assertLess(time.monotonic() - began, 12)
        wait_for(lambda: not children(self.pid), 5, "it left something")

    def test_stopped(self):
        """as many as may run, which somebody stopped, keep nobody out"""
        callers = []
        for _ in range(32):
            callers.append(socket.socket(socket.AF_UNIX))
            self.addCleanup(callers[-1].close)
            callers[-1].connect(SOCKET)
            callers[-1].sendall(b"stop\n")
        wait_for(lambda: len(self.stopped()) == 32, 20, "they do not stop")
        self.addCleanup(lambda: [os.kill(pid, signal.SIGKILL)
                                 for pid in self.stopped()])
        self.assertTrue(ask(0, 0, "who").startswith("ok "))

    def stopped(self):
        return [pid for pid in children(self.pid) if state(pid) == "T"]

    def test_end(self):
        """it ends with pam_otpd, and another one takes its place"""
        for sig in (signal.SIGKILL, signal.SIGTERM):
            old = self.pid
            self.daemon.send_signal(sig)
            self.daemon.wait()
            wait_for(lambda: not os.path.exists("/proc/%d" % old) or
                     ") Z" in open("/proc/%d/stat" % old).read(), 5,
                     "the broker goes on")
            self.assertEqual(ask(0, 0, "who"), "ConnectionRefusedError")
            self.start()
            self.assertTrue(ask(0, 0, "who").startswith("ok "))

    def test_restart(self):
        """one that is started at once has a broker too"""
        for _ in range(5):
            self.daemon.kill()
            self.daemon.wait()
            self.start()
            self.assertTrue(ask(0, 0, "who").startswith("ok "))

    def test_caller(self):
        """whoever is served yet does not keep the one before"""
        with socket.socket(socket.AF_UNIX) as caller:
            caller.connect("/run/broker/socket")
            wait_for(lambda: len(children(self.daemon.pid)) == 2, 5,
                     "the caller is not served")
            self.daemon.kill()
            self.daemon.wait()
            self.start()
            self.assertTrue(ask(0, 0, "who").startswith("ok "))

    def test_owner(self):
        """who owns the store, and is not root, has none: it could read it"""
        self.stop()
        own = "/run/broker-own"
        os.mkdir(own)
        os.chown(own, SERVICE_UID, SERVICE_UID)
        self.addCleanup(shutil.rmtree, own)
        write(CONF, "[send]\nprogram = %s\nsocket = %s/send\n"
              % (PROGRAM, own))
        self.daemon = subprocess.Popen(
            [TOP + "/bin/pam_otpd", "--conf", CONF, "--listen",
             own + "/socket"], stdin=subprocess.DEVNULL, user=SERVICE_UID,
            group=SERVICE_UID, extra_groups=[])
        wait_for(lambda: world.listens(own + "/socket"), 10,
                 "pam_otpd does not listen")
        self.assertEqual(children(self.daemon.pid), [])
        self.assertFalse(os.path.exists(own + "/send"))

    def test_taken(self):
        """a file in the place of the socket is left alone"""
        self.stop()
        os.unlink(SOCKET)
        write(SOCKET, "precious")
        self.daemon = subprocess.Popen(
            [TOP + "/bin/pam_otpd", "--conf", CONF, "--listen",
             "/run/broker/socket"], stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True)
        line = self.daemon.stderr.readline()
        self.assertIn(SOCKET, line)
        wait_for(lambda: world.listens("/run/broker/socket"), 10,
                 "it does not go on")
        self.daemon.stderr.close()
        with open(SOCKET) as file:
            self.assertEqual(file.read(), "precious")
        os.unlink(SOCKET)
