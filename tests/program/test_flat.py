# SPDX-License-Identifier: MIT
"""Flat thunks, both ways: examples/flat compiled, assembled and linked, run as Windows 98 and as
Windows NT."""
import os
import subprocess
import unittest

from kit import COVE, driver
from sixteen_kit import SOURCES, SixteenTest

EXAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples", "flat")


class Flat(SixteenTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tool("i686-w64-mingw32-dlltool", "-k", "-d", cls.source("thunk32.def"),
                 "-l", cls.path("libthunk32.a"))
        for base in ("down", "up"):
            cls.libraries(base)
        cls.tool("i686-w64-mingw32-gcc", "-O1", "-Wall", "-o", cls.path("downtest.exe"),
                 cls.source("downtest.c"))
        cls.tool("i686-w64-mingw32-gcc", "-O1", "-Wall", "-o", cls.path("flat_edges.exe"),
                 os.path.join(os.path.dirname(SOURCES), "flat_edges.c"))
        cls.assemble("uptest")
        cls.tool(COVE, "link16", "-o", cls.path("uptest.exe"), cls.path("uptest.obj"))

    @classmethod
    def source(cls, name):
        return os.path.join(EXAMPLE, name)

    @classmethod
    def tool(cls, *words):
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    @classmethod
    def assemble(cls, name):
        cls.tool("nasm", "-f", "obj", "-i", SOURCES + os.sep, "-o", cls.path(name + ".obj"),
                 cls.source(name + ".asm"))

    @classmethod
    def libraries(cls, base):
        cls.tool(COVE, "thunk", "-o", cls.path(base + ".asm"), cls.source(base + ".thk"))
        for width, form in (("16", "obj"), ("32", "win32")):
            cls.tool("nasm", "-f", form, "-DIS_" + width, "-o",
                     cls.path(base + "half" + width + ".obj"), cls.path(base + ".asm"))
        cls.assemble(base + "16")
        cls.tool(COVE, "link16", "-o", cls.path(base + "16.dll"), cls.path(base + "16.obj"),
                 cls.path(base + "half16.obj"), cls.source(base + "16.def"))
        cls.tool("i686-w64-mingw32-gcc", "-shared", "-O1", "-o", cls.path(base + "32.dll"),
                 cls.source(base + "32.c"), cls.source(base + "32.def"),
                 cls.path(base + "half32.obj"), "-L" + cls.folder, "-lthunk32", "-Wl,--kill-at")

    def as_windows(self, version, *words):
        done = self.cove("run", "--quiet", "--windows", version, driver("wdm1"), "--", *words)
        self.assertNotIn("leak", done.stderr)
        return done.returncode, done.stdout.replace("\r", "").splitlines(), done.stderr

    def test_32_bit_code_calls_16_bit_code(self):
        for version in ("95", "98"):
            with self.subTest(version):
                code, lines, _ = self.as_windows(version, self.path("downtest.exe"))
                self.assertEqual((code, lines), (0, [
                    "sum %d" % (1000000 + sum(b"flat thunk")),
                    "negate -1234 32767",
                    "update 1",
                    "sample -21 b 100003 1 %d 3 *ame" % ord("N"),
                    "same name 1"]))

    def test_16_bit_code_calls_32_bit_code(self):
        code, lines, _ = self.as_windows("98", self.path("uptest.exe"))
        self.assertEqual((code, lines), (0, ["000a", "0000", "ff9c", "0002", "fffe"]))

    def test_threads_pages_and_libraries_that_go(self):
        code, lines, _ = self.as_windows("98", self.path("flat_edges.exe"))
        self.assertEqual((code, lines), (0, [
            "other thread 0 error 1444", # ERROR_INVALID_THREAD_ID
            "large 32767", "pages 3000", "once more 196"]))

    def test_a_fault_below_is_reported(self):
        code, lines, errors = self.as_windows("98", self.path("flat_edges.exe"), "fault")
        self.assertEqual((code, lines), (5, ["before"]))
        self.assertIn("FLAT_EDG caused a General Protection Fault in module DOWN16.DLL", errors)

    def test_many_calls(self):
        code, lines, _ = self.as_windows("98", self.path("downtest.exe"), "100")
        self.assertEqual(code, 0)
        self.assertRegex(lines[0], "^[0-9]+ ns$")

    def test_the_32_bit_library_is_not_there(self):
        os.rename(self.path("up32.dll"), self.path("gone.dll"))
        try:
            code, lines, _ = self.as_windows("98", self.path("uptest.exe"))
        finally:
            os.rename(self.path("gone.dll"), self.path("up32.dll"))
        # What faulterrorcode says, and an object that nobody has touched.
        self.assertEqual((code, lines), (0, ["ffff", "ffff", "0064", "fffe", "fffe"]))

    def test_halves_of_two_scripts_do_not_fit(self):
        good = self.path("down16.dll")
        with open(good, "rb") as file:
            image = bytearray(file.read())
        at = image.index(b"CT16") + 8 # the checksum
        os.rename(good, self.path("kept"))
        try:
            image[at] ^= 1
            with open(good, "wb") as file:
                file.write(image)
            self.assertEqual(self.as_windows("98", self.path("downtest.exe"))[:2],
                             (3, ["not loaded"]))
        finally:
            os.rename(self.path("kept"), good)

    def test_windows_nt_has_no_flat_thunks(self):
        self.assertEqual(self.as_windows("10", self.path("downtest.exe"))[:2],
                         (3, ["not loaded"]))
        # There KERNEL.651 answers FALSE, and nothing calls DllMain: the stubs answer 0.
        code, lines, _ = self.as_windows("10", self.path("uptest.exe"))
        self.assertEqual((code, lines), (0, ["0000", "0000", "0064", "fffe", "0000"]))


if __name__ == "__main__":
    unittest.main()
