# SPDX-License-Identifier: MIT
"""A driver that never comes back from DriverEntry, DriverUnload or its last request is named after a
stated time, and holds up nobody: neither the commands nor the machine's end."""
import os
import shutil
import unittest

from kit import CoveTest, driver

LIMIT = r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\I/O System"


class Stays(CoveTest):

    def copy(self, service):
        """An image is loaded once: each service has its own."""
        return shutil.copy(driver("stays"), os.path.join(self.folder, service + ".sys"))

    def machine_begin(self, name, *services):
        self.good("boot", name)
        for service in services:
            self.good("sc", "-m", name, "create", service, "binPath=", self.copy(service))

    def limit(self, name, seconds):
        """Short only while a driver is called that does not come back: others may be slow."""
        self.good("reg", "-m", name, "add", LIMIT, "/v", "DriverCallLimitSeconds",
                  "/t", "REG_DWORD", "/d", str(seconds), "/f")

    def machine_end(self, name, *lines):
        """It ends, though code of a driver is still in it, and says what stays."""
        self.good("shutdown", name)
        self.assertIsNone(self.machine(name))
        log = self.good("log", "-m", name).stdout
        for line in lines:
            self.assertIn(line, log)

    def test_driver_entry(self):
        self.machine_begin("entry", "stays_entry", "stays")
        self.limit("entry", 1)
        done = self.cove("sc", "-m", "entry", "start", "stays_entry")
        self.assertIn("1053", done.stdout)
        self.assertRegex(done.stderr, "stays_entry: DriverEntry has not come back for 1 s")
        self.assertIn("DriverCallLimitSeconds", done.stderr)
        self.limit("entry", 120)
        # It cannot be unloaded: it has not been loaded yet. Others can.
        done = self.cove("sc", "-m", "entry", "stop", "stays_entry")
        self.assertIn("its DriverEntry has not come back", done.stderr)
        self.good("sc", "-m", "entry", "start", "stays")
        self.good("sc", "-m", "entry", "stop", "stays")
        self.machine_end("entry", "io: DriverEntry of stays_entry has not come back for 1 s",
                         "stays_entry stays loaded: its DriverEntry has not come back")

    def test_driver_unload(self):
        self.machine_begin("unload", "stays_unload")
        self.good("sc", "-m", "unload", "start", "stays_unload")
        self.limit("unload", 1)
        done = self.cove("sc", "-m", "unload", "stop", "stays_unload")
        self.assertIn("1053", done.stdout)
        self.assertRegex(done.stderr, "stays_unload: DriverUnload has not come back for 1 s")
        self.machine_end("unload", "stays_unload stays loaded: its DriverUnload has not come back")

    def test_only_at_the_end(self):
        """Nobody asks for the unload but the end of the machine."""
        self.machine_begin("end", "stays_unload", "stays_shutdown")
        self.good("sc", "-m", "end", "start", "stays_unload")
        self.good("sc", "-m", "end", "start", "stays_shutdown")
        self.limit("end", 1)
        self.machine_end("end", "io: IRP_MJ_SHUTDOWN of stays_shutdown has not come back for 1 s",
                         "stays_unload stays loaded: its DriverUnload has not come back")

    def test_references_to_threads(self):
        """Of what is kept for good, the end of the machine waits for nothing."""
        done = self.cove("run", self.copy("stays_object"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stderr, r"leak: object without a name of type Thread, made by "
                                      r"stays_object\.sys\+0x")


if __name__ == "__main__":
    unittest.main()
