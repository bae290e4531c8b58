# SPDX-License-Identifier: MIT
"""Writes the .def of one of our DLLs: exports_def.py WIDTH TABLE.tsv OUT.def. What a linker for
MSVC's target makes an import library of; every name is in it, absent ones too. Functions of
32-bit system DLLs take their arguments off the stack: their names say how many bytes."""
import os
import sys

width, table, out = sys.argv[1:]
DLL = os.path.splitext(os.path.basename(table))[0]
# Words of arguments of what our tables call raw, and of the C library's few of that kind.
RAW = {"RaiseException": 4, "RtlUnwind": 4, "RtlCaptureContext": 1, "RtlRaiseException": 1}
POPPING = {"_CxxThrowException": 2, "__CxxLongjmpUnwind": 1, 
           "_seh_longjmp_unwind": 1, "_seh_longjmp_unwind4": 1}


def symbol(name, args):
    if width == "64" or args == "data":
        return name
    if DLL in ("kernel32", "ntdll", "advapi32"):
        count = RAW.get(name) if args == "raw" else int(args) if args.isdigit() else None
    else:
        count = POPPING.get(name)
    return name if count is None else "%s@%d" % (name, 4 * count)


lines = ["LIBRARY %s.dll" % DLL, "EXPORTS"]
with open(table, encoding="utf-8") as file:
    rows = [line.rstrip("\n").split("\t") for line in file if line[0] not in "#\n"]
for row in rows[1:]:
    if row[0]:
        lines.append("  \"%s\"%s" % (symbol(row[0], row[2]), " DATA" if row[2] == "data" else ""))
with open(out, "w", encoding="utf-8") as file:
    file.write("\n".join(lines) + "\n")
