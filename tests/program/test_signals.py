# SPDX-License-Identifier: MIT
"""Signals through every border of programs of 64 and 32 bits, as many as come: no register changes.

SIGNALS_SECONDS: so long (`make soak` says a minute); without it a number of rounds.
16-bit programs: test_sixteen.
"""
import os
import subprocess
import unittest

from kit import PROGRAMS, CoveTest, disturbed, driver

SECONDS = os.environ.get("SIGNALS_SECONDS")
ROUNDS = "5000"


class Signals(CoveTest):
    def registers_stay(self, folder):
        self.boot("signals", driver("wdm1"))
        until = ("seconds", SECONDS) if SECONDS else ("rounds", ROUNDS)
        child = self.program_start("signals", os.path.join(folder, "signals.exe"), *until,
                                   stdout=subprocess.PIPE, text=True)
        self.assertEqual(child.stdout.readline(), "started\n")
        with disturbed(child):
            rest = child.stdout.read()
        child.stdout.close()
        self.assertEqual(child.wait(timeout=60), 0, rest)
        self.assertIn("\nnothing has changed\n", rest)
        self.good("shutdown", "signals")
        self.good("forget", "signals")

    def test_64_bits(self):
        self.registers_stay(PROGRAMS)

    def test_32_bits(self):
        self.registers_stay(PROGRAMS + "32")


if __name__ == "__main__":
    unittest.main()
