# SPDX-License-Identifier: MIT
"""A device that another driver's target has open is removed, in every way."""
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "program"))
from kit import BUILD, CoveTest  # noqa: E402


PACKAGE = os.path.join(BUILD, "test", "framework", "fxremote.inf")
RUNNER = os.path.join(BUILD, "apps", "remote_runner.exe")
STOPPED = 70


class Remote(CoveTest):
    def test_removals(self):
        done = self.cove("run", PACKAGE, "--", RUNNER, timeout=120)
        text = done.stdout + done.stderr
        self.assertEqual(done.returncode, 0, text)
        self.assertIn("all is well", text)
        for word in ("leak", " pool blocks"):
            self.assertNotIn(word, text, text)

    def test_without_memory(self):
        """One allocation fails, here and there: whatever comes of it, nobody breaks a rule."""
        for number in range(1300, 1950, 50):
            done = self.cove("run", "--quiet", "--fail-allocation", str(number), PACKAGE, "--",
                             RUNNER, timeout=120)
            text = done.stdout + done.stderr
            self.assertNotEqual(done.returncode, STOPPED, "%d: %s" % (number, text))
            self.assertNotIn(" pool blocks", text, "%d: %s" % (number, text))


if __name__ == "__main__":
    unittest.main()
