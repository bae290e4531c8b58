# SPDX-License-Identifier: MIT
"""Programs and devices: setupapi, cfgmgr32 and newdev against the toy bus."""
import os
import shutil
import tempfile
import unittest

from kit import BUILD, EXAMPLE_DRIVERS, CoveTest, driver, program


class Devices(CoveTest):
    def test_devices(self):
        done = self.good("run", driver("toybus"), driver("toy"), "--", program("devices"))
        self.assertIn("all checks passed", done.stdout)

    def test_packages(self):
        """A package lies beside the program that installs it."""
        folder = os.path.join(self.folder, "package")
        os.mkdir(folder)
        for file in ("toybus.inf", "toybus.sys"):
            shutil.copy(os.path.join(EXAMPLE_DRIVERS, file), folder)
        shutil.copy(program("packages"), folder)
        # Test signing wants a catalog: nobody signs for a program.
        done = self.cove("run", driver("wdm1"), "--", "packages.exe", cwd=folder)
        self.assertNotEqual(done.returncode, 0)
        self.good("inf2cat", folder)
        done = self.good("run", driver("wdm1"), "--", "packages.exe", cwd=folder)
        self.assertIn("all checks passed", done.stdout)

    def test_file_queues(self):
        for path in (program("queues"), os.path.join(BUILD, "test", "programs32", "queues.exe")):
            done = self.good("run", driver("wdm1"), "--", path)
            self.assertIn("all checks passed", done.stdout)

    def test_install_sections(self):
        """Sections of an INF by a program that lies beside it; each width on its own machine."""
        for path in (program("installs"),
                     os.path.join(BUILD, "test", "programs32", "installs.exe")):
            folder = tempfile.mkdtemp(dir=self.folder)
            os.mkdir(os.path.join(folder, "below"))
            shutil.copy("installs.inf", folder)
            shutil.copy(driver("nonpnp"), os.path.join(folder, "installs.sys"))
            shutil.copy(path, folder)
            for name, text in (("first.txt", "first"), ("below/second.txt", "second")):
                with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                    file.write(text)
            done = self.good("run", driver("wdm1"), "--", "installs.exe", cwd=folder)
            self.assertIn("all checks passed", done.stdout)


if __name__ == "__main__":
    unittest.main()
