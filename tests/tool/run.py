#!/usr/bin/python3 -B
# SPDX-License-Identifier: BSD-2-Clause
"""Run otp-enroll as people and scripts do.

usage: run.py PROGRAM [WORD ...]

Words choose the tests whose names hold one of them.  The last line is
"N passed, N failed, N skipped".
"""

import os
import sys
import unittest

import tool

HERE = os.path.dirname(os.path.abspath(__file__))


def chosen(suite, words):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from chosen(test, words)
        elif not words or any(word in test.id() for word in words):
            yield test


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    tool.PROGRAM = os.path.abspath(sys.argv[1])
    found = unittest.TestLoader().discover(HERE, "test_*.py")
    suite = unittest.TestSuite(chosen(found, sys.argv[2:]))
    result = unittest.TextTestRunner(sys.stdout, verbosity=2).run(suite)
    # A test of many rows fails once.
    failed = len({getattr(test, "test_case", test).id() for test, _
                  in result.failures + result.errors})
    skipped = len(result.skipped)
    for test, reason in result.skipped:
        print("SKIPPED %s: %s" % (test.id(), reason))
    print("%d passed, %d failed, %d skipped" % (
        result.testsRun - failed - skipped, failed, skipped))
    return 1 if failed or not result.testsRun else 0


if __name__ == "__main__":
    sys.exit(main())
