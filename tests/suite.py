# SPDX-License-Identifier: BSD-2-Clause
"""Run the test_*.py of a directory, and count them as the others do."""

import sys
import unittest


def chosen(suite, words):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from chosen(test, words)
        elif not words or any(word in test.id() for word in words):
            yield test


def run(directory, words):
    """The exit status; the last line is "N passed, N failed, N skipped"."""
    found = unittest.TestLoader().discover(directory, "test_*.py")
    suite = unittest.TestSuite(chosen(found, words))
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
