# SPDX-License-Identifier: MIT
"""The exports of the program's side: one table a DLL.

Comes in: abi/exports/user/<dll>.tsv. Goes out: exports_user.c (rows by module) and
user_absent.S (a stub for each function that is absent; it names DLL and function).
Always holds: a name and an ordinal stand once in a DLL; a forward names DLL.Function.
"""
import glob
import os
import re

import tables

COLUMNS = ["name", "ordinal", "args", "status", "symbol", "doc", "symbol32"]
STATUS = {"done": "ABI_DONE", "partial": "ABI_PARTIAL", "absent": "ABI_ABSENT",
          "forward": "ABI_DONE"}
FORWARD = re.compile(r"^forward:([A-Za-z0-9_\-]+\.[A-Za-z0-9_@?$#]+)$")
# C++ names of the MSVC runtime are exports, too.
# DLLs that 32-bit programs alone have: nothing of theirs is in the other table.
NARROW = ("wow32.dll",)
NAME = re.compile(r"^[A-Za-z_?@$][A-Za-z0-9_?@$]*$")


def check(row, faults):
    row["forward"] = None
    match = FORWARD.match(row["status"])
    if match:
        row["forward"], row["status"] = match.group(1), "forward"
    elif row["status"] not in STATUS or row["status"] == "forward":
        faults.add(row.where, 'status "%s" is not done, partial, absent or forward:DLL.Name'
                   % row["status"])
    row["kind"] = "ABI_DATA" if row["args"] == "data" else "ABI_FUNCTION"
    if row["args"].endswith("+") and row["args"][:-1].isdigit():
        row["kind"] = "ABI_VARIADIC"
    elif row["args"] == "raw":
        row["kind"] = "ABI_RAW"
    elif row["args"] and row["args"] != "data" and not row["args"].isdigit():
        faults.add(row.where, 'args "%s" is not a count, a count and "+", raw or data' % row["args"])
    row["index"] = tables.number(row, "ordinal", faults, 0xFFFF) if row["ordinal"] else 0
    if not row["name"] and not row["index"]:
        faults.add(row.where, "neither name nor ordinal")
    if row["name"] and not NAME.match(row["name"]):
        faults.add(row.where, 'name "%s" cannot be exported' % row["name"])
    row["only32"] = row["symbol"] == "only32"
    if row["only32"]:  # what only 32-bit programs have
        if not row["symbol32"]:
            faults.add(row.where, 'symbol "only32" needs a symbol32')
        row["symbol"] = row["symbol32"]
    row["symbol"] = row["symbol"] or row["name"]
    if row["status"] in ("done", "partial"):
        tables.identifier(row, "symbol", faults)


def read(abi, faults):
    """[(dll, rows)], sorted; rows sorted by name, those without one last."""
    modules = []
    for path in sorted(glob.glob(os.path.join(abi, "exports", "user", "*.tsv"))):
        dll = os.path.splitext(os.path.basename(path))[0]
        if "." not in dll:
            dll += ".dll"
        rows = tables.read(path, COLUMNS, faults, optional=("symbol", "doc", "symbol32"))
        seen = {}
        for row in rows:
            check(row, faults)
            for key in (row["name"], row["index"]):
                if key and key in seen:
                    faults.add(row.where, "%s already stands at %s" % (key, seen[key]))
                seen[key] = row.where
        rows.sort(key=lambda row: (not row["name"], row["name"].encode(), row["index"]))
        modules.append((dll, rows))
    return sorted(modules, key=lambda module: module[0])


def address(row, module_index, index):
    if row["forward"] or (row["status"] == "absent" and row["kind"] == "ABI_DATA"):
        return None
    if row["status"] == "absent":
        return "user_absent_%d_%d" % (module_index, index)
    if row["only32"]:
        return "abi_symbol_only32_%d_%d" % (module_index, index)
    if row["symbol32"]:  # another function in 32 bits: a name of its own
        return "abi_symbol_%s_or_%s" % (row["symbol"], row["symbol32"])
    return "abi_symbol_" + row["symbol"]


