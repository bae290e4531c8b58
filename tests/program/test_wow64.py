# SPDX-License-Identifier: MIT
"""32-bit programs against the 64-bit machine: the same tests as for 64-bit ones, and several at
once."""
import os
import signal
import subprocess
import unittest

from kit import BUILD, CoveTest, driver, program

PROGRAMS_32 = os.path.join(BUILD, "test", "programs32")


def program32(name):
    return os.path.join(PROGRAMS_32, name + ".exe")


class Wow64(CoveTest):
    def passes(self, name, driver_name="wdm1"):
        done = self.cove("run", "--quiet", driver(driver_name), "--", program32(name))
        text = done.stdout.replace("\r", "")
        self.assertEqual(done.returncode, 0, text + done.stderr)
        self.assertIn("all checks passed", text)
        self.assertNotIn("FAILED", text)
        self.assertNotIn("leak", done.stderr)

    def test_the_examples(self):
        for name in ("wdm1", "transfers", "pending"):
            with self.subTest(name):
                self.passes(name + "test", name)

    def test_requests(self):
        for name in ("overlapped", "ports"):
            with self.subTest(name):
                self.passes(name, "pending")

    def test_the_system(self):
        for name in ("errors", "events", "files", "keys", "messages", "pipes", "sync", "time",
                     "volumes"):
            with self.subTest(name):
                self.passes(name)

    def test_exceptions(self):
        self.passes("seh32")

    def test_several_at_once_of_both_widths(self):
        self.boot("widths", driver("transfers"))
        started = [self.program_start("widths", path, stdout=subprocess.PIPE)
                   for path in [program32("transferstest"), program("transferstest")] * 3]
        for child in started:
            text = child.communicate(timeout=60)[0]
            self.assertEqual(child.returncode, 0, text)
        self.good("shutdown", "widths")

    def test_killed_with_requests_outstanding(self):
        self.boot("kill32", driver("pending"))
        for steps in range(1, 22, 3):
            hold = self.program_start("kill32", program32("hold"), stdout=subprocess.PIPE)
            for _ in range(steps):
                os.read(hold.stdout.fileno(), 1)
            hold.send_signal(signal.SIGKILL)
            self.assertEqual(hold.wait(timeout=20), -signal.SIGKILL)
            hold.stdout.close()
        self.wait_ended("kill32")
        self.good("sc", "-m", "kill32", "stop", "pending")
        self.assertNotIn("leak", self.good("shutdown", "kill32").stderr)


if __name__ == "__main__":
    unittest.main()
