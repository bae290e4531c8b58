# SPDX-License-Identifier: MIT
"""Checks how a driver reads variables of the kernel.

`*IoFileObjectType` loads the type through the import slot itself, because that is how
drivers built with Windows' own kit do it: the slot holds the address of the kernel's cell.
A dllimport declaration would load once more and hand the type's first bytes to
ObReferenceObjectByHandle.
"""
import argparse
import os
import re
import subprocess
import tempfile
import unittest

SLOTS = ["IoFileObjectType", "IoDeviceObjectType", "IoDriverObjectType", "ExEventObjectType",
         "ExSemaphoreObjectType", "PsProcessType", "PsThreadType", "CmKeyObjectType",
         "SeTokenObjectType", "TmTransactionObjectType"]
parser = argparse.ArgumentParser()
for option in ("--clang", "--nm", "--wdk", "--generated"):
    parser.add_argument(option, required=True)
OPTIONS = parser.parse_args()


class DataImport(unittest.TestCase):
    def undefined(self, body):
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "a.obj")
            flags = [flag for path in ("km", "shared", "crt")
                     for flag in ("-I", os.path.join(OPTIONS.wdk, path))]
            subprocess.run(
                [OPTIONS.clang, "--target=x86_64-pc-windows-msvc", "-nostdlibinc",
                 "-fms-extensions", "-fms-compatibility", "-O1", *flags, "-I",
                 OPTIONS.generated, "-c", "-x", "c", "-", "-o", out],
                input="#include <ntifs.h>\n" + body, text=True, check=True)
            names = subprocess.run([OPTIONS.nm, "-u", out], capture_output=True, text=True,
                                   check=True).stdout
        return set(re.findall(r"U (\S+)", names))

    def test_object_types_are_slots(self):
        for name in SLOTS:
            names = self.undefined("POBJECT_TYPE f(void) { return *%s; }\n" % name)
            self.assertEqual(names, {name})

    def test_functions_are_imports(self):
        names = self.undefined("void f(PVOID x) { ObDereferenceObject(x); }\n")
        self.assertEqual(names, {"__imp_ObfDereferenceObject"})


unittest.main(argv=["data_import_test"])
