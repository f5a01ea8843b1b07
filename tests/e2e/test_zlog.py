# SPDX-License-Identifier: BSD-2-Clause
"""Last of all: what is in the log after everything else."""

import re
import unittest

import world


class Log(unittest.TestCase):
    def test_no_secrets(self):
        """neither secret, code nor password in any line"""
        words = world.SHOWN | {world.PASSWORD, world.DIGITS}
        words |= {word.replace("-", "") for word in words}
        lines = world.THE.log.since(0)
        self.assertGreater(len(lines), 0)
        for line in lines:
            said = re.sub(r"^<\d+>\S+ +\d+ [\d:]+ [^:]*: ", "", line)
            found = re.findall(r"\w+", said) + re.findall(r"[\w-]+", said)
            self.assertEqual(set(), words.intersection(found), line)
            # It has blanks.
            self.assertNotIn(world.PASSWORD, said, line)
