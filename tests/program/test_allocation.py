# SPDX-License-Identifier: MIT
"""The examples with their N-th allocation failing, for every N until a run makes fewer: each run
ends by itself, stops the machine only in the example's name, and leaves nothing behind.

Each run takes a third of a second; ALLOCATION_STEP=1 tries every N, more leave some out.
"""
import os
import subprocess
import unittest

from kit import CoveTest, driver, program

STEP = int(os.environ.get("ALLOCATION_STEP", "23"))
MISSES = 3 if STEP > 4 else 12
STOPPED = 70
FAILS = "this allocation fails as asked for"


class Allocation(CoveTest):
    def run_failing(self, number, drivers, name):
        """True when the run made so many allocations."""
        try:
            done = self.cove("run", "--fail-allocation", str(number),
                             *(driver(each) for each in drivers), "--", program(name), timeout=60)
        except subprocess.TimeoutExpired:
            self.fail(f"{name}: the run hangs when allocation {number} fails")
        text = f"{name}, allocation {number}, exit code {done.returncode}\n{done.stderr}"
        self.assertGreaterEqual(done.returncode, 0, text)
        self.assertLess(done.returncode, 128, text)
        self.assertNotIn("internal error", done.stderr, text)
        self.assertNotIn("leak:", done.stderr, text)
        if done.returncode == STOPPED:
            self.assertRegex(done.stderr, "|".join(rf"{each}\.sys\+0x" for each in drivers), text)
        return FAILS in done.stderr

    def example(self, drivers, name):
        number = int(os.environ.get("ALLOCATION_FIRST", "1"))
        missed = 0
        # What says so may itself be what had no memory: one silent run is not the end.
        while missed < MISSES:
            missed = 0 if self.run_failing(number, drivers, name) else missed + 1
            number += STEP
        self.assertGreater(number, 40, "hardly any allocation was counted")

    def test_wdm1(self):
        self.example(["wdm1"], "wdm1test")

    def test_pending(self):
        self.example(["pending"], "pendingtest")

    def test_transfers(self):
        self.example(["transfers"], "transferstest")

    def test_split(self):
        self.example(["transport", "split"], "splittest")

    def test_ntddi(self):
        self.example(["ntddi"], "ntdditest")

    def test_exports(self):
        self.example(["counterservice", "exports"], "exportstest")

    def test_nonpnp(self):
        self.example(["nonpnp"], "nonpnptest")


if __name__ == "__main__":
    unittest.main()
