# SPDX-License-Identifier: MIT
"""16-bit Windows programs: what they are started with, and what they ask for."""
import unittest

from sixteen_kit import SixteenTest


class Sixteen(SixteenTest):
    def test_hello(self):
        self.assertEqual(self.passes("hello", code=7),
                         ["hello from 16 bits", "and from DOS", "to the dollar"])

    def test_command_line(self):
        self.assertEqual(self.passes("hello", "one", "two words", code=7)[3:],
                         [' one "two words"'])


if __name__ == "__main__":
    unittest.main()
