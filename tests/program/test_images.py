# SPDX-License-Identifier: MIT
"""Images of every origin: one driver built with many tools and options, loaded and run.

The layouts that linkers can make are made here: small section alignment, low, high and fixed
bases, INIT and PAGE, stack cookies, control-flow guard, mingw-w64's images. What must be
refused is patched into a good image.
"""
import os
import shutil
import struct
import subprocess
import unittest

from kit import COVE, CoveTest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SOURCE = os.path.join(ROOT, "tests", "drivers", "origin.c")
MINGW = shutil.which("x86_64-w64-mingw32-gcc-posix") or shutil.which("x86_64-w64-mingw32-gcc")
DDK = "/usr/x86_64-w64-mingw32/include/ddk"
GUARD = ("-Xclang", "-cfguard", "-Wl,/guard:cf")

GOOD = {
    "plain": (),
    "free": ("-O2",),
    "sections": ("-DALLOC_PRAGMA",),
    "cookies": ("-fstack-protector-all",),
    "align32": ("-Wl,/align:32",),
    "align64": ("-Wl,/align:64",),
    "align512": ("-Wl,/align:0x200", "-DALLOC_PRAGMA"),
    "align64k": ("-Wl,/align:0x10000",),
    "low": ("-Wl,/base:0x10000",),
    "high": ("-Wl,/base:0xfffff80000000000",),
    "fixed": ("-Wl,/base:0x480040000000,/fixed",),
    "guard": GUARD,
    "guard_cookies": GUARD + ("-fstack-protector-all", "-DALLOC_PRAGMA"),
    "guard_flat": GUARD + ("-Wl,/align:64",),
    "merged": ("-Wl,/merge:.rdata=.text,/merge:.pdata=.text",),
    "debug": ("-g",),
    "dwarf": ("-gdwarf",),
}
MISTAKES = {
    "init": (("-DMISTAKE=1", "-DALLOC_PRAGMA"), "0x00000050",
             r"\(INIT, discarded after DriverEntry\)"),
    "const": (("-DMISTAKE=2",), "0x000000BE", r"address written: const\.sys\+0x"),
    "data": (("-DMISTAKE=3",), "0x000000FC", r"address executed: data\.sys\+0x"),
    "call": (("-DMISTAKE=4",) + GUARD, "0x00000139", r"0x000000000000000a .*fast-fail"),
}


