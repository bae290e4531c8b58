# SPDX-License-Identifier: MIT
"""Writes the .def of one of our DLLs: exports_def.py TABLE.tsv OUT.def. What a linker for MSVC's
target makes an import library of; every name is in it, absent ones too."""
import os
import sys

table, out = sys.argv[1:]
lines = ["LIBRARY %s.dll" % os.path.splitext(os.path.basename(table))[0], "EXPORTS"]
with open(table, encoding="utf-8") as file:
    rows = [line.rstrip("\n").split("\t") for line in file if line[0] not in "#\n"]
for row in rows[1:]:
    if row[0]:
        lines.append("  \"%s\"%s" % (row[0], " DATA" if row[2] == "data" else ""))
with open(out, "w", encoding="utf-8") as file:
    file.write("\n".join(lines) + "\n")
