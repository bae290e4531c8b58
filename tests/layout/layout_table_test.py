# SPDX-License-Identifier: MIT
"""Tests tools/abi/layout.py: what it makes of a table, and that a wrong one stops it."""
import os
import subprocess
import sys
import tempfile
import unittest

CLANG, TOOLS = sys.argv.pop(), sys.argv.pop()
sys.path.insert(0, TOOLS)
import layout  # noqa: E402  (the folder is an argument)

HEAD = "struct\tfield\toffset\tsize\tntddi\tnote\n# header: wdm.h\n"
SOURCE = """
#define _WDMDDK_
#define NTDDI_WIN8 0x06020000
struct pair { int a; char b; };
typedef struct pair PAIR;
#include <abi/layout_asserts.h>
"""


class LayoutTable(unittest.TestCase):
    def emit(self, rows, version="0x06010000"):
        with tempfile.TemporaryDirectory() as folder:
            os.makedirs(os.path.join(folder, "layout"))
            with open(os.path.join(folder, "layout", "a.tsv"), "w", encoding="utf-8") as table:
                table.write(HEAD + rows)
            layout.emit(folder, folder)
            return subprocess.run(
                [CLANG, "-fsyntax-only", "-Werror", "-DNTDDI_VERSION=" + version, "-I",
                 os.path.join(folder, "include"), "-x", "c", "-"],
                input=SOURCE, capture_output=True, text=True, check=False).returncode

    def test_right_numbers_compile(self):
        self.assertEqual(self.emit("PAIR\t\t0\t8\t\t\nPAIR\tb\t4\t1\t\t\n"), 0)

    def test_wrong_numbers_do_not(self):
        self.assertNotEqual(self.emit("PAIR\t\t0\t12\t\t\n"), 0)
        self.assertNotEqual(self.emit("PAIR\tb\t0\t1\t\t\n"), 0)
        self.assertNotEqual(self.emit("PAIR\tb\t4\t4\t\t\n"), 0)

    def test_versions_gate_rows(self):
        wrong_since_8 = "PAIR\t\t0\t12\t>=WIN8\t\n"
        self.assertEqual(self.emit(wrong_since_8), 0)
        self.assertNotEqual(self.emit(wrong_since_8, "0x06020000"), 0)
        wrong_before_8 = "PAIR\t\t0\t12\t<WIN8\t\n"
        self.assertNotEqual(self.emit(wrong_before_8), 0)
        self.assertEqual(self.emit(wrong_before_8, "0x06020000"), 0)

    def test_table_errors(self):
        for rows in ("PAIR\tb\tfour\t1\t\t\n", "PAIR\tb\t4\t1\tsoon!\t\n",
                     "PAIR\tb\t4\t1\t\t\nPAIR\tb\t4\t1\t\t\n", "# header: nothing.h\n"):
            with self.assertRaises(layout.TableError):
                self.emit(rows)


unittest.main()