class Images(CoveTest):
    @classmethod
    def build(cls, name, *options, sources=(SOURCE,)):
        path = os.path.join(cls.folder, name + ".sys")
        done = subprocess.run((COVE, "cc", "-w", "-o", path) + options + tuple(sources),
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return path

    def runs(self, path):
        done = self.cove("run", path)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stderr, r"dbg\| origin: constant 0 42 4[01] 81\n")
        self.assertIn("dbg| origin: unload -7 2\n", done.stderr)
        self.assertNotIn("left behind", done.stderr)

    def test_our_linker(self):
        for name, options in GOOD.items():
            with self.subTest(image=name):
                self.runs(self.build(name, *options))

    def test_alignment_is_what_was_asked_for(self):
        for name, align in (("align32", 32), ("align512", 512), ("align64k", 65536)):
            data = self.bytes_of(self.build(name, *GOOD[name]))
            optional = struct.unpack_from("<I", data, 0x3c)[0] + 24
            self.assertEqual(struct.unpack_from("<I", data, optional + 32)[0], align)

    @unittest.skipUnless(MINGW and os.path.isdir(DDK), "mingw-w64's ddk is not there")
    def test_mingw(self):
        common = ["-w", "-O1", "-nostdlib", "-I" + DDK, "-Wl,--subsystem,native",
                  "-Wl,-e,DriverEntry"]
        for name, options in {
                "mingw_exe": [],
                "mingw_dll": ["-shared"],
                "mingw_low": ["-Wl,--image-base,0x10000"],
                "mingw_flat": ["-Wl,--section-alignment,0x200,--file-alignment,0x200"],
                "mingw_debug": ["-g"],
        }.items():
            with self.subTest(image=name):
                path = os.path.join(self.folder, name + ".sys")
                subprocess.run([MINGW] + common + options + ["-o", path, SOURCE, "-lntoskrnl"],
                               check=True, capture_output=True)
                self.runs(path)

    def test_a_fixed_base_that_cannot_be_had(self):
        path = self.build("lowfixed", "-Wl,/base:0x10000,/fixed")
        done = self.cove("run", path)
        self.assertEqual(done.returncode, 1)
        self.assertIn("lowfixed.sys", done.stderr)
        self.assertIn("relocations are stripped; it runs only at 0x10000", done.stderr)

    def test_two_images_for_one_place(self):
        first = self.build("first", *GOOD["fixed"])
        second = self.build("second", *GOOD["fixed"])
        done = self.cove("run", first, second)
        self.assertEqual(done.returncode, 1)
        self.assertIn("second.sys: Characteristics", done.stderr)
        self.assertIn("runs only at 0x480040000000", done.stderr)

    def test_mistakes_end_in_their_bug_check(self):
        for name, (options, code, place) in MISTAKES.items():
            with self.subTest(mistake=name):
                done = self.cove("run", self.build(name, *options))
                self.assertEqual(done.returncode, 70, done.stderr)
                self.assertIn("*** STOP: " + code, done.stderr)
                self.assertRegex(done.stderr, place)
                self.assertIn(name + ".sys+0x", done.stderr)

    def test_a_guarded_call_of_a_good_target_is_a_call(self):
        """The same image without the mistake: the table is asked and agrees."""
        path = self.build("asked", *GUARD)
        data = self.bytes_of(path)
        optional = struct.unpack_from("<I", data, 0x3c)[0] + 24
        self.assertEqual(struct.unpack_from("<H", data, optional + 70)[0] & 0x4000, 0x4000)
        self.runs(path)

    @staticmethod
    def bytes_of(path):
        with open(path, "rb") as file:
            return bytearray(file.read())

    def test_what_is_refused(self):
        good = self.bytes_of(self.build("good"))
        header = struct.unpack_from("<I", good, 0x3c)[0]
        optional = header + 24
        for name, at, form, value, words in (
                ("arm64", header + 4, "<H", 0xaa64, "Machine is ARM64"),
                ("ia64", header + 4, "<H", 0x200, "Machine is 0x200"),
                ("x86", header + 4, "<H", 0x14c, "Magic"),
                ("dotnet", optional + 112 + 14 * 8, "<Q", 0x4800001000, ".NET code does not run"),
                ("lying", optional + 36, "<I", 0x4000, "FileAlignment"),
        ):
            with self.subTest(image=name):
                data = bytearray(good)
                struct.pack_into(form, data, at, value)
                path = os.path.join(self.folder, name + ".sys")
                with open(path, "wb") as file:
                    file.write(data)
                done = self.cove("run", path)
                self.assertEqual(done.returncode, 1)
                self.assertIn(name + ".sys: ", done.stderr)
                self.assertIn(words, done.stderr)

    def test_a_wrong_checksum_is_nobodys_business(self):
        path = self.build("summed")
        data = self.bytes_of(path)
        optional = struct.unpack_from("<I", data, 0x3c)[0] + 24
        struct.pack_into("<I", data, optional + 64, 0x12345678)
        with open(path, "wb") as file:
            file.write(data)
        self.runs(path)

    def test_what_windows_does_not_look_at_is_said(self):
        """A driver linked as a program; a function table out of order."""
        path = self.build("odd")
        data = self.bytes_of(path)
        optional = struct.unpack_from("<I", data, 0x3c)[0] + 24
        struct.pack_into("<H", data, optional + 68, 2)
        rva, size = struct.unpack_from("<II", data, optional + 112 + 3 * 8)
        self.assertGreaterEqual(size, 24)
        sections = optional + struct.unpack_from("<H", data, optional - 4)[0]
        for i in range(struct.unpack_from("<H", data, optional - 18)[0]):
            _, start, _, raw = struct.unpack_from("<IIII", data, sections + 40 * i + 8)
            if start <= rva and raw:
                at = raw + rva - start  # the last section that begins before it
        first, second = data[at:at + 12], data[at + 12:at + 24]
        data[at:at + 24] = second + first
        with open(path, "wb") as file:
            file.write(data)
        done = self.cove("run", path)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("odd.sys: Subsystem is 2, not 1 (native)", done.stderr)
        self.assertIn("odd.sys: BeginAddress", done.stderr)

    def test_objects_of_msvc_link(self):
        """Names that only MSVC's objects ask for; a frame with its cookie handler is passed."""
        source = os.path.join(ROOT, "tests", "drivers", "msvc_names.S")
        path = self.build("msvc", "-O1", sources=(
            os.path.join(ROOT, "tests", "drivers", "msvc_names.c"), source))
        done = self.cove("run", path)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("dbg| msvc: caught 0xc0000094 after 2 frames\n", done.stderr)


if __name__ == "__main__":
    unittest.main()
