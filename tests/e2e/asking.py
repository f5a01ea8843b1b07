# SPDX-License-Identifier: BSD-2-Clause
"""pam_otpd's socket, without the tool: bytes, and what is replied to them."""

import socket

from processes import as_user
from world import User

SOCKET = "/run/pam_otp/socket"


def asked(user, text, shut=True, seconds=35):
    """What the service replies to these bytes, as a dict; None: nothing.

    "user" is a User or a uid, and asks from a process of its own.
    """
    uid = user.uid if isinstance(user, User) else user
    got = as_user((uid, uid), exchange, text, shut, seconds)
    if not got:
        return None
    return dict(line.split("=", 1) for line in got.decode().splitlines())


def exchange(text, shut, seconds):
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(seconds)
        try:
            sock.connect(SOCKET)
        except OSError:
            return b""
        try:
            sock.sendall(text if isinstance(text, bytes) else text.encode())
            if shut:
                sock.shutdown(socket.SHUT_WR)
        except BrokenPipeError:
            pass
        got = b""
        while True:
            try:
                more = sock.recv(65536)
            except ConnectionResetError:
                break
            if not more:
                break
            got += more
        return got


def request(verb, **more):
    return "version=1\nverb=%s\n" % verb + "".join(
        "%s=%s\n" % pair for pair in more.items())
