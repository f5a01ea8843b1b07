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
        # Six digits may be a part of something else; what is longer is not.
        codes = {word for word in words if len(word) <= 8}
        lines = world.THE.log.since(0)
        self.assertGreater(len(lines), 0)
        for line in lines:
            said = re.sub(r"^<\d+>\S+ +\d+ [\d:]+ [^:]*: ", "", line)
            for word in re.findall(r"\w+", said):
                self.assertNotIn(word, codes, line)
            for word in words - codes:
                self.assertNotIn(word, said, line)
