# SPDX-License-Identifier: MIT
"""cove pnputil: its commands on packages of our own, in the words of the original."""
import json
import os
import unittest

from kit import CoveTest
from package import CLASS, package


class Pnputil(CoveTest):
    machine_name = "pnputil"

    def setUp(self):
        self.good("boot", self.machine_name, "--fresh")
        self.addCleanup(self.cove, "shutdown", self.machine_name)

    def pnputil(self, *words, code=0):
        done = self.cove("pnputil", "-m", self.machine_name, *words)
        self.assertEqual(done.returncode, code & 0xff, f"{words}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def inf(self, name, folder="", **fields):
        return package(os.path.join(self.folder, self.id(), folder or name), name, **fields)

    def install(self, name, **fields):
        self.good("devcon", "-m", self.machine_name, "install", self.inf(name, **fields),
                  f"root\\{name}")

    def test_add_enum_delete(self):
        self.assertIn("No published driver packages", self.pnputil("/enum-drivers"))
        inf = self.inf("one")
        self.assertEqual(
            self.pnputil("/add-driver", inf),
            "Microsoft PnP Utility\n\nAdding driver package:  one.inf\n"
            "Driver package added successfully.\nPublished Name:         oem0.inf\n\n"
            "Total driver packages:  1\nAdded driver packages:  1\n")
        self.assertIn("Already exists in the system", self.pnputil("-a", inf))
        self.assertEqual(
            self.pnputil("/enum-drivers"),
            "Microsoft PnP Utility\n\n"
            "Published Name:     oem0.inf\nOriginal Name:      one.inf\n"
            "Provider Name:      Test Maker\nClass Name:         System\n"
            f"Class GUID:         {CLASS}\nDriver Version:     01/02/2026 1.0.0.0\n"
            "Signer Name:        Cove Test Certificate\n\n")
        self.assertRegex(self.pnputil("/enum-drivers", "/files"), r"Driver Files: +one\.inf\n +one\.cat\n +one\.sys")
        self.assertNotIn("oem0", self.pnputil("/enum-drivers", "/class", "Net"))
        self.assertIn("oem0", self.pnputil("/enum-drivers", "/class", CLASS))
        self.assertEqual(json.loads(self.pnputil("/enum-drivers", "--json"))[0]["published"],
                         "oem0.inf")
        self.assertIn("deleted successfully", self.pnputil("/delete-driver", "oem0.inf"))
        self.assertIn("Failed to delete", self.pnputil("/delete-driver", "oem0.inf", code=0x23c))

    def test_packages_that_come_along(self):
        # CopyINF: at import, recursively, each once; a driver's children find theirs in the store.
        self.inf("child", folder="family", install="CopyINF=parent.inf, BELOW\\grandchild.inf")
        self.inf("grandchild", folder="family/below")
        parent = self.inf("parent", folder="family", install="CopyINF=Child.inf")
        out = self.pnputil("/add-driver", parent)
        self.assertIn("Added driver packages:  1\n", out)
        store = json.loads(self.pnputil("/enum-drivers", "--json"))
        self.assertEqual([package["original"] for package in store],
                         ["parent.inf", "child.inf", "grandchild.inf"])
        done = self.cove("pnputil", "-m", self.machine_name, "/add-driver",
                         self.inf("alone", install="CopyINF=lost.inf"))
        self.assertIn("CopyINF names lost.inf, which is not there", done.stderr)

    def test_folders(self):
        for name in ("one", "two"):
            self.inf(name, folder="many")
        self.inf("three", folder="many/below")
        many = os.path.join(self.folder, self.id(), "many")
        out = self.pnputil("/add-driver", os.path.join(many, "*.inf"))
        self.assertIn("Total driver packages:  2\nAdded driver packages:  2\n", out)
        out = self.pnputil("/add-driver", os.path.join(many, "*.inf"), "/subdirs")
        self.assertIn("Total driver packages:  3\n", out)
        target = os.path.join(self.folder, self.id(), "export")
        os.mkdir(target)
        self.assertIn("exported successfully", self.pnputil("/export-driver", "oem0.inf", target))
        self.assertEqual(sorted(os.listdir(target)), ["one.cat", "one.inf", "one.sys"])
        with open(os.path.join(target, "one.sys"), "rb") as a, \
                open(os.path.join(many, "one.sys"), "rb") as b:
            self.assertEqual(a.read(), b.read())
        self.pnputil("/export-driver", "*", target)
        self.assertEqual(sorted(os.listdir(os.path.join(target, "oem2.inf"))),
                         ["three.cat", "three.inf", "three.sys"])

    def test_devices(self):
        self.install("one")
        out = self.pnputil("/enum-devices", "/instanceid", "ROOT\\SYSTEM\\0000", "/ids")
        self.assertEqual(
            out, "Microsoft PnP Utility\n\n"
            "Instance ID:                ROOT\\SYSTEM\\0000\n"
            "Device Description:         one device\n"
            "Class Name:                 System\n"
            f"Class GUID:                 {CLASS}\n"
            "Manufacturer Name:          Test Maker\n"
            "Status:                     Started\n"
            "Driver Name:                oem0.inf\n"
            "Hardware IDs:               root\\one\n\n")
        for words in (("/connected",), ("/class", "System"), ("/deviceid", "root\\one"),
                      ("/bus", "ROOT")):
            self.assertIn("ROOT\\SYSTEM\\0000", self.pnputil("/enum-devices", *words), words)
        for words in (("/disconnected",), ("/class", "Net"), ("/problem",), ("/bus", "PCI")):
            self.assertNotIn("ROOT\\SYSTEM\\0000", self.pnputil("/enum-devices", *words), words)
        self.assertRegex(self.pnputil("/enum-devices", "/class", "System", "/relations"),
                         r"Parent Device ID: +HTREE\\ROOT\\0")
        self.assertRegex(self.pnputil("/enum-devices", "/class", "System", "/stack"),
                         r"Stack: +\\Driver\\one")
        self.assertRegex(self.pnputil("/enum-devices", "/class", "System", "/services"),
                         r"Service Name: +one")
        drivers = self.pnputil("/enum-devices", "/class", "System", "/drivers")
        self.assertRegex(drivers, r"Driver Status: +Best Ranked / Installed")
        self.assertRegex(self.pnputil("/enum-devicetree"),
                         r"HTREE\\ROOT\\0\n(.*\n)+    ROOT\\SYSTEM\\0000\n")
        self.assertRegex(self.pnputil("/enum-classes", "/class", "System"),
                         r"Class Description: +System devices")

    def test_changes(self):
        self.install("one")
        name = "ROOT\\SYSTEM\\0000"
        self.assertIn("Device disabled successfully.", self.pnputil("/disable-device", name))
        out = self.pnputil("/enum-devices", "/problem")
        self.assertRegex(out, r"Status: +Disabled\nProblem Code: +22 \(0x16\) \[CM_PROB_DISABLED\]")
        self.assertIn(name, self.pnputil("/enum-devices", "/problem", "22"))
        self.assertNotIn(name, self.pnputil("/enum-devices", "/problem", "28"))
        self.assertIn("enabled successfully", self.pnputil("/enable-device", name))
        self.assertIn("restarted successfully",
                      self.pnputil("/restart-device", "/deviceid", "root\\one"))
        self.pnputil("/scan-devices")
        self.assertIn("removed successfully", self.pnputil("/remove-device", name))
        self.pnputil("/remove-device", name, code=0x20b)

    def test_uninstall(self):
        """A package that goes with /uninstall leaves its devices to the next best."""
        worse = self.inf("worse", ids=("root\\x",), date="01/01/2020")
        better = self.inf("better", ids=("root\\x",), date="01/01/2024")
        self.good("devcon", "-m", self.machine_name, "install", worse, "root\\x")
        self.pnputil("/add-driver", better, "/install")
        service = lambda: json.loads(self.pnputil("/enum-devices", "/deviceid", "root\\x",
                                                  "--json"))[0]["service"]
        self.assertEqual(service(), "better")
        self.assertIn("Failed", self.pnputil("/delete-driver", "oem1.inf", code=0x23d))
        self.pnputil("/delete-driver", "oem1.inf", "/uninstall")
        self.assertEqual(service(), "worse")
        self.pnputil("/delete-driver", "oem0.inf", "/uninstall")
        self.assertEqual(service(), "")
        out = self.pnputil("/enum-devices", "/problem")
        self.assertRegex(out, r"\[CM_PROB_(FAILED_INSTALL|NOT_CONFIGURED)\]")

    def test_mistakes(self):
        for words in ((), ("/fly",), ("/add-driver",), ("/delete-driver",), ("/export-driver", "x"),
                      ("/enable-device",)):
            self.pnputil(*words, code=87)
        self.assertIn("/enum-devices", self.pnputil("/?"))
        self.assertIn("Failed to add", self.pnputil("/add-driver", "/nowhere/x.inf", code=2))


if __name__ == "__main__":
    unittest.main()
