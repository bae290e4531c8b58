# SPDX-License-Identifier: MIT
"""Tests tools/abi/header_case.py: names in any case, with backslashes, after a move."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

CLANG, TOOLS = sys.argv.pop(), sys.argv.pop()
sys.path.insert(0, TOOLS)
import header_case  # noqa: E402  (the folder is an argument)


class HeaderCase(unittest.TestCase):
    def setUp(self):
        self.folder = os.path.realpath(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        os.makedirs(os.path.join(self.folder, "kit", "include", "Sys"))
        for name in ("include/ntddk.h", "include/Sys/types.h"):
            with open(os.path.join(self.folder, "kit", name), "w", encoding="utf-8") as header:
                header.write("extern int from_%s;\n" % os.path.basename(name)[:-2])
        self.source = os.path.join(self.folder, "a.c")
        with open(self.source, "w", encoding="utf-8") as source:
            source.write('#include <NTDDK.H>\n#include "Sys\\Types.h"\n'
                         "int f(void) { return from_ntddk + from_types; }\n")

    def compile(self, kit, overlay):
        return subprocess.run(
            [CLANG, "--target=x86_64-pc-windows-msvc", "-nostdlibinc", "-fms-extensions",
             "-fms-compatibility", "-Werror", "-Wno-nonportable-include-path", "-fsyntax-only",
             *overlay, "-I", os.path.join(kit, "include"), self.source],
            capture_output=True, check=False).returncode

    def test_any_case_and_backslashes(self):
        kit = os.path.join(self.folder, "kit")
        overlay = os.path.join(kit, "case.yaml")
        self.assertNotEqual(self.compile(kit, []), 0)
        header_case.emit([os.path.join(kit, "include")], overlay)
        self.assertEqual(self.compile(kit, ["-ivfsoverlay", overlay]), 0)

    def test_moves_with_its_folder(self):
        kit = os.path.join(self.folder, "kit")
        header_case.emit([os.path.join(kit, "include")], os.path.join(kit, "case.yaml"))
        moved = os.path.join(self.folder, "moved")
        os.rename(kit, moved)
        self.assertEqual(
            self.compile(moved, ["-ivfsoverlay", os.path.join(moved, "case.yaml")]), 0)

    def test_folder_elsewhere(self):
        kit = os.path.join(self.folder, "kit")
        overlay = os.path.join(self.folder, "build", "case.yaml")
        header_case.emit([os.path.join(kit, "include")], overlay)
        self.assertEqual(self.compile(kit, ["-ivfsoverlay", overlay]), 0)

    def test_missing_folder_is_an_error(self):
        with self.assertRaises(FileNotFoundError):
            header_case.emit([os.path.join(self.folder, "nowhere")],
                             os.path.join(self.folder, "case.yaml"))


unittest.main()
