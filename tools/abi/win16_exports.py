# SPDX-License-Identifier: MIT
"""The exports of our 16-bit modules: one table a module.

Comes in: abi/exports/win16/<module>.tsv. Goes out: exports_win16.c (rows by module and ordinal,
each with a function that takes the arguments off the 16-bit stack) and include/abi/win16.h (the
functions' prototypes).
Always holds: a name and an ordinal stand once in a module.
"""
import glob
import os

import tables

COLUMNS = ["ordinal", "name", "kind", "args", "status", "symbol", "doc"]
STATUS = ("done", "partial", "absent")
# kind: words of the result, who takes the arguments off
KINDS = {"pascal": (2, True), "pascal16": (1, True), "cdecl": (2, False), "cdecl16": (1, False),
         "frame": (0, True), "constant": (0, False), "value": (0, False)}
# argument: bytes on the stack, type, how it is fetched
ARGUMENTS = {
    "word": (2, "uint16_t", "ARGUMENT(uint16_t, %d)"),
    "sword": (2, "int16_t", "ARGUMENT(int16_t, %d)"),
    "long": (4, "uint32_t", "ARGUMENT(uint32_t, %d)"),
    "slong": (4, "int32_t", "ARGUMENT(int32_t, %d)"),
    "far": (4, "struct far16", "far16_of(ARGUMENT(uint32_t, %d))"),
    "ptr": (4, "void *", "win16_pointer(registers, ARGUMENT(uint32_t, %d))"),
    "str": (4, "const char *", "win16_string(registers, ARGUMENT(uint32_t, %d))"),
}


def check(row, module, faults):
    if row["status"] not in STATUS:
        faults.add(row.where, 'status "%s" is not done, partial or absent' % row["status"])
    if row["kind"] not in KINDS:
        faults.add(row.where, 'kind "%s" is not one of %s' % (row["kind"], " ".join(KINDS)))
    row["index"] = tables.number(row, "ordinal", faults, 0xFFFF)
    row["value"], row["words"] = 0, []
    if row["kind"] == "constant":
        row["value"] = tables.number(row, "args", faults, 0xFFFF)
    else:
        row["words"] = row["args"].split()
    for word in row["words"]:
        if word not in ARGUMENTS:
            faults.add(row.where, 'argument "%s" is not one of %s' % (word, " ".join(ARGUMENTS)))
    row["symbol"] = row["symbol"] or "%s16_%s" % (module, row["name"])
    if row["status"] != "absent" and row["kind"] != "constant":
        tables.identifier(row, "symbol", faults)


def read(abi, faults):
    """[(module, rows)], sorted; rows by rising ordinal."""
    modules = []
    for path in sorted(glob.glob(os.path.join(abi, "exports", "win16", "*.tsv"))):
        module = os.path.splitext(os.path.basename(path))[0]
        rows = tables.read(path, COLUMNS, faults, optional=("args", "symbol", "doc"))
        seen = {}
        for row in rows:
            check(row, module, faults)
            for key in (row["name"].upper(), row["index"]):
                if key in seen:
                    faults.add(row.where, "%s already stands at %s" % (key, seen[key]))
                seen[key] = row.where
        rows.sort(key=lambda row: row["index"])
        modules.append((module, rows))
    return modules


def is_function(row):
    return row["kind"] not in ("constant", "value")


def offsets(row):
    """[(word, offset from the top of the stack)] and the bytes of all arguments."""
    total = sum(ARGUMENTS[word][0] for word in row["words"])
    placed, at = [], 0
    order = row["words"] if row["kind"].startswith("cdecl") else list(reversed(row["words"]))
    for word in order:
        placed.append((word, at))
        at += ARGUMENTS[word][0]
    if not row["kind"].startswith("cdecl"):
        placed.reverse()
    return placed, total


def prototype(row):
    if row["kind"] == "value":
        return "uint16_t %s(void);\n" % row["symbol"]
    if row["kind"] == "frame":
        return "void %s(struct cpu16_registers *registers);\n" % row["symbol"]
    types = [ARGUMENTS[word][1].strip() for word in row["words"]] or ["void"]
    return "uint32_t %s(%s);\n" % (row["symbol"], ", ".join(types))


def caller(row, name):
    placed, _ = offsets(row)
    out = ["static uint32_t %s(struct cpu16_registers *registers)\n{\n" % name]
    if row["kind"] == "value":
        out.append("    return %s();\n" % row["symbol"])
    elif row["kind"] == "frame":
        out.append("    %s(registers);\n    return 0;\n" % row["symbol"])
    else:
        for index, (word, at) in enumerate(placed):
            kind = ARGUMENTS[word][1]
            out.append("    %s%sa%d = %s;\n" % (kind, "" if kind.endswith("*") else " ", index,
                                               ARGUMENTS[word][2] % at))
        out.append("    return %s(%s);\n" % (
            row["symbol"], ", ".join("a%d" % index for index in range(len(placed)))))
    out.append("}\n")
    return "".join(out)


def table_row(row, name):
    words, pops = KINDS[row["kind"]]
    _, size = offsets(row)
    if row["kind"] in ("constant", "value"):
        kind = "WIN16_CONSTANT"
    else:
        kind = "WIN16_ABSENT" if row["status"] == "absent" else "WIN16_FUNCTION"
    return "    {%s, %d, %s, %d, %d, %d, %s},\n" % (
        tables.c_string(row["name"].upper()), row["index"], kind, words, size if pops else 0,
        row["value"], name or "NULL")


def source(modules):
    out = [tables.banner("abi/exports/win16"),
           '#include "abi/win16.h"\n#include "loader16/builtin.h"\n\n'
           "#include <stddef.h>\n\n"
           "#define ARGUMENT(type, offset) \\\n"
           "    (((const struct {type value;} __attribute__((packed)) *)WIN16_ARGUMENT_BYTES( \\\n"
           "        registers, offset))->value)\n\n"]
    body, lists = [], []
    for module, rows in modules:
        lists.append("static const struct win16_export %s_exports[] = {\n" % module)
        for row in rows:
            name = None
            if row["status"] != "absent" and row["kind"] != "constant":
                name = "call_%s_%d" % (module, row["index"])
                body.append(caller(row, name) + "\n")
            lists.append(table_row(row, name))
        lists.append("};\n\n")
    out += body + lists
    out.append("const struct win16_builtin win16_builtins[] = {\n")
    for module, rows in modules:
        out.append("    {%s, %s_exports, %d},\n" % (tables.c_string(module.upper()), module,
                                                    len(rows)))
    out.append("};\nconst uint16_t win16_builtin_count = %d;\n" % len(modules))
    return "".join(out)


def header(modules):
    out = [tables.banner("abi/exports/win16"),
           "#ifndef ABI_WIN16_H\n#define ABI_WIN16_H\n\n#include \"cpu16/cpu16.h\"\n\n"]
    declared = set()
    for _, rows in modules:
        for row in rows:
            if row["status"] == "absent" or row["kind"] == "constant":
                continue
            if row["symbol"] not in declared:
                declared.add(row["symbol"])
                out.append(prototype(row))
    out.append("\n#endif\n")
    return "".join(out)


def emit(modules, output):
    output.write("exports_win16.c", source(modules))
    output.write("include/abi/win16.h", header(modules))
