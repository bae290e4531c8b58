# SPDX-License-Identifier: MIT
"""Hive files of programs, and that other tools and we read each other's."""
import os
import subprocess
import unittest

from kit import CoveTest, program

SCRIPT = """add A
cd A
add B
cd B
setval 2
Word
string:hi
Number
dword:17
commit
"""


class Hives(CoveTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cove("boot", "hives")

    def run_in(self, *words):
        return self.good("exec", "-m", "hives", program("hives"), *words, cwd=self.folder)

    def test_checks(self):
        self.assertIn("all checks passed", self.run_in().stdout)
        # A log is only there while its hive is loaded.
        self.assertEqual([name for name in os.listdir(self.folder) if "LOG" in name], [])

    def test_other_tools_read_ours(self):
        self.run_in("save", "ours.hiv")
        seen = subprocess.run(["hivexml", os.path.join(self.folder, "ours.hiv")],
                              capture_output=True, check=True).stdout.decode()
        self.assertIn('name="Grandchild"', seen)
        self.assertIn("some words", seen)
        self.assertIn('value="42"', seen)

    def test_we_read_theirs(self):
        # Made by hivex from one of ours: its cells and free space are its own.
        theirs = os.path.join(self.folder, "theirs.hiv")
        self.run_in("save", "theirs.hiv")
        subprocess.run(["hivexsh", "-w", theirs], input=SCRIPT.encode(), check=True)
        said = self.run_in("read", "theirs.hiv").stdout
        self.assertIn("Word=hi", said)
        self.assertIn("Number=17", said)


if __name__ == "__main__":
    unittest.main()
