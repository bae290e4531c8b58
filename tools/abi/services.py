# SPDX-License-Identifier: MIT
"""The system services: numbers, the gate's table, the program's stubs, the Zw entries.

Comes in: abi/services/nt.tsv. Goes out: include/abi/services.h (numbers and the doors
between the generated parts), service_table.c (kernel side: number to function),
service_stubs.c (program side: NtX collects its arguments and knocks),
zw_entries.c (kernel side: ZwX is NtX with the previous mode set to kernel).
A row's last column may name a function uint64_t f(const uint64_t *args) that the gate enters
instead of NtX, so that the most frequent services change no calling convention.
Always holds: numbers and names are unique; args equals the length of the signature.
"""
import os
import re

import tables

COLUMNS = ["number", "name", "args", "signature", "status", "room", "doc", "native"]
STATUS = ("done", "partial", "absent")
ITEM = re.compile(r"^([a-z][a-z0-9_]*):([A-Za-z_][A-Za-z0-9_]*)$")
# What the C type of a kind is; everything else fills a whole slot.
TYPES = {"u8": "uint8_t", "bool": "uint8_t", "u16": "uint16_t", "u32": "uint32_t",
         "i32": "int32_t", "u64": "uint64_t", "i64": "uint64_t"}
WIDE = re.compile(r"^(handle|ptr|string)(_[a-z0-9_]+)?$")
MOST_ARGS = 20


def check_signature(row, faults):
    row["parameters"] = []
    for item in row["signature"].split(",") if row["signature"] else []:
        match = ITEM.match(item.strip())
        if not match or not (match.group(1) in TYPES or WIDE.match(match.group(1))):
            faults.add(row.where, 'signature: "%s" is not kind:name with a known kind' % item)
            continue
        row["parameters"].append((match.group(1), match.group(2)))
    if tables.number(row, "args", faults, MOST_ARGS) != len(row["parameters"]):
        faults.add(row.where, "args is %s but the signature has %d"
                   % (row["args"], len(row["parameters"])))


def read(abi, faults):
    """The services, sorted by number."""
    path = os.path.join(abi, "services", "nt.tsv")
    if not os.path.exists(path):
        return []
    seen = {}
    rows = tables.read(path, COLUMNS, faults, optional=("doc", "native"))
    for row in rows:
        row["index"] = tables.number(row, "number", faults, 0xFFF)
        if tables.identifier(row, "name", faults) and not row["name"].startswith("Nt"):
            faults.add(row.where, "%s does not begin with Nt" % row["name"])
        for key in (row["name"], row["index"]):
            if key in seen:
                faults.add(row.where, "%s already stands at %s" % (key, seen[key]))
            seen[key] = row.where
        if row["status"] not in STATUS:
            faults.add(row.where, 'status "%s" is not done, partial or absent' % row["status"])
        check_signature(row, faults)
    return sorted(rows, key=lambda row: row["index"])


def present(rows):
    return [row for row in rows if row["status"] != "absent"]


def parameters(row):
    """The C parameter list, with prefixes so that no name is a keyword."""
    items = ["%s a_%s" % (TYPES.get(kind, "uint64_t"), name) for kind, name in row["parameters"]]
    return ", ".join(items) or "void"


HEADER = """
#ifndef ABI_SERVICES_H
#define ABI_SERVICES_H

#include <stdint.h>

enum service_number {
%s    SERVICE_COUNT = %d,
};

/* Indexed by number (gate/gate.h has the type): a number that is not taken has no name,
 * a service nobody has written has no function.
 */
struct service_entry;
extern const struct service_entry *const service_table;

/* The arguments that are addresses: an array's initializer, by number, bit n for the n-th. */
#define SERVICE_ADDRESSES { \\
%s}

/* Program side: hands number and arguments to the kernel and brings back its answer. */
uint64_t door_call(uint32_t number, const uint64_t *args, uint32_t count);

/* Kernel side: sets the current thread's previous mode and answers what it was. */
uint8_t ke_previous_mode_swap(uint8_t mode);

#endif
"""


