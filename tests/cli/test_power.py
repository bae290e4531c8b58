# SPDX-License-Identifier: MIT
"""cove power: the system's states, what is refused, and a driver that keeps a power request."""
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "program"))

from kit import CoveTest, driver, program  # noqa: E402


class Power(CoveTest):
    def state(self, machine):
        return json.loads(self.good("power", "-m", machine, "--json", "status").stdout)["system"]

    def test_there_and_back(self):
        self.boot("states")
        for words, state in ((("sleep", "S1"), 1), (("sleep",), 3), (("hibernate",), 4)):
            self.good("power", "-m", "states", *words)
            self.assertEqual(self.state("states"), state)
            refused = self.cove("power", "-m", "states", "sleep")
            self.assertEqual(refused.returncode, 1)
            self.assertIn("the system sleeps already", refused.stderr)
            self.good("power", "-m", "states", "wake")
            self.assertEqual(self.state("states"), 0)
        refused = self.cove("power", "-m", "states", "wake")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("the system does not sleep", refused.stderr)

    def test_shut_down_asleep(self):
        self.boot("sleeper")
        self.good("power", "-m", "sleeper", "sleep")
        self.good("shutdown", "sleeper")

    def test_words(self):
        for words in ((), ("doze",), ("sleep", "S5"), ("sleep", "3"), ("source",),
                      ("source", "sun"), ("watchdog",), ("wake", "up")):
            self.assertEqual(self.cove("power", *words).returncode, 2, words)

    def test_a_request_that_is_kept(self):
        self.boot("kept", driver("rules"))
        self.good("power", "-m", "kept", "watchdog", "1")
        done = self.cove("exec", "-m", "kept", program("rules"), "power-kept")
        self.assertEqual(done.returncode, 70, done.stderr)
        self.assertNotIn("done", done.stdout)
        self.assertIn("DRIVER_POWER_STATE_FAILURE", done.stderr)


if __name__ == "__main__":
    unittest.main()
