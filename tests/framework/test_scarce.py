# SPDX-License-Identifier: MIT
"""A driver that makes one of each object (scarce), and one that sends itself requests (scarce_io),
with the N-th allocation failing, for every N until a run makes fewer: it loads, or it does not;
nothing stops, nothing is left behind, and requests with a reserve succeed.

ALLOCATION_STEP=1 tries every N, more leave some out.
"""
import os
import unittest

from kit import BUILD, CoveTest

STEP = int(os.environ.get("ALLOCATION_STEP", "3"))
MISSES = 3 if STEP > 2 else 12
FAILS = "this allocation fails as asked for"


class Scarce(CoveTest):
    def test_every_allocation_of_objects(self):
        self.every_allocation("scarce")

    def test_every_allocation_of_requests(self):
        self.every_allocation("scarce_io")

    def every_allocation(self, driver):
        path = os.path.join(BUILD, "test", "framework", driver + ".sys")
        number, missed, refused = 1, 0, 0
        while missed < MISSES:
            done = self.cove("run", "--fail-allocation", str(number), path)
            text = f"allocation {number}, exit code {done.returncode}\n{done.stderr}"
            self.assertNotIn("leak", done.stderr, text)
            self.assertNotIn("wrong status", done.stderr, text)
            self.assertIn(done.returncode, (0, 1), text)
            if done.returncode == 0:
                self.assertIn(driver + ": all is there", done.stderr, text)
            else:
                refused += 1
            missed = 0 if FAILS in done.stderr else missed + 1
            number += STEP
        self.assertGreater(number, 100, "hardly any allocation was counted")
        self.assertGreater(refused, 10, "hardly any of them was the driver's")


if __name__ == "__main__":
    unittest.main()
