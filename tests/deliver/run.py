#!/usr/bin/python3 -B
# SPDX-License-Identifier: BSD-2-Clause
"""Have pam_otp-send deliver to real servers that are not always good ones.

usage: run.py PROGRAM CONFINED [WORD ...]

It goes on in namespaces of its own, as root of a user namespace where it is
not root: with a network of its own, in which 192.0.2.1 is a host that is not
loopback, and files of its own where the host key and the store would be.
Words choose the tests whose names hold one of them.  The last line is
"N passed, N failed, N skipped".
"""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

import place  # noqa: E402
import suite  # noqa: E402

ENTERED = "PAM_OTP_DELIVER"


def enter():
    """Go on in namespaces; False: there are none to be had."""
    if os.environ.get(ENTERED) == str(os.getpid()):
        return True
    user = [] if os.getuid() == 0 else ["--user", "--map-root-user"]
    argv = ["unshare"] + user + ["--net", "--mount", "--pid", "--fork",
                                 "--kill-child", "--mount-proc",
                                 "--propagation", "private"]
    tried = subprocess.run(argv + ["true"], stderr=subprocess.PIPE, text=True)
    if tried.returncode != 0:
        print("SKIPPED deliver: " + tried.stderr.strip())
        return False
    os.environ[ENTERED] = "1"
    os.execvp("unshare", argv + [sys.executable, "-B"] + sys.argv)


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    if not enter():
        print("0 passed, 0 failed, 1 skipped")
        return 0
    place.PROGRAM, place.CONFINED = map(os.path.abspath, sys.argv[1:3])
    place.build()
    return suite.run(HERE, sys.argv[3:])


if __name__ == "__main__":
    sys.exit(main())
