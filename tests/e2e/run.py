#!/usr/bin/python3 -B
# SPDX-License-Identifier: BSD-2-Clause
"""Run the end-to-end tests in a private world.

usage: run.py --build DIR [WORD ...]

DIR is a build directory.  Words choose the tests whose names hold one of them.
The last line is "N passed, N failed, N skipped".
"""

import os
import signal
import sys
import time
import traceback
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import suite  # noqa: E402
import world  # noqa: E402


class Lines(unittest.TestResult):
    """One line for every test, as it ends."""

    def __init__(self):
        super().__init__()
        self.passed = 0

    def startTest(self, test):
        super().startTest(test)
        self.began = time.monotonic()

    def say(self, word, test, why=""):
        name = "%s.%s" % (type(test).__name__,
                          getattr(test, "_testMethodName", test))
        if word:
            print("%-7s %s: %s (%.1f s)" % (
                word, name, getattr(test, "shortDescription", str)(),
                time.monotonic() - self.began))
        for line in why.strip().splitlines():
            print("        " + line)
        sys.stdout.flush()

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1
        self.say("ok", test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.say("FAILED", test, "".join(
            traceback.format_exception(*err)[-6:]))

    def addError(self, test, err):
        if not hasattr(self, "began"):
            self.began = time.monotonic()
        super().addError(test, err)
        self.say("FAILED", test, "".join(traceback.format_exception(*err)))

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err:
            self.say("FAILED", test, str(subtest) + "\n" + "".join(
                traceback.format_exception(*err)[-6:]))

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.say("SKIPPED", test, reason)


def main():
    words = sys.argv[1:]
    if words[:1] != ["--build"] or len(words) < 2:
        sys.exit(__doc__)
    build, words = os.path.abspath(words[1]), words[2:]
    # A shell that runs us behind its back has them ignored, and Ctrl-C is to
    # mean something to what we start.
    for number in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)
    world.enter()
    made = world.World(build, [build + "/tests/e2e/race"])
    result = Lines()
    try:
        world.THE = made.build()
        found = unittest.TestLoader().discover(HERE, "test_*.py")
        unittest.TestSuite(suite.chosen(found, words)).run(result)
    finally:
        made.leave()
    failed = len(result.failures) + len(result.errors)
    print("%d passed, %d failed, %d skipped" % (
        result.passed, failed, len(result.skipped)))
    return 1 if failed or not result.passed else 0


if __name__ == "__main__":
    sys.exit(main())