def addresses_of(row):
    return sum(1 << at for at, (kind, _) in enumerate(row["parameters"])
               if kind.startswith(("ptr", "string")))


def services_header(rows):
    numbers = "".join("    SERVICE_%s = %d,\n" % (row["name"], row["index"]) for row in rows)
    count = rows[-1]["index"] + 1 if rows else 0
    addresses = "".join("    [%d] = 0x%x, \\\n" % (row["index"], addresses_of(row))
                        for row in rows)
    return tables.banner("abi/services/nt.tsv") + HEADER % (numbers, count, addresses)


def prototype(row, name):
    return "__attribute__((ms_abi)) uint32_t %s(%s)" % (name, parameters(row))


def table_source(rows):
    out = [tables.banner("abi/services/nt.tsv"), '#include "abi/services.h"\n\n',
           '#include <stddef.h>\n\n#include "gate/gate.h"\n\n']
    for row in present(rows):
        if row["native"]:
            out.append("uint64_t %s(const uint64_t *args);\n\n" % row["native"])
            continue
        values = ", ".join("(%s)args[%d]" % (TYPES.get(kind, "uint64_t"), at)
                           for at, (kind, _) in enumerate(row["parameters"]))
        out.append("%s __asm__(\"%s\");\nstatic uint64_t invoke_%s(const uint64_t *args)\n{\n%s"
                   "    return call_%s(%s);\n}\n\n"
                   % (prototype(row, "call_" + row["name"]), row["name"], row["name"],
                      "" if row["parameters"] else "    (void)args;\n", row["name"], values))
    out.append("static const struct service_entry rows[SERVICE_COUNT + 1] = {\n")
    for row in rows:
        invoke = row["native"] or "invoke_" + row["name"]
        if row["status"] == "absent":
            invoke = "NULL"
        out.append("    [%d] = {.name = %s, .args = %d, .signature = %s, .invoke = %s},\n" % (
            row["index"], tables.c_string(row["name"]), len(row["parameters"]),
            tables.c_string(row["signature"]), invoke))
    out.append("};\nconst struct service_entry *const service_table = rows;\n")
    return "".join(out)


def stubs_source(rows):
    out = [tables.banner("abi/services/nt.tsv"), '#include "abi/services.h"\n\n']
    for row in rows:
        count = len(row["parameters"])
        values = ", ".join("(uint64_t)a_%s" % name for _, name in row["parameters"])
        out.append("%s;\n%s\n{\n    const uint64_t args[%d] = {%s};\n"
                   "    return (uint32_t)door_call(SERVICE_%s, args, %d);\n}\n\n"
                   % (prototype(row, row["name"]), prototype(row, row["name"]), count or 1,
                      values or "0", row["name"], count))
    return "".join(out)


def zw_source(rows):
    out = [tables.banner("abi/services/nt.tsv"), '#include "abi/services.h"\n\n',
           "/* Weak: a room that needs more of a Zw entry writes its own. */\n\n"]
    for row in present(rows):
        zw = "Zw" + row["name"][2:]
        names = ", ".join("a_" + name for _, name in row["parameters"])
        out.append("%s;\n__attribute__((weak)) %s;\n%s\n{\n"
                   "    uint8_t mode = ke_previous_mode_swap(0);\n"
                   "    uint32_t status = %s(%s);\n"
                   "    ke_previous_mode_swap(mode);\n    return status;\n}\n\n"
                   % (prototype(row, row["name"]), prototype(row, zw), prototype(row, zw),
                      row["name"], names))
    return "".join(out)


def emit(rows, output):
    output.write("include/abi/services.h", services_header(rows))
    output.write("service_table.c", table_source(rows))
    output.write("service_stubs.c", stubs_source(rows))
    output.write("zw_entries.c", zw_source(rows))
