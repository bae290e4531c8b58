# SPDX-License-Identifier: MIT
"""Programs and devices: setupapi and cfgmgr32 against the toy bus."""
import unittest

from kit import CoveTest, driver, program


class Devices(CoveTest):
    def test_devices(self):
        done = self.good("run", driver("toybus"), driver("toy"), "--", program("devices"))
        self.assertIn("all checks passed", done.stdout)


if __name__ == "__main__":
    unittest.main()
