# SPDX-License-Identifier: MIT
"""Pool that is charged to processes, and what they may use of it."""
import unittest

from kit import CoveTest, driver, program


class Quota(CoveTest):
    def test_charges_and_limits(self):
        done = self.good("run", driver("quota_driver"), "--", program("quota"))
        self.assertIn("all checks passed", done.stdout)
        self.assertNotIn("leak", done.stderr)

    def test_block_outlives_its_process(self):
        self.boot("outlives", driver("quota_driver"))
        for deed in "keep", "free":
            done = self.good("exec", "-m", "outlives", program("quota"), deed)
            self.assertIn("all checks passed", done.stdout)
        done = self.good("shutdown", "outlives")
        self.assertNotIn("leak", done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
