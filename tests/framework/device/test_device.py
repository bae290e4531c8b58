# SPDX-License-Identifier: MIT
"""A bus driver of the Framework with tests inside, installed, run, removed."""
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "program"))
from kit import BUILD, COVE, CoveTest  # noqa: E402

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

    def test_each_allocation_fails(self):
        """With VerifierAllocateFailCount, at AddDevice, at the start, when a child is made."""
        settings = r"HKLM\SYSTEM\CurrentControlSet\Services\jukebox\Parameters\Wdf"
        program = os.path.join(BUILD, "apps", "jukeboxtest.exe")
        self.good("boot", "starved")
        machine = ("-m", "starved")
        self.good("pnputil", *machine, "/add-driver", RECORD)
        self.good("devcon", *machine, "install", JUKEBOX, r"Root\Jukebox")
        self.good("reg", *machine, "add", settings, "/v", "VerifierOn", "/t", "REG_DWORD", "/d",
                  "1", "/f")
        started = inserted = False
        for count in range(200):
            self.good("devcon", *machine, "disable", r"Root\Jukebox")
            self.good("reg", *machine, "add", settings, "/v", "VerifierAllocateFailCount", "/t",
                      "REG_DWORD", "/d", str(count), "/f")
            self.cove("devcon", *machine, "enable", r"Root\Jukebox")
            status = self.cove("devcon", *machine, "status", r"Root\Jukebox").stdout
            if "running" not in status:
                self.assertFalse(started, f"{count} allocations are too few, {count - 1} were not")
                continue
            started = True
            self.cove("exec", *machine, program, "insert", "5")
            self.good("devcon", *machine, "rescan")
            if "running" in self.cove("devcon", *machine, "status", r"Jukebox\Record").stdout:
                inserted = True
                break
        self.assertTrue(inserted, "two hundred allocations are not enough")
        self.assertGreater(count, 10)
        self.good("devcon", *machine, "remove", r"Root\Jukebox")
        log = subprocess.Popen([COVE, "log", *machine], env=self.environment, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        text = log.stdout.readline()  # it listens
        self.good("shutdown", "starved")
        text += log.communicate(timeout=60)[0]
        self.assertIn("jukebox", text)
        self.assertNotIn("pool blocks", text)


if __name__ == "__main__":
    unittest.main()
