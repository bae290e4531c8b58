# SPDX-License-Identifier: MIT
"""A program that passes nonsense to every system service: the machine survives, and what the
program had is given back.

More by hand: HOSTILE_SEED=7 HOSTILE_RUNS=500 HOSTILE_CALLS=20000 python3 -m unittest test_hostile
Both widths play: HOSTILE_RUNS programs of each.
"""
import os
import subprocess
import unittest

from kit import CoveTest, PROGRAMS, driver, program, wait_until

SEED = int(os.environ.get("HOSTILE_SEED", "1"))
RUNS = int(os.environ.get("HOSTILE_RUNS", "10"))
SURVIVED = 99
CALLS = os.environ.get("HOSTILE_CALLS", "2000")


class Hostile(CoveTest):
    folder_of = {64: PROGRAMS, 32: PROGRAMS + "32"}

    def play(self, width, seed):
        """True: it went on to the end; a program may lose its own life."""
        with self.program_start(self.target, os.path.join(self.folder_of[width], "hostile.exe"),
                                str(seed), CALLS, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
            try:
                run.communicate(timeout=120)
            except subprocess.TimeoutExpired:
                run.kill()
                run.communicate()
                self.fail(f"{width} bits, seed {seed}: the program hangs")
            if run.returncode == 70:
                self.fail(f"{width} bits, seed {seed}: the machine has stopped\n"
                          f"{self.cove('log', '-m', 'target').stdout[-4000:]}")
        return run.returncode == SURVIVED

    def counts(self):
        self.wait_ended(self.target)
        return self.machine(self.target)["counts"]

    def settled(self):
        """What there is when nothing of the first program is on its way out any more."""
        seen = []
        wait_until(lambda: seen.append(self.counts()) or
                   len(seen) > 4 and all(each == seen[-1] for each in seen[-5:]), 20)
        return seen[-1]

    def is_back(self, before):
        """All but pool is as it was; what was written to the device and to the registry stays
        there, and does not grow with the calls."""
        after = self.counts()
        return all(after[name] == before[name] for name in before
                   if name not in ("pool_blocks", "pool_bytes")) and \
            after["pool_blocks"] < before["pool_blocks"] + 64

    def every_service(self, width):
        self.target = f"target{width}"
        self.boot(self.target, driver("wdm1"), driver("rules"))
        self.play(width, SEED + 1000000)
        before = self.settled()
        survived = sum(self.play(width, seed) for seed in range(SEED, SEED + RUNS))
        self.assertGreaterEqual(survived, (RUNS + 1) // 2, "too few played to the end")
        self.good("exec", "-m", self.target, program("rules"), "nothing")
        self.assertTrue(wait_until(lambda: self.is_back(before), 20),
                        f"before {before}\nafter  {self.counts()}")
        self.good("shutdown", self.target)

    def test_every_service(self):
        self.every_service(64)

    def test_every_service_32(self):
        self.every_service(32)


if __name__ == "__main__":
    unittest.main()
