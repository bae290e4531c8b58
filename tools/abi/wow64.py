# SPDX-License-Identifier: MIT
"""The system services as a 32-bit program's front calls them.

Comes in: the services (services.py) and abi/services/wow64.tsv, which says how a parameter is
converted. Goes out: service_stubs32.c: NtX widens its parameters, knocks, narrows what came back.
Always holds: every line of the table fits some parameter of some service.
"""
import fnmatch
import os

import tables

COLUMNS = ["service", "parameter", "conversion"]
# What stands on the stack for a parameter, how it is filled, and what is done afterwards.
CONVERSIONS = {
    "same": None,
    "out_handle": ("uint64_t w_%s = 0;", "wow64_number(a_%s, &w_%s)",
                   "wow64_number_end(a_%s, w_%s)"),
    "out_pointer": ("uint64_t w_%s = 0;", "wow64_number(a_%s, &w_%s)",
                    "wow64_number_end(a_%s, w_%s)"),
    "inout_pointer": ("uint64_t w_%s = 0;", "wow64_number(a_%s, &w_%s)",
                      "wow64_number_end(a_%s, w_%s)"),
    "out_status": ("struct wow64_status w_%s = {0};", "wow64_status(a_%s, &w_%s)",
                   "wow64_status_end(a_%s, &w_%s)"),
    "attributes": ("struct wow64_attributes w_%s;", "wow64_attributes(a_%s, &w_%s)", None),
    "string": ("struct wow64_string w_%s;", "wow64_string(a_%s, &w_%s)", None),
    "string_out": ("struct wow64_string w_%s;", "wow64_string_out(a_%s, &w_%s)",
                   "wow64_string_out_end(a_%s, &w_%s)"),
    "client_id": ("uint64_t w_%s[2];", "wow64_pointers(a_%s, 2, w_%s)", None),
    "out_client_id": ("uint64_t w_%s[2] = {0};", "wow64_pointers_out(a_%s, 2, w_%s)",
                      "wow64_pointers_out_end(a_%s, 2, w_%s)"),
    "handles": ("uint64_t w_%s[64];", "wow64_handles(a_%s, a_Count, w_%s)", None),
    "file_attributes": ("struct wow64_file_attributes w_%s;", "wow64_file_attributes(a_%s, &w_%s)",
                        "wow64_file_attributes_end(a_%s, &w_%s)"),
    "file_string": ("struct wow64_file_string w_%s;", "wow64_file_string(a_%s, &w_%s)",
                    "wow64_file_string_end(a_%s, &w_%s)"),
    "own": None,
}
TYPES = {"u8": "uint8_t", "bool": "uint8_t", "u16": "uint16_t", "u32": "uint32_t",
         "i32": "int32_t"}
# Numbers of ours that have 64 bits in every width; those of Windows are as wide as a pointer.
LONG = ("Ticket", "Address")


def read(abi, faults):
    path = os.path.join(abi, "services", "wow64.tsv")
    if not os.path.exists(path):
        return []
    rows = tables.read(path, COLUMNS, faults)
    for row in rows:
        row["is_used"] = False
        if row["conversion"] not in CONVERSIONS:
            faults.add(row.where, "conversion %s is not known" % row["conversion"])
    return rows


def conversion(rules, service, kind, name):
    for rule in rules:
        if rule["service"] not in ("*", service):
            continue
        if rule["conversion"] == "own" or (kind.startswith(("ptr", "string")) and
                                           fnmatch.fnmatchcase(name, rule["parameter"])):
            rule["is_used"] = True
            return rule["conversion"]
    return "same"


def c_type(kind, name):
    if kind in TYPES:
        return TYPES[kind]
    return "uint64_t" if kind in ("u64", "i64") and name in LONG else "uint32_t"


def widened(kind, name):
    if kind == "handle":  # -1 and -2 mean something
        return "(uint64_t)(int64_t)(int32_t)a_%s" % name
    if kind == "i32":
        return "(uint64_t)(int64_t)a_%s" % name
    return "a_%s" % name


def stub(row, kinds):
    parameters = row["parameters"]
    heads = ", ".join("%s a_%s" % (c_type(kind, name), name) for kind, name in parameters)
    head = "__attribute__((stdcall)) uint32_t %s(%s)" % (row["name"], heads or "void")
    values, before, after = [], [], []
    for (kind, name), how in zip(parameters, kinds):
        if CONVERSIONS[how] is None:
            values.append(widened(kind, name))
            continue
        declare, begin, end = CONVERSIONS[how]
        before.append("    " + declare % name + "\n")
        values.append(begin % (name, name))
        if end:
            after.append("    if (!%s)\n        status = ACCESS_VIOLATION;\n" % (end % (name, name)))
    return ("%s;\n%s\n{\n%s    const uint64_t args[%d] = {%s};\n"
            "    uint32_t status = (uint32_t)door_call(SERVICE_%s, args, %d);\n%s"
            "    return status;\n}\n\n"
            % (head, head, "".join(before), len(parameters) or 1, ", ".join(values) or "0",
               row["name"], len(parameters), "".join(after)))


def emit(rows, rules, output, faults):
    out = [tables.banner("abi/services/nt.tsv and wow64.tsv"),
           '#include "abi/services.h"\n#include "wow64/widen.h"\n\n'
           "#define ACCESS_VIOLATION 0xc0000005u\n\n"]
    for row in rows:
        kinds = [conversion(rules, row["name"], kind, name) for kind, name in row["parameters"]]
        if "own" not in kinds:
            out.append(stub(row, kinds))
    for rule in rules:
        if not rule["is_used"]:
            faults.add(rule.where, "no service has such a parameter")
    output.write("service_stubs32.c", "".join(out))
