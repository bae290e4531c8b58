# SPDX-License-Identifier: MIT
"""cove devcon: every verb on packages of our own, in the words of the original."""
import json
import os
import unittest

from kit import CoveTest
from package import CLASS, package


class Devcon(CoveTest):
    """One machine; each test installs what it looks at, and takes it away again."""
    machine_name = "devcon"

    def setUp(self):
        self.good("boot", self.machine_name, "--fresh")
        self.addCleanup(self.cove, "shutdown", self.machine_name)

    def devcon(self, *words, code=0):
        done = self.cove("devcon", "-m", self.machine_name, *words)
        self.assertEqual(done.returncode, code, f"{words}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def inf(self, name, **fields):
        return package(os.path.join(self.folder, self.id(), name), name, **fields)

    def install(self, name, **fields):
        self.devcon("install", self.inf(name, **fields), f"root\\{name}")

    def device(self, hardware_id):
        found = json.loads(self.devcon("--json", "find", "'" + hardware_id))
        return found[0] if found else None

    def driver_log(self):
        """What drivers have printed until now."""
        self.good("shutdown", self.machine_name)

    def test_install(self):
        out = self.devcon("install", self.inf("one"), "root\\one")
        self.assertEqual(out.splitlines()[0],
                         "Device node created. Install is complete when drivers are installed...")
        self.assertRegex(out, r"(?m)^Updating drivers for root\\one from .*one\.inf\.$")
        self.assertRegex(out, r"(?m)^Drivers installed successfully\.$")
        device = self.device("root\\one")
        self.assertEqual(device["instance"], "ROOT\\SYSTEM\\0000")
        self.assertEqual(device["hardware_ids"], ["root\\one"])
        self.assertEqual(device["service"], "one")
        self.assertEqual(device["class"], "System")
        self.assertEqual(device["class_guid"].lower(), CLASS)
        self.assertEqual(device["inf"], "oem0.inf")
        self.assertEqual(device["section"], "Device")
        self.assertEqual(device["provider"], "Test Maker")
        self.assertEqual(device["version"], "1.0.0.0")
        self.assertEqual(device["date"], "1-2-2026")
        self.assertEqual(device["matching_id"], "root\\one")
        self.assertEqual(device["problem"], 0)
        self.assertEqual([row["kind"] for row in device["stack"]], ["PDO", "FDO"])
        self.assertEqual(device["stack"][1]["driver"], "one")

    def test_lists(self):
        self.install("one")
        line = "ROOT\\SYSTEM\\0000".ljust(60) + ": one device\n"
        for verb in ("find", "findall"):
            self.assertEqual(self.devcon(verb, "root\\on*"), line + "1 matching device(s) found.\n")
        self.assertEqual(self.devcon("find", "@ROOT\\SYSTEM\\*"),
                         line + "1 matching device(s) found.\n")
        self.assertEqual(self.devcon("find", "=System"), line + "1 matching device(s) found.\n")
        self.assertEqual(self.devcon("find", "=Net"), "No matching devices found.\n")
        self.assertEqual(self.devcon("find", "nothing"), "No matching devices found.\n")
        head = "ROOT\\SYSTEM\\0000\n    Name: one device\n"
        tail = "1 matching device(s) found.\n"
        for verb, body in (
                ("status", "    Driver is running.\n"),
                ("hwids", "    Hardware IDs:\n        root\\one\n"),
                ("stack", f"    Setup Class: {CLASS} System\n"
                          "    Controlling service:\n        one\n"),
                ("resources", "    Device is not using any resources.\n")):
            with self.subTest(verb=verb):
                self.assertEqual(self.devcon(verb, "root\\one"), head + body + tail)
        files = self.devcon("driverfiles", "root\\one")
        self.assertRegex(files, r"(?m)^    Driver installed from oem0\.inf \[Device\]\. "
                                r"1 file\(s\) used by driver:$")
        self.assertRegex(files, r"(?m)^        C:\\Windows\\System32\\DriverStore\\"
                                r"FileRepository\\one\.inf_amd64_[0-9a-f]{16}\\one\.sys$")
        nodes = self.devcon("drivernodes", "root\\one")
        for wanted in ("Driver node #0:", "    Inf file is oem0.inf", "    Inf section is Device.NT",
                       "    Driver description is one device", "    Manufacturer name is Test Maker",
                       "    Provider name is Test Maker", "    Driver date is 01/02/2026",
                       "    Driver version is 1.0.0.0", "    Driver node rank is"):
            self.assertIn(wanted, nodes)

    def test_enable_and_disable(self):
        self.install("one")
        out = self.devcon("disable", "root\\one")
        self.assertEqual(out, "ROOT\\SYSTEM\\0000".ljust(60) + ": Disabled\n1 device(s) disabled.\n")
        self.assertIn("Device is disabled.", self.devcon("status", "root\\one"))
        self.assertEqual(self.device("root\\one")["problem"], 22)
        out = self.devcon("enable", "root\\one")
        self.assertEqual(out,
                         "ROOT\\SYSTEM\\0000".ljust(60) + ": Enabled\n1 device(s) are enabled.\n")
        self.assertIn("Driver is running.", self.devcon("status", "root\\one"))
        out = self.devcon("restart", "root\\one")
        self.assertEqual(out,
                         "ROOT\\SYSTEM\\0000".ljust(60) + ": Restarted\n1 device(s) restarted.\n")
        self.assertEqual(self.devcon("disable", "none"), "No matching devices found.\n")

    def test_remove(self):
        self.install("one")
        self.install("two")
        out = self.devcon("remove", "root\\one")
        self.assertEqual(out, "ROOT\\SYSTEM\\0000".ljust(60) +
                         ": Removed\n1 device(s) were removed.\n")
        self.assertIsNone(self.device("root\\one"))
        self.assertIsNotNone(self.device("root\\two"))
        self.assertEqual(self.devcon("remove", "root\\one"), "No devices were removed.\n")
        self.assertEqual(self.devcon("findall", "root\\one"), "No matching devices found.\n")

    def test_kept_over_a_boot(self):
        self.install("one", hw="[Device.NT.HW]\nAddReg=HwReg\n[HwReg]\nHKR,,Greeting,,hardware\n")
        before = self.device("root\\one")
        self.good("shutdown", self.machine_name)
        self.good("boot", self.machine_name)
        after = self.device("root\\one")
        for item in (before, after):
            for row in item["stack"]:
                del row["device"]
        self.assertEqual(before, after)
        self.assertIn("Driver is running.", self.devcon("status", "root\\one"))

    def test_update(self):
        self.install("one")
        newer = self.inf("one", date="02/02/2026", version="2.0.0.0", description="newer")
        out = self.devcon("update", newer, "root\\one")
        self.assertRegex(out, r"Updating drivers for root\\one from .*one\.inf\.\n"
                              r"Drivers installed successfully\.\n")
        self.assertEqual(self.device("root\\one")["version"], "2.0.0.0")
        self.assertEqual(self.device("root\\one")["inf"], "oem1.inf")
        # The original's update is forced: an older one is taken, too.
        older = self.inf("one", date="01/01/2020", version="0.5.0.0")
        self.devcon("updateni", older, "root\\one")
        self.assertEqual(self.device("root\\one")["version"], "0.5.0.0")
        self.devcon("update", older, "root\\nobody", code=2)

    def test_packages(self):
        self.assertEqual(self.devcon("dp_enum"),
                         "There are no third-party driver packages on this machine.\n")
        inf = self.inf("one")
        self.assertEqual(self.devcon("dp_add", inf), "Driver package 'oem0.inf' added.\n")
        self.assertEqual(self.devcon("dp_add", inf), "Driver package 'oem0.inf' added.\n")
        self.assertEqual(
            self.devcon("dp_enum"),
            "The following third-party driver packages are installed on this computer:\noem0.inf\n"
            "    Provider: Test Maker\n    Class: System\n    Version: 1.0.0.0\n"
            "    Date: 01/02/2026\n    Signer: Cove Test Certificate\n")
        self.devcon("install", inf, "root\\one")
        self.assertIn("it is in use by a device", self.devcon("dp_delete", "oem0.inf", code=2))
        self.devcon("remove", "root\\one")
        self.assertEqual(self.devcon("dp_delete", "oem0.inf"),
                         "Driver package 'oem0.inf' deleted.\n")
        self.assertIn("not an third-party", self.devcon("dp_delete", "oem0.inf", code=2))

    def test_classes(self):
        self.install("one", class_name="Gadgets",
                     class_guid="{11112222-3333-4444-5555-666677778888}",
                     version_more="[ClassInstall32]\nAddReg=ClassReg\n"
                                  "[ClassReg]\nHKR,,,,\"Gadgets of a test\"")
        self.assertIn("Gadgets".ljust(20) + ": Gadgets of a test\n", self.devcon("classes"))
        self.assertEqual(
            self.devcon("listclass", "gadgets"),
            'Listing 1 devices in setup class "Gadgets" (Gadgets of a test).\n' +
            "ROOT\\GADGETS\\0000".ljust(60) + ": one device\n")
        self.assertEqual(self.devcon("listclass", "nix"),
                         'There is no "nix" setup class on the local machine.\n')
        changed = ("Class filters changed. Restart the devices or reboot the system to make the "
                   "change effective.\n")
        for words, names in ((("+A", "+B", "+C"), "ABC"), (("@B", "-X"), "AXBC"),
                             (("!X",), "ABC"), (("=!C", "=!A"), "B"), (("-D",), "DB"),
                             (("!B", "+E"), "DE")):
            out = self.devcon("classfilter", "gadgets", "upper", *words, code=1)
            self.assertEqual(out, "".join(f"    {name}\n" for name in names) + changed, words)
        self.assertEqual(self.devcon("classfilter", "gadgets", "upper"),
                         "    D\n    E\nClass filters unchanged.\n")
        self.devcon("classfilter", "gadgets", "upper", "!Nobody", code=3)
        self.devcon("classfilter", "gadgets", "middle", code=3)
        out = self.devcon("stack", "root\\one")
        self.assertIn("    Upper class filters:\n        D\n        E\n", out)

    def test_sethwid(self):
        self.install("one")
        for words, ids in ((("+first",), ["first", "root\\one"]),
                           (("-last",), ["first", "root\\one", "last"]),
                           (("!first",), ["root\\one", "last"]),
                           (("+last", "next"), ["last", "next", "root\\one"]),
                           (("=only",), ["only"])):
            out = self.devcon("sethwid", "@ROOT\\SYSTEM\\0000", ":=", *words)
            self.assertIn("Modified the Hardware ID on 1 device(s).\n", out)
            self.assertEqual(self.device(ids[0])["hardware_ids"], ids)
        self.assertIn("Skipping (Not root-enumerated)",
                      self.devcon("sethwid", "@HTREE\\*", ":=", "+x"))
        self.devcon("sethwid", "one", code=3)

    def test_filters_and_tree(self):
        self.install(
            "one", binaries=("one", "above", "below"),
            services="AddService=one,2,Service\nAddService=above,,Above\nAddService=below,,Below",
            hw='[Device.NT.HW]\nAddReg=HwReg\n[HwReg]\nHKR,,"UpperFilters",0x00010000,"above"\n'
               'HKR,,"LowerFilters",0x00010000,"below"\n',
            more="".join(f"[{name.title()}]\nServiceType=1\nStartType=3\nErrorControl=1\n"
                         f"ServiceBinary=%13%\\{name}.sys\n" for name in ("above", "below")))
        device = self.device("root\\one")
        self.assertEqual([(row["driver"], row["kind"], row["role"]) for row in device["stack"][1:]],
                         [("below", "Filter DO", "lower filter"), ("one", "FDO", "function driver"),
                          ("above", "Filter DO", "upper filter")])
        tree = self.devcon("tree")
        self.assertRegex(tree, r'^HTREE\\ROOT\\0')
        self.assertRegex(tree, r'\+- ROOT\\SYSTEM\\0000  "one device"  \(started\)\n'
                               r" +Filter DO above +upper filter\n"
                               r" +FDO +one +function driver\n"
                               r" +Filter DO below +lower filter\n"
                               r" +PDO +\S+ +bus driver\n")
        dot = os.path.join(self.folder, "tree.dot")
        self.devcon("tree", "--dot", dot)
        with open(dot, encoding="utf-8") as file:
            graph = file.read()
        self.assertIn('"HTREE\\\\ROOT\\\\0" -> "ROOT\\\\SYSTEM\\\\0000";', graph)
        self.assertLess(graph.index(">above<"), graph.index(">one<"))

    def test_rescan_help_and_mistakes(self):
        self.assertEqual(self.devcon("rescan"),
                         "Scanning for new hardware.\nScanning completed.\n")
        overview = self.devcon("help")
        for verb in ("install", "update", "updateni", "remove", "find", "findall", "status", "stack",
                     "hwids", "driverfiles", "drivernodes", "resources", "rescan", "enable",
                     "disable", "restart", "reboot", "classes", "listclass", "classfilter",
                     "sethwid", "dp_add", "dp_delete", "dp_enum", "help", "tree"):
            with self.subTest(verb=verb):
                self.assertRegex(overview, rf"(?m)^{verb} ")
                self.assertIn(f"usage: cove devcon {verb}", self.devcon("help", verb))
        self.assertEqual(self.devcon("help", "fly"), "Unknown command.\n")
        self.devcon("fly", code=3)
        self.devcon("install", "x.inf", code=3)
        self.devcon("find", code=3)
        self.devcon("reboot", code=2)
        self.devcon("install", "/nowhere/x.inf", "root\\x", code=2)


if __name__ == "__main__":
    unittest.main()
