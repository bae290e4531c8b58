# SPDX-License-Identifier: MIT
"""Serial ports: kernel32's communications functions above a driver's requests, in both widths."""
import os
import unittest

from kit import CoveTest, driver, program

NARROW = os.path.join(os.path.dirname(program("serial")), "..", "programs32", "serial.exe")


class Serial(CoveTest):
    def run_on_port(self, application):
        done = self.good("run", driver("serial_driver"), "--", application)
        self.assertIn("all checks passed", done.stdout)
        self.assertNotIn("leak", done.stderr)

    def test_a_program(self):
        self.run_on_port(program("serial"))

    def test_a_32_bit_program(self):
        self.run_on_port(NARROW)


if __name__ == "__main__":
    unittest.main()
