# SPDX-License-Identifier: MIT
"""`cove new`: names, folders, and that a project of each template builds, installs and passes."""
import os
import re
import subprocess
import tempfile
import unittest

COVE = os.environ.get("COVE", "cove")
PASSED = r"(?m)^.* ok$"


def new(folder, *words):
    return subprocess.run([COVE, "new", *words], cwd=folder, capture_output=True, text=True)


class Folder(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.folder = place.name

    def files(self, *below):
        return sorted(os.listdir(os.path.join(self.folder, *below)))


class Names(Folder):
    def refused(self, words, says):
        done = new(self.folder, *words)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertRegex(done.stderr, says)
        self.assertEqual(self.files(), [])

    def test_longer_than_the_framework_bears(self):
        for template in ("kmdf", "kmdf-hello", "filter"):
            self.refused((template, "A" * 33), r"33 characters, at most 32 .*\n.*wdfglobals\.h")

    def test_longest(self):
        self.assertEqual(new(self.folder, "filter", "A" * 32).returncode, 0)
        names = self.files("A" * 32)
        self.assertIn("A" * 32 + ".c", names)
        self.assertIn("A" * 26 + "device.c", names)  # a driver, too

    def test_not_of_a_file_or_an_identifier(self):
        for name in ("7up", "a-b", "a b", "a.b", "../a", "", "\u00e4", "_a"):
            self.refused(("wdm", name), "no name for a driver")

    def test_of_windows_own(self):
        for name in ("con", "Nul", "COM1", "lpt9"):
            self.refused(("wdm", name), "device in every folder")
        self.refused(("wdm", "WDF01000"), "module of the system")

    def test_no_such_template(self):
        self.refused(("umdf3", "A"), "there are kmdf, kmdf-hello, filter, wdm")


class Places(Folder):
    def test_nothing_is_overwritten(self):
        os.mkdir(os.path.join(self.folder, "A"))
        with open(os.path.join(self.folder, "A", "mine"), "w") as file:
            file.write("mine")
        done = new(self.folder, "wdm", "A")
        self.assertEqual(done.returncode, 1)
        self.assertIn("nothing is overwritten", done.stderr)
        self.assertEqual(self.files("A"), ["mine"])

    def test_an_empty_folder_of_any_name(self):
        os.mkdir(os.path.join(self.folder, "some-where"))
        done = new(self.folder, "wdm", "A", "some-where")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("A.c", self.files("some-where"))

    def test_templates_elsewhere(self):
        done = subprocess.run([COVE, "new", "wdm", "A"], cwd=self.folder, capture_output=True,
                              text=True, env={**os.environ, "COVE_TEMPLATES": "/nowhere"})
        self.assertEqual(done.returncode, 1)
        self.assertIn("COVE_TEMPLATES", done.stderr)
        self.assertEqual(self.files(), [])


class Projects(Folder):
    """In an empty folder; what is left of the template's own name is nothing."""

    def project(self, template, name):
        done = new(self.folder, template, name)
        self.assertEqual(done.returncode, 0, done.stderr)
        where = os.path.join(self.folder, name)
        text = ""
        for file in self.files(name):
            self.assertNotIn("skeleton", file.lower())
            with open(os.path.join(where, file)) as opened:
                text += opened.read()
        self.assertNotIn("skeleton", text.lower())
        self.assertIn("README.md", self.files(name))
        made = subprocess.run(["make", "check", "COVE=" + COVE], cwd=where, capture_output=True,
                              text=True)
        self.assertEqual(made.returncode, 0, made.stdout + made.stderr)
        self.assertRegex(made.stdout, PASSED)
        self.assertNotIn("FAILED", made.stdout)
        self.assertNotIn("warning", made.stderr)
        self.assertNotIn("leak", made.stderr)
        return text, made

    def test_wdm(self):
        text, made = self.project("wdm", "Fledgling")
        for message in ("loaded", "started", "removed", "unloaded"):
            self.assertIn("Fledgling: " + message, made.stderr)
        # The interface is the project's own, of random numbers, and no two have the same.
        guid = re.search(r"DEFINE_GUID\(GUID_DEVINTERFACE_FLEDGLING,([^)]*)\)", text).group(1)
        numbers = [int(number, 16) for number in re.findall(r"0x[0-9a-f]+", guid)]
        self.assertEqual(len(numbers), 11)
        self.assertEqual(numbers[2] >> 12, 4)
        self.assertEqual(numbers[3] >> 6, 2)
        again = new(self.folder, "wdm", "Fledgling", "again")
        self.assertEqual(again.returncode, 0)
        with open(os.path.join(self.folder, "again", "Fledgling_ioctl.h")) as file:
            self.assertNotIn(guid, file.read())

    def test_kmdf(self):
        _, made = self.project("kmdf", "Fledgling")
        self.assertEqual(re.findall("dbg. Fledgling: (.*)", made.stderr),
                         ["loaded", "started", "stopped after 1 texts", "unloaded"])

    def test_kmdf_of_the_longest_name(self):
        self.project("kmdf", "B" * 32)

    def test_kmdf_hello(self):
        _, made = self.project("kmdf-hello", "KmdfHelloWorld")
        self.assertEqual(re.findall("dbg. KmdfHelloWorld: (.*)", made.stderr),
                         ["DriverEntry", "KmdfHelloWorldEvtDeviceAdd"])

    def test_filter(self):
        _, made = self.project("filter", "Fledgling")
        self.assertEqual(re.findall("dbg. Fledgling: (.*)", made.stderr),
                         ["loaded", "filters a device", "unloaded"])

    def test_filter_of_the_longest_name(self):
        self.project("filter", "C" * 32)


if __name__ == "__main__":
    unittest.main()
