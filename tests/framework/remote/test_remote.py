# SPDX-License-Identifier: MIT
"""A device that another driver's target has open is removed, in every way."""
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "program"))
from kit import BUILD, CoveTest  # noqa: E402


class Remote(CoveTest):
    def test_removals(self):
        done = self.cove("run", os.path.join(BUILD, "test", "framework", "fxremote.inf"), "--",
                         os.path.join(BUILD, "apps", "remote_runner.exe"), timeout=120)
        text = done.stdout + done.stderr
        self.assertEqual(done.returncode, 0, text)
        self.assertIn("all is well", text)
        for word in ("leak", " pool blocks"):
            self.assertNotIn(word, text, text)


if __name__ == "__main__":
    unittest.main()
