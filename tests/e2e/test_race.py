# SPDX-License-Identifier: BSD-2-Clause
"""Logins in the same moment."""

import unittest

import world
from world import Race, code, wrong

ROUNDS = 500
AT_ONCE = 8
WON, LOST = "0", "7"  # PAM_SUCCESS, PAM_AUTH_ERR


class Races(unittest.TestCase):
    def setUp(self):
        self.world = world.THE
        self.race = Race("alone")
        self.addCleanup(self.race.end)

    def one_winner(self, user, answer):
        results = self.race.round([(user, answer)] * AT_ONCE)
        self.assertEqual(sorted(results), [WON] + [LOST] * (AT_ONCE - 1))

    def test_totp(self):
        """8 at once with one TOTP code, 500 rounds: one winner in each"""
        users = [self.world.fresh(enrolled=False) for i in range(10)]
        rounds = 0
        while rounds < ROUNDS:
            for user in users:
                self.world.enrol(user)
                for step in (0, 1):
                    self.one_winner(user, code(user, step))
                    rounds += 1

    def test_recovery(self):
        """8 at once with one recovery code, 500 rounds: one winner in each"""
        user = self.world.fresh(enrolled=False)
        for i in range(ROUNDS):
            if i % 10 == 0:
                self.world.enrol(user)
            self.one_winner(user, user.recovery[i % 10])
            if i % 10 == 9:
                self.assertEqual(self.world.status(user)["recovery_left"], 0)

    def test_different_recovery(self):
        """8 at once with 8 recovery codes: 8 in, 8 spent"""
        for i in range(20):
            user = self.world.enrol(self.world.users["bob"])
            results = self.race.round([(user, answer)
                                       for answer in user.recovery[:8]])
            self.assertEqual(results, [WON] * 8)
            self.assertEqual(self.world.status(user)["recovery_left"], 2)

    def test_different_users(self):
        """20 users at once: 20 in"""
        users = [self.world.fresh() for i in range(20)]
        for step in (0, 1):
            results = self.race.round([(user, code(user, step))
                                       for user in users])
            self.assertEqual(results, [WON] * 20)

    def test_guesses(self):
        """40 wrong guesses at once: five are looked at"""
        for i in range(5):
            user = self.world.enrol(self.world.users["bob"])
            results = self.race.round([(user, guess)
                                       for guess in wrong(user, 40)])
            self.assertNotIn(WON, results)
            self.assertEqual(self.world.status(user)["failures_row"], 5)

    def test_guess_among(self):
        """a right code among 39 wrong ones: in, or not looked at"""
        user = self.world.enrol(self.world.users["bob"])
        answers = wrong(user, 39) + [code(user)]
        results = self.race.round([(user, answer) for answer in answers])
        self.assertNotIn(WON, results[:39])
        self.assertLessEqual(self.world.status(user)["failures_row"], 5)
