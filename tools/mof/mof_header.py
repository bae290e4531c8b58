# SPDX-License-Identifier: MIT
"""The header of a driver's WMI classes, as wmimofck -h writes it.

In: classes as mof_text reads them; out: C text. A class whose items all have a size gets NAME_SIZE
up to the end of the last; at the first item without one the structure ends in VariableData or in
an array of one, and what follows it is told by a comment.
"""
import re

from mof_text import TYPES, MofError

GUID = re.compile(r"^\{?([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})\}?$",
                  re.I)


def guid_words(made):
    match = GUID.match(str(made.qualifiers.get("guid", "")))
    if match is None:
        raise MofError(f"class {made.name} has no GUID that can be read")
    first, second, third, fourth, fifth = match.groups()
    rest = fourth + fifth
    tail = [f"0x{rest[at:at + 2]}" for at in range(0, 16, 2)]
    return [f"0x{first}", f"0x{second}", f"0x{third}"], tail


def name_of(made):
    return made.qualifiers.get("headername", made.name)


class Field:
    """How an item stands in a structure; has no type where its size is not known."""

    def __init__(self, item, number, classes):
        self.item, self.name, self.number = item, item.name, number
        kind = item.kind.lower()
        length = item.qualifiers.get("maxlen")
        if kind not in TYPES:
            embedded = classes.get(kind)
            if embedded is None:
                raise MofError(f"{item.name} is of the class {item.kind}, which is not here")
            self.type = name_of(embedded)
        elif kind == "string":
            self.type = None if length is None else "WCHAR"
        else:
            self.type = TYPES[kind]
        self.counts = [f"[{item.count}]"] if item.count else []
        if kind == "string" and length is not None:
            self.counts.append(f"[{length} + 1]")
        elif kind == "datetime":
            self.counts.append("[25]")
        self.is_variable = item.count == 0

    def lines(self, owner):
        if self.is_variable:
            return [f"    {self.type} {self.name}[1];",
                    f"    #define {owner}_{self.name}_ID {self.number}"]
        counts = "".join(self.counts)
        return [f"    {self.type} {self.name}{counts};",
                f"    #define {owner}_{self.name}_SIZE sizeof({self.type}{counts})",
                f"    #define {owner}_{self.name}_ID {self.number}"]


def defined_values(item):
    names = item.qualifiers.get("definevalues", [])
    numbers = item.qualifiers.get("valuemap", list(range(len(names))))
    bits = item.qualifiers.get("bitmap")
    if bits is not None:
        numbers = [f"0x{1 << int(str(bit), 0):x}" for bit in bits]
    return [f"#define {name} {number}" for name, number in zip(names, numbers)]


def structure(owner, fields):
    lines = [line for field in fields for line in defined_values(field.item)]
    lines += [f"typedef struct _{owner}", "{"]
    last = None
    for at, field in enumerate(fields):
        if field.type is None:
            lines += ["    CHAR VariableData[1];"]
        else:
            lines += field.lines(owner)
        if field.type is None or field.is_variable:
            lines += [f"    // behind it, one after the other: {other.item.kind} {other.name}"
                      for other in fields[at + (field.type is not None):]]
            lines += [f"    #define {owner}_{other.name}_ID {other.number}"
                      for other in fields[at + (field.type is not None):]]
            last = None
            break
        last = field
    lines += [f"}} {owner}, *P{owner};", ""]
    if last is not None:
        lines += [f"#define {owner}_SIZE (FIELD_OFFSET({owner}, {last.name}) + "
                  f"{owner}_{last.name}_SIZE)", ""]
    return lines


def numbered(items, word, owner):
    """Items by the number that a qualifier gives them; those without are none of WMI's."""
    found = sorted((item.qualifiers[word], item) for item in items
                   if isinstance(item.qualifiers.get(word), int))
    numbers = [number for number, _ in found]
    if numbers != list(range(1, len(numbers) + 1)):
        raise MofError(f"the numbers of {owner} are not 1, 2, 3 and so on: {numbers}")
    return found


def method_lines(method, classes):
    lines = [f"#define {method.name} {method.qualifiers['wmimethodid']}", ""]
    for way in ("in", "out"):
        chosen = [item for item in method.parameters if item.qualifiers.get(way)]
        chosen.sort(key=lambda item: item.qualifiers.get("id", 0))
        fields = [Field(item, number, classes) for number, item in enumerate(chosen, 1)]
        if fields:
            lines += structure(f"{method.name}_{way.upper()}", fields)
    return lines


def class_lines(made, classes):
    head, tail = guid_words(made)
    macro = made.qualifiers.get("guidname1", made.name + "Guid")
    lines = [f"// {made.name}", f"#define {macro} \\",
             f"    {{ {','.join(head)}, {{ {','.join(tail)} }} }}", "",
             "#if !(defined(MIDL_PASS))",
             f"DEFINE_GUID({made.name}_GUID, {','.join(head + tail)});", "#endif", ""]
    for method in made.methods:
        if "wmimethodid" in method.qualifiers:
            lines += method_lines(method, classes)
    items = numbered(made.items, "wmidataid", f"class {made.name}")
    if items:
        lines += structure(name_of(made), [Field(item, number, classes) for number, item in items])
    return lines


def header_text(stem, classes):
    by_name = {made.name.lower(): made for made in classes}
    guard = re.sub(r"\W", "_", stem) + "mof_h_"
    lines = [f"#ifndef _{guard}", f"#define _{guard}", "", "// Made of a MOF file.", ""]
    for made in classes:
        if "wmi" in made.qualifiers:
            lines += class_lines(made, by_name)
    return "\n".join(lines + ["#endif", ""])
