# SPDX-License-Identifier: MIT
"""The driver kit's headers against the export tables.

What a header declares as imported must be in an import library, and header and table
must agree on how many parameters it has.
"""
import glob
import json
import os
import subprocess
import tempfile
import unittest

COVE = os.environ.get("COVE", "cove")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# Exports of drivers that are not ntoskrnl.exe or hal.dll.
OTHER_MODULES = ("Clfs", "Wmi", "AuxKlib")


def table():
    """name to (args, file:line) of all kernel exports; a room's row wins."""
    rows = {}
    for path in sorted(glob.glob(os.path.join(ROOT, "abi", "exports", "*.tsv")),
                       key=lambda path: not path.endswith("unassigned.tsv")):
        with open(path, encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                cells = line.rstrip("\n").split("\t")
                if not line.startswith("#") and len(cells) > 3 and cells[0] != "name":
                    rows[cells[0]] = (cells[2], "%s:%d" % (path, number))
    return rows


def imported(include):
    """name to args of what the headers import."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "all.c")
        with open(path, "w", encoding="utf-8") as source:
            source.writelines("#include <%s>\n" % name for name in include)
        made = subprocess.run([COVE, "cc", "-fsyntax-only", "-Xclang", "-ast-dump=json", path],
                              capture_output=True, text=True, check=False)
    if made.returncode != 0:
        raise AssertionError(made.stderr)
    found = {}
    for node in json.loads(made.stdout)["inner"]:
        inner = node.get("inner", [])
        if not any(child["kind"] == "DLLImportAttr" for child in inner):
            continue
        if node["kind"] == "VarDecl":
            found[node["name"]] = "data"
        elif node["kind"] == "FunctionDecl":
            count = sum(child["kind"] == "ParmVarDecl" for child in inner)
            found[node["name"]] = "%d%s" % (count, "+" if node.get("variadic") else "")
    return found


class Kit(unittest.TestCase):
    maxDiff = None

    def test_headers_and_tables_agree(self):
        rows = table()
        faults = []
        names = imported(["ntifs.h", "wdmsec.h"])
        self.assertGreater(len(names), 1000)
        for name, args in sorted(names.items()):
            if name.startswith(OTHER_MODULES):
                continue
            if name not in rows:
                faults.append("%s is imported by a header and stands in no table" % name)
            elif rows[name][0] not in (args, "raw"):
                faults.append("%s: %s has args %s, its header %s"
                              % (rows[name][1], name, rows[name][0], args))
        self.assertEqual("\n".join(faults), "")


if __name__ == "__main__":
    unittest.main()