def rows_source(modules):
    out = [tables.banner("abi/exports/user"), '#include "base/abi_export.h"\n\n',
           "#include <stddef.h>\n\n"
           "/* The 32-bit front lacks some of the functions: then there is no address. */\n"
           "#ifdef __LP64__\n#define FRONT_PARTIAL\n#define BY_WIDTH_TEXT(on_64, on_32) on_64\n"
           "/* A row of 32-bit programs alone stands here without being exported. */\n"
           "#define ONLY_32(name, ...) {name, NULL, NULL, 0, ABI_ABSENT, ABI_DATA}\n"
           "#else\n#define BY_WIDTH_TEXT(on_64, on_32) on_32\n"
           "#define ONLY_32(name, ...) __VA_ARGS__\n"
           "#define FRONT_PARTIAL __attribute__((weak))\n#endif\n\n"]
    declared = set()
    body = []
    for at, (dll, rows) in enumerate(modules):
        if dll in NARROW:
            body.append("#ifndef __LP64__\n")
        body.append("\nstatic const struct abi_user_export module_%d[] = {\n" % at)
        for index, row in enumerate(rows):
            name = address(row, at, index)
            if name and name not in declared:
                declared.add(name)
                label = row["symbol"] if name.startswith("abi_symbol_") else name
                if row["only32"]:
                    label = row["symbol32"]
                    out.append("#ifndef __LP64__\nextern const char %s[] __asm__(%s);\n#endif\n" % (
                        name, tables.c_string(label)))
                else:
                    out.append("extern const char %s[] __asm__(%s) FRONT_PARTIAL;\n" % (
                        name, "BY_WIDTH_TEXT(%s, %s)" % (tables.c_string(label),
                                                         tables.c_string(row["symbol32"]))
                        if row["symbol32"] else tables.c_string(label)))
            body.append("    %s{%s, %s, %s, %d, %s, %s}%s,\n" % (
                "ONLY_32(%s, " % tables.c_string(row["name"]) if row["only32"] else "",
                tables.c_string(row["name"]) if row["name"] else "NULL", name or "NULL",
                tables.c_string(row["forward"]) if row["forward"] else "NULL", row["index"],
                STATUS[row["status"]], row["kind"], ")" if row["only32"] else ""))
        if not rows:
            body.append("    {NULL, NULL, NULL, 0, ABI_ABSENT, ABI_DATA},\n")
        body.append("};\n")
        if dll in NARROW:
            body.append("#endif\n")
    out += body
    out.append("\nconst struct abi_user_module abi_user_modules[] = {\n")
    for at, (dll, rows) in enumerate(modules):
        row = "    {%s, module_%d, %d},\n" % (tables.c_string(dll), at, len(rows))
        out.append("#ifndef __LP64__\n%s#endif\n" % row if dll in NARROW else row)
    out.append("    {NULL, NULL, 0},\n};\n")
    out.append("const uint32_t abi_user_module_count =\n"
               "    sizeof abi_user_modules / sizeof *abi_user_modules - 1;\n")
    return "".join(out)


STUB = """
    .globl {label}
    .hidden {label}
    .type {label}, @function
{label}:
    .cfi_startproc
    leaq .Lname_{at}_{index}(%rip), %rsi
    leaq .Ldll_{at}(%rip), %rdi
    jmp user_absent
    .cfi_endproc
    .size {label}, . - {label}
    .pushsection .rodata.str1.1,"aMS",@progbits,1
.Lname_{at}_{index}:
    .asciz {name}
    .popsection
"""

TAIL = """    .text
    .type user_absent, @function
user_absent:
    .cfi_startproc
    movq (%rsp), %rdx
    pushq %rbp
    .cfi_def_cfa_offset 16
    .cfi_offset %rbp, -16
    movq %rsp, %rbp
    .cfi_def_cfa_register %rbp
    call abi_user_absent
    ud2
    .cfi_endproc
    .size user_absent, . - user_absent
"""


def stubs_source(modules):
    out = [tables.banner("abi/exports/user"), TAIL]
    for at, (dll, rows) in enumerate(modules):
        out.append('    .pushsection .rodata.str1.1,"aMS",@progbits,1\n.Ldll_%d:\n'
                   "    .asciz %s\n    .popsection\n" % (at, tables.c_string(dll)))
        for index, row in enumerate(rows):
            if row["kind"] == "ABI_DATA" or row["status"] != "absent":
                continue
            shown = row["name"] or "#%d" % row["index"]
            out.append(STUB.format(label="user_absent_%d_%d" % (at, index), at=at, index=index,
                                   name=tables.c_string(shown)))
    out.append('\n    .section .note.GNU-stack,"",@progbits\n')
    return "".join(out)


def emit(modules, output):
    output.write("exports_user.c", rows_source(modules))
    output.write("user_absent.S", stubs_source(modules))
