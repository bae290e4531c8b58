# SPDX-License-Identifier: MIT
"""The generator of KMDF's table, on small tables and on the project's own."""
import os
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools", "abi"))

import tables  # noqa: E402
import wdf  # noqa: E402

HEADER = "\t".join(wdf.COLUMNS) + "\n"
STRUCTS = "\t".join(wdf.STRUCT_COLUMNS) + "\n"


class Wdf(unittest.TestCase):
    def faults_of(self, name, text, read):
        with tempfile.TemporaryDirectory() as abi:
            os.mkdir(os.path.join(abi, "wdf"))
            with open(os.path.join(abi, "wdf", name), "w", encoding="utf-8") as out:
                out.write(text)
            faults = tables.Faults()
            rows = read(abi, faults)
            return rows, "\n".join(os.path.basename(line) for line in faults.lines())

    def entries(self, *rows):
        return self.faults_of("kmdf.tsv", HEADER + "".join(row + "\n" for row in rows), wdf.read)

    def test_hole(self):
        _, faults = self.entries("0\tWdfA\tVOID\t-\t0\twdfa\tabsent\t-",
                                 "2\tWdfB\tVOID\t-\t0\twdfa\tabsent\t-")
        self.assertEqual("kmdf.tsv:3: index 2 stands at 1", faults)

    def test_version_back_and_count(self):
        _, faults = self.entries("0\tWdfA\tVOID\t-\t9\twdfa\tabsent\t-",
                                 "1\tWdfB\tVOID\t-\t1\twdfa\tabsent\t-")
        self.assertIn("kmdf.tsv:2: 1.0 cannot end at 0", faults)
        self.assertIn("kmdf.tsv:3: 1.1 after 1.9: indices only grow", faults)

    def test_status_and_reason(self):
        _, faults = self.entries("0\tWdfA\tVOID\t-\t0\twdfa\tready\t-",
                                 "1\tWdfB\tVOID\tULONG\t0\twdfa\tpartial\t-")
        self.assertIn('kmdf.tsv:2: status "ready" is none of', faults)
        self.assertIn("kmdf.tsv:3: partial without a reason", faults)
        self.assertIn('kmdf.tsv:3: parameter "ULONG" has no name', faults)

    def test_stub_and_entry(self):
        rows, faults = self.entries("0\tWdfA\tNTSTATUS\tULONG A; PVOID *B\t0\twdfa\tabsent\t-",
                                    "1\tWdfB\tPVOID\t-\t0\twdfa\tdone\t-")
        self.assertEqual("", faults)
        entries = [wdf.Entry(row) for row in rows]
        rules = {name: {"irql": "passive", "check": ""} for name in ("WdfA", "WdfB")}
        text = wdf.table(entries, {"WdfA": "absent", "WdfB": "done"}, rules)
        self.assertIn("fx_absent(fx_globals_of(globals), 0, _ReturnAddress());\n"
                      "    return STATUS_NOT_IMPLEMENTED;", text)
        self.assertIn("(WDFFUNC)absent_WdfA,\n    (WDFFUNC)imp_WdfB,\n", text)
        self.assertIn("FORCEINLINE NTSTATUS WdfA(ULONG A, PVOID *B)\n{\n    return ((PFN_WDFA)"
                      "WdfFunctions[WdfATableIndex])(WdfDriverGlobals, A, B);", wdf.call(entries[0]))

    def test_structs(self):
        rows, faults = self.faults_of("structs.tsv", STRUCTS + (
            "A\t-\t0\t8\t<11\t0\t-\nA\t-\t0\t16\t>=11\t0\t-\nA\tLate\t8\t-\t>=11\t-\t-\n"
            "B\t-\t0\t-\t>=31\t1\tunknown\n"), wdf.read_structs)
        self.assertEqual("", faults)
        self.assertIn('[INDEX_A] = {"A", {16, 8}}', wdf.struct_sizes(rows))
        self.assertIn("#if KMDF_VERSION_MINOR >= 11\nWDF_ASSERT(__builtin_offsetof(A, Late) == 8",
                      wdf.asserts(rows))
        self.assertIn("WDF_STRUCTURE_TABLE_NUM_ENTRIES = 1,\n#else\n"
                      "    WDF_STRUCTURE_TABLE_NUM_ENTRIES = 2,", wdf.struct_indices(rows))

    def test_struct_faults(self):
        _, faults = self.faults_of("structs.tsv", STRUCTS + "A\t-\t0\t8\t11\t1\t-\n",
                                   wdf.read_structs)
        self.assertIn('structs.tsv:2: minor "11" is neither >= nor < of a number', faults)
        self.assertIn("structs.tsv:2: indices of structures have a hole before 1", faults)

    def test_own_tables(self):
        faults = tables.Faults()
        rows = wdf.read(os.path.join(ROOT, "abi"), faults)
        structs = wdf.read_structs(os.path.join(ROOT, "abi"), faults)
        self.assertEqual([], faults.lines())
        self.assertEqual(458, len(rows))
        self.assertEqual(81, len(wdf.structs_of(structs)))


if __name__ == "__main__":
    unittest.main()
