# SPDX-License-Identifier: MIT
"""A bus driver of the Framework with tests inside, installed, run, removed."""
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "program"))
from kit import BUILD, CoveTest  # noqa: E402

FOLDER = os.path.join(BUILD, "test", "framework")
JUKEBOX = os.path.join(BUILD, "drivers", "jukebox.inf")
RECORD = os.path.join(BUILD, "drivers", "record.inf")


class Devices(CoveTest):
    def run_package(self, *arguments):
        done = self.cove("run", *arguments, timeout=120)
        text = done.stdout + done.stderr
        self.assertEqual(done.returncode, 0, text)
        for word in ("leak", " pool blocks"):
            self.assertNotIn(word, text, text)
        return text

    def test_driver(self):
        text = self.run_package(os.path.join(FOLDER, "fxdevice_test.inf"), "--",
                                os.path.join(BUILD, "apps", "fxdevice_runner.exe"))
        self.assertIn(" 0 failed", text)

    def test_jukebox_leaves_nothing(self):
        text = self.run_package(JUKEBOX, RECORD, "--",
                                os.path.join(BUILD, "apps", "jukeboxtest.exe"))
        self.assertIn("all is well", text)


if __name__ == "__main__":
    unittest.main()
