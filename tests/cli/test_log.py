# SPDX-License-Identifier: MIT
"""cove log of a machine that has ended: killed, stopped by a bug check, shut down."""
import json
import os
import signal
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "program"))

from kit import CoveTest, driver, program, wait_until  # noqa: E402

LINE = "Wdm1: DriverEntry completed"


class LastLog(CoveTest):
    def ended(self, name):
        self.assertTrue(wait_until(lambda: self.machine(name) is None), "it still runs")
        done = self.good("log", "-m", name)
        self.assertIn(f"machine '{name}' has ended", done.stderr)
        return done.stdout.splitlines()

    def test_killed(self):
        self.boot("killed", driver("wdm1"))
        os.kill(self.machine("killed")["pid"], signal.SIGKILL)
        self.assertEqual(self.ended("killed").count(LINE), 1)
        lines = [json.loads(line)["line"]
                 for line in self.good("log", "-m", "killed", "--json").stdout.splitlines()]
        self.assertIn(LINE, lines)
        # New lines of a machine that prints no more: there are none to wait for.
        self.assertEqual(self.cove("log", "-m", "killed", "--new").returncode, 1)

    def test_bug_check(self):
        self.boot("stopped", driver("wdm1"), driver("bad"))
        done = self.cove("exec", "-m", "stopped", program("bad"), "null-write")
        self.assertEqual(done.returncode, 70, done.stderr)
        lines = self.ended("stopped")
        self.assertIn(LINE, lines)
        report = [at for at, line in enumerate(lines) if line.startswith("*** STOP: ")]
        self.assertEqual(len(report), 1, lines)
        self.assertGreater(report[0], lines.index(LINE))
        self.assertIn("*** the machine has stopped", lines)

    def test_shut_down_and_booted_again(self):
        self.boot("again", driver("wdm1"))
        self.good("shutdown", "again")
        self.assertIn(LINE, self.ended("again"))
        self.good("boot", "again", "--fresh")
        self.good("shutdown", "again")
        self.assertNotIn(LINE, self.ended("again"))

    def test_never_was(self):
        done = self.cove("log", "-m", "nobody")
        self.assertEqual(done.returncode, 1)
        self.assertIn("no machine 'nobody' is running", done.stderr)

    def test_what_is_no_log(self):
        """The file was a machine's to write: it is not believed."""
        self.boot("spoilt", driver("wdm1"))
        self.good("shutdown", "spoilt")
        path = os.path.join(self.runtime, "spoilt.ring")
        with open(path, "r+b") as file:
            file.seek(16)
            file.write(b"\xff\xff")  # the first line's length
        self.assertEqual(len(self.ended("spoilt")) >= 1, True)
        with open(path, "r+b") as file:
            file.write(b"\0" * 8)
        self.assertEqual(self.cove("log", "-m", "spoilt").returncode, 1)
        os.truncate(path, 100)
        self.assertEqual(self.cove("log", "-m", "spoilt").returncode, 1)


if __name__ == "__main__":
    unittest.main()
