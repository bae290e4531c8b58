# SPDX-License-Identifier: MIT
"""Generic thunks: 16-bit programs call 32-bit DLLs, and are called back; the ladder up to a driver."""
import os
import shutil
import signal
import subprocess
import unittest

from kit import BUILD, driver, wait_until
from sixteen_kit import SixteenTest

PROGRAMS_32 = os.path.join(BUILD, "test", "programs32")
LADDER = os.path.join(BUILD, "ladder")
KILLS = 8
COUNTED = ("irps", "files", "handles", "objects", "pool_blocks")


class Thunk16(SixteenTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build("thunk16")
        for name in ("thunk32.dll", "thunkgone.dll", "thunkout.exe"):
            shutil.copy(os.path.join(PROGRAMS_32, name), cls.folder)

    def run_thunk(self, *words):
        return self.cove("run", "--quiet", driver("ladder"), "--", *words)

    def test_every_function(self):
        done = self.run_thunk("thunk16.exe")
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        lines = done.stdout.splitlines()
        self.assertEqual([line for line in lines if not line.endswith(": ok")], [])
        self.assertEqual(len(lines), 36, done.stdout)

    def test_others_are_refused(self):
        done = self.run_thunk("thunkout.exe")
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertIn("all checks passed", done.stdout)

    def test_a_fault_in_the_32_bit_half_ends_the_program(self):
        done = self.run_thunk("thunk16.exe", "f")
        self.assertEqual(done.returncode, 5)
        self.assertRegex(done.stderr, r"unhandled exception 0xC0000005 .* at thunk32.dll\+0x")
        self.assertNotIn("leak", done.stderr)

    def test_a_callback_to_nowhere_is_a_general_protection_fault(self):
        done = self.run_thunk("thunk16.exe", "n")
        self.assertNotIn(done.returncode, (0, 9))
        self.assertIn("THUNK16 caused a General Protection Fault", done.stderr)
        self.assertIn("0000:0010", done.stderr)

    def counts(self, machine):
        return {name: value for name, value in self.wait_ended(machine)["counts"].items()
                if name in COUNTED}

    def test_a_program_killed_within_a_thunk_leaves_nothing(self):
        self.boot("thunk", driver("ladder"))
        self.good("exec", "-m", "thunk", os.path.join(LADDER, "ladder.exe"))
        baseline = self.counts("thunk")
        for _ in range(KILLS):
            waiting = self.program_start("thunk", self.path("thunk16.exe"), "w",
                                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            self.assertEqual(waiting.stdout.readline().strip(), b"waiting")
            waiting.send_signal(signal.SIGKILL)
            self.assertEqual(waiting.wait(timeout=20), -signal.SIGKILL)
            waiting.stdout.close()
            self.wait_ended("thunk")

        def kept():
            """What there is more than at the start; blocks of the pool that are taken once, at
            the first request that waits or is cancelled, are fewer than the kills."""
            now = self.counts("thunk")
            more = {name: now[name] - baseline[name] for name in COUNTED}
            more["pool_blocks"] //= KILLS
            return more

        wait_until(lambda: not any(kept().values()), 20)
        self.assertEqual(kept(), dict.fromkeys(COUNTED, 0))
        done = self.good("exec", "-m", "thunk", os.path.join(LADDER, "ladder.exe"))
        self.assertIn("added up right", done.stdout)
        self.good("shutdown", "thunk")


class Ladder(SixteenTest):
    def test_up_and_back(self):
        done = self.cove("run", "--quiet", driver("ladder"), "--",
                         os.path.join(LADDER, "ladder.exe"))
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertEqual(done.stdout.splitlines(), [
            "16-bit program: the 32-bit DLL is loaded",
            "16-bit program: called back with the driver's notice",
            "16-bit program: the driver saw a 32-bit caller and added up right"])

    def test_without_its_driver_the_step_is_named(self):
        done = self.cove("run", "--quiet", driver("wdm1"), "--",
                         os.path.join(LADDER, "ladder.exe"))
        self.assertEqual(done.returncode, 3)
        self.assertIn("step 3 failed", done.stdout)


if __name__ == "__main__":
    unittest.main()
