# SPDX-License-Identifier: MIT
"""Windows programs that check the program's side from within, each on a fresh machine."""
import os
import shutil
import subprocess
import unittest

from kit import CoveTest, driver, program


class Programs(CoveTest):
    def passes(self, name, driver_name="wdm1", cwd=None):
        done = self.cove("run", "--quiet", driver(driver_name), "--", cwd and f"./{name}.exe"
                         or program(name), cwd=cwd)
        text = done.stdout.replace("\r", "")
        self.assertEqual(done.returncode, 0, text + done.stderr)
        self.assertIn("all checks passed", text)
        self.assertNotIn("FAILED", text)
        self.assertNotIn("leak", done.stderr)
        return done

    def test_files(self):
        self.passes("files")
        self.assertEqual(os.listdir(self.runtime), [])

    def test_locks(self):
        self.passes("locks")

    def test_names(self):
        self.passes("names")

    def test_threads(self):
        self.passes("threads")

    def test_border(self):
        self.passes("border")

    def test_sync(self):
        self.passes("sync")

    def test_overlapped(self):
        self.passes("overlapped", "pending")

    def test_ports(self):
        self.passes("ports", "pending")

    def test_heap(self):
        self.passes("heap")

    def test_sections(self):
        shutil.copy(program("sections"), self.folder)
        self.passes("sections", cwd=self.folder)

    def test_events(self):
        done = self.passes("events")
        lines = [line for line in done.stderr.splitlines() if line.startswith("etw| ")]
        guid = "{11223344-5566-7788-0102-030405060708}"
        self.assertEqual(lines, [
            "etw| %s event 7.2 level 4: 78 56 34 12, 61 62" % guid,
            "etw| %s level 3: hello \u20ac " % guid,
            "etw| %s event 7.2 level 4 after %s" % (guid, guid)])

    def test_pipes(self):
        self.passes("pipes")

    def test_volumes(self):
        self.passes("volumes")

    def test_snapshots(self):
        self.passes("snapshots")

    def test_sections_of_two(self):
        """One program's mapping and memory in another one's hands."""
        self.boot("two")
        first = self.program_start("two", program("sections"), "first", text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertIn("mapping with a name", first.stdout.readline())
        while "ready" not in (line := first.stdout.readline()):
            self.assertNotEqual(line, "")
        second = self.cove("exec", "-m", "two", program("sections"), "second")
        self.assertIn("all checks passed", second.stdout, second.stderr)
        text = first.communicate(timeout=60)[0]
        self.assertIn("all checks passed", text)
        self.assertNotIn("leak", self.good("shutdown", "two").stderr)

    def test_console(self):
        self.passes("console")

    def test_functions_of_older_compilers(self):
        self.passes("classic")

    def test_time(self):
        self.passes("time")

    def test_errors(self):
        self.passes("errors")

    def gap(self, name, wanted, driver_name="wdm1"):
        """What is known not to be there: ends with words that say so, and fails once it is."""
        done = self.cove("run", "--quiet", driver(driver_name), "--", program(name))
        self.assertNotEqual(done.returncode, 0, "the gap is closed: call passes() instead")
        self.assertIn(wanted, done.stderr)

    def test_apcs(self):
        self.passes("apc", "apc_driver")

    def test_pools(self):
        self.passes("pool", "pending")

    def test_messages(self):
        self.passes("messages")

    def test_profiles(self):
        shutil.copy(program("profiles"), self.folder)
        self.passes("profiles", cwd=self.folder)

    def test_children(self):
        folder = os.path.join(self.folder, "children")
        os.mkdir(folder)
        shutil.copy(program("child"), folder)
        self.passes("child", cwd=folder)

    def test_loops(self):
        shutil.copy(program("loops"), self.folder)
        self.passes("loops", cwd=self.folder)

    def test_stop(self):
        self.passes("stop", "pending")

    def test_scm(self):
        """A program that installs the driver that lies beside it."""
        folder = os.path.join(self.folder, "its folder")
        os.mkdir(folder)
        shutil.copy(program("scm"), folder)
        shutil.copy(driver("wdm1"), os.path.join(folder, "its.sys"))
        with open(os.path.join(folder, "text.sys"), "w") as file:
            file.write("no driver\n" * 20)
        self.boot("scm")
        done = self.cove("exec", "-m", "scm", "./scm.exe", cwd=folder)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("all checks passed", done.stdout)
        self.assertEqual([item for item in self.machine("scm")["drivers"] if item["image"]], [])
        self.good("shutdown", "scm")


if __name__ == "__main__":
    unittest.main()
