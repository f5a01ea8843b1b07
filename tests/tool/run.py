#!/usr/bin/python3 -B
# SPDX-License-Identifier: BSD-2-Clause
"""Run otp-enroll as people and scripts do.

usage: run.py PROGRAM [WORD ...]

Words choose the tests whose names hold one of them.  The last line is
"N passed, N failed, N skipped".
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

import suite  # noqa: E402
import tool  # noqa: E402


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    tool.PROGRAM = os.path.abspath(sys.argv[1])
    return suite.run(HERE, sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
