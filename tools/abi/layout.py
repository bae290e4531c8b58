# SPDX-License-Identifier: MIT
"""Turns the structure layouts in abi/layout/*.tsv into compile-time asserts.

Comes in: tables with the columns `struct field offset size ntddi note`; a row with
an empty field gives the size of the whole structure, a size of "-" is not checked
(arrays without a bound). Comment lines `# header: NAME` say which header declares
the rows that follow. Goes out: include/abi/layout_asserts.h, for C and C++, which
checks the rows of those headers that were included before it.
Always holds: a table error (unknown header, bad number, row given twice) stops the
build and names file and line.
"""
import argparse
import glob
import os
import re

# The macro by which a header says that it has been included.
HEADER_GUARDS = {
    "wdm.h": "_WDMDDK_",
    "ntddk.h": "_NTDDK_",
    "ntifs.h": "_NTIFS_",
    "aux_klib.h": "_AUX_KLIB_H",
    "ntimage.h": "_NTIMAGE_",
    "wmistr.h": "_WMISTR_",
    "ntddcdrm.h": "_NTDDCDRM_",
    "ntdddisk.h": "_NTDDDISK_H_",
    "ntddscsi.h": "_NTDDSCSI_H_",
    "ntddser.h": "_NTDDSER_",
    "ntddstor.h": "_NTDDSTOR_H_",
    "wmilib.h": "_WMILIB_",
    "usbspec.h": "__USBSPEC_H__",
    "usb.h": "__USB_H__",
    "usbioctl.h": "__USBIOCTL_H__",
    "usbdlib.h": "_USBDLIB_H_",
    "hidpi.h": "__HIDPI_H__",
    "hidclass.h": "__HIDCLASS_H__",
    "hidsdi.h": "_HIDSDI_H",
    "hidport.h": "__HIDPORT_H__",
    "srb.h": "_NTSRB_",
    "batclass.h": "_BATCLASS_",
    "poclass.h": "_POCLASS_",
}
COLUMNS = ["struct", "field", "offset", "size", "ntddi", "note"]
GATE = re.compile(r"^(>=|<)?([A-Z0-9_]+)$")


class TableError(Exception):
    pass


def gate_of(text, where):
    """The preprocessor condition of an ntddi cell: "", ">=WIN8", "<WIN8" or both parts of a
    range, as in ">=WIN8 <WIN10"; a version alone means >=."""
    parts = []
    for word in text.split():
        match = GATE.match(word)
        if not match:
            raise TableError("%s: ntddi is neither a version nor >= or < of one: %s" % (where, word))
        parts.append("NTDDI_VERSION %s NTDDI_%s" % (match.group(1) or ">=", match.group(2)))
    return " && ".join(parts)


def number_of(text, where, column):
    if text == "-" and column == "size":
        return None
    try:
        return int(text, 0)
    except ValueError:
        raise TableError("%s: %s is not a number: %s" % (where, column, text)) from None


def read_table(path):
    """Yields (header, struct, field, offset, size, gate) of one table."""
    header = None
    columns = None
    seen = set()
    with open(path, encoding="utf-8") as table:
        for line_number, line in enumerate(table, 1):
            where = "%s:%d" % (path, line_number)
            line = line.rstrip("\n")
            if not line.strip():
                continue
            if line.startswith("#"):
                match = re.match(r"#\s*header:\s*(\S+)", line)
                if match:
                    header = match.group(1)
                    if header not in HEADER_GUARDS:
                        raise TableError("%s: unknown header %s" % (where, header))
                continue
            cells = line.split("\t")
            if columns is None:
                columns = cells
                if columns != COLUMNS:
                    raise TableError("%s: columns must be %s" % (where, " ".join(COLUMNS)))
                continue
            cells += [""] * (len(COLUMNS) - len(cells))
            if len(cells) != len(COLUMNS):
                raise TableError("%s: %d columns" % (where, len(cells)))
            name, field, offset, size, ntddi, _note = cells
            if header is None:
                raise TableError("%s: no '# header:' line before the first row" % where)
            key = (name, field, ntddi)
            if key in seen:
                raise TableError("%s: %s.%s is given twice" % (where, name, field))
            seen.add(key)
            yield (header, name, field, number_of(offset, where, "offset"),
                   number_of(size, where, "size"), gate_of(ntddi, where))


def assert_lines(name, field, offset, size):
    if not field:
        return ['COVE_LAYOUT_ASSERT(sizeof(%s) == %d, "sizeof(%s) is %d");' %
                (name, size, name, size)]
    lines = ['COVE_LAYOUT_ASSERT(__builtin_offsetof(%s, %s) == %d, "%s.%s is at %d");' %
             (name, field, offset, name, field, offset)]
    if size is not None:
        lines.append('COVE_LAYOUT_ASSERT(sizeof(((%s *)0)->%s) == %d, "%s.%s has %d bytes");' %
                     (name, field, size, name, field, size))
    return lines


def emit(abi_dir, out_dir):
    """Writes <out_dir>/include/abi/layout_asserts.h from <abi_dir>/layout."""
    rows = {}
    for path in sorted(glob.glob(os.path.join(abi_dir, "layout", "*.tsv"))):
        for header, name, field, offset, size, gate in read_table(path):
            rows.setdefault((header, gate), []).extend(assert_lines(name, field, offset, size))
    lines = [
        "/* Generated from abi/layout; do not edit. */",
        "/* Include it after the headers whose structures are to be checked. */",
        "#ifdef __cplusplus",
        "#define COVE_LAYOUT_ASSERT(condition, text) static_assert(condition, text)",
        "#else",
        "#define COVE_LAYOUT_ASSERT(condition, text) _Static_assert(condition, text)",
        "#endif",
        "#pragma clang diagnostic push",
        "#pragma clang diagnostic ignored \"-Winvalid-offsetof\"",
        "#if defined(__x86_64__) || defined(_M_AMD64)",
    ]
    for (header, gate), asserts in sorted(rows.items()):
        condition = "defined(%s)" % HEADER_GUARDS[header]
        lines.append("#if %s /* %s */" % (condition + (" && " + gate if gate else ""), header))
        lines.extend(asserts)
        lines.append("#endif")
    lines += ["#endif", "#pragma clang diagnostic pop", "#undef COVE_LAYOUT_ASSERT", ""]
    folder = os.path.join(out_dir, "include", "abi")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "layout_asserts.h"), "w", encoding="utf-8") as out:
        out.write("\n".join(lines))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--abi", required=True, help="the abi folder")
    parser.add_argument("--out", required=True, help="the folder for generated files")
    arguments = parser.parse_args()
    emit(arguments.abi, arguments.out)


if __name__ == "__main__":
    main()
