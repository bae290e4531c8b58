# SPDX-License-Identifier: MIT
"""Reads the tables under abi/ and writes generated files.

Comes in: tab-separated tables whose first line that is no comment names the columns.
Goes out: rows (dicts that know their file and line) and files that are only touched
when their text changes, so that builds stay small.
Always holds: every fault of every table is collected and names file and line; nothing
is written when there is one.
"""
import os
import re

IDENTIFIER = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")

# The first NTDDI_VERSION values that have a name of their own, from sdkddkver.h.
NTDDI = {
    "NTDDI_WIN2K": 0x05000000, "NTDDI_WINXP": 0x05010000, "NTDDI_WINXPSP1": 0x05010100,
    "NTDDI_WINXPSP2": 0x05010200, "NTDDI_WINXPSP3": 0x05010300, "NTDDI_WS03": 0x05020000,
    "NTDDI_WS03SP1": 0x05020100, "NTDDI_WS03SP2": 0x05020200, "NTDDI_VISTA": 0x06000000,
    "NTDDI_WIN6": 0x06000000, "NTDDI_LONGHORN": 0x06000000, "NTDDI_VISTASP1": 0x06000100,
    "NTDDI_WIN6SP1": 0x06000100, "NTDDI_WS08": 0x06000100, "NTDDI_VISTASP2": 0x06000200,
    "NTDDI_WIN7": 0x06010000, "NTDDI_WIN8": 0x06020000, "NTDDI_WINBLUE": 0x06030000,
    "NTDDI_WIN10": 0x0A000000, "NTDDI_WINTHRESHOLD": 0x0A000000, "NTDDI_WIN10_TH2": 0x0A000001,
    "NTDDI_WIN10_RS1": 0x0A000002, "NTDDI_WIN10_RS2": 0x0A000003, "NTDDI_WIN10_RS3": 0x0A000004,
    "NTDDI_WIN10_RS4": 0x0A000005, "NTDDI_WIN10_RS5": 0x0A000006, "NTDDI_WIN10_19H1": 0x0A000007,
    "NTDDI_WIN10_VB": 0x0A000008, "NTDDI_WIN10_MN": 0x0A000009, "NTDDI_WIN10_FE": 0x0A00000A,
    "NTDDI_WIN10_CO": 0x0A00000B, "NTDDI_WIN11": 0x0A00000B, "NTDDI_WIN10_NI": 0x0A00000C,
    "NTDDI_WIN11_NI": 0x0A00000C, "NTDDI_WIN10_CU": 0x0A00000D, "NTDDI_WIN11_CU": 0x0A00000D,
    "NTDDI_WIN11_ZN": 0x0A00000E, "NTDDI_WIN11_GA": 0x0A00000F, "NTDDI_WIN11_GE": 0x0A000010,
}


class Faults:
    """What is wrong with the tables, in the form compilers use."""

    def __init__(self):
        self.found = []

    def add(self, where, text):
        path, line = where.rsplit(":", 1)
        self.found.append((path, int(line), "%s: %s" % (where, text)))

    def lines(self):
        """In the order of the files, faults of one line as they were found."""
        return [text for _, _, text in sorted(self.found, key=lambda fault: fault[:2])]


class Row(dict):
    """One line of a table; `where` is file:line. Empty and "-" cells read as ""."""

    def __init__(self, where, cells):
        super().__init__(cells)
        self.where = where


def read(path, columns, faults, optional=()):
    """Returns the rows of a table that must have these columns.

    A cell that is missing at the end of a line is a fault unless its column is
    optional. Lines that start with # are comments.
    """
    rows = []
    header = None
    with open(path, encoding="utf-8") as table:
        for number, line in enumerate(table, 1):
            where = "%s:%d" % (path, number)
            line = line.rstrip("\r\n")
            if not line.strip() or line.startswith("#"):
                continue
            cells = [cell.strip() for cell in line.split("\t")]
            if header is None:
                header = cells
                missing = [c for c in columns if c not in header and c not in optional]
                if missing:
                    faults.add(where, "columns missing: " + ", ".join(missing))
                    return []
                continue
            if len(cells) > len(header):
                faults.add(where, "%d cells for %d columns" % (len(cells), len(header)))
                continue
            absent = [c for c in header[len(cells):] if c not in optional]
            if absent:
                faults.add(where, "cells missing: " + ", ".join(absent))
                continue
            cells += [""] * (len(header) - len(cells))
            row = {column: "" for column in columns}
            row.update(zip(header, ["" if cell == "-" else cell for cell in cells]))
            rows.append(Row(where, row))
    if header is None:
        faults.add("%s:1" % path, "no line naming the columns")
    return rows


def identifier(row, column, faults):
    """True if the cell may be a C name; a fault otherwise."""
    if IDENTIFIER.match(row[column]):
        return True
    faults.add(row.where, '%s "%s" is not a C name' % (column, row[column]))
    return False


def number(row, column, faults, limit=0xFFFFFFFF):
    """The number in a cell, decimal or 0x…; a fault and 0 where there is none."""
    try:
        value = int(row[column], 0)
    except ValueError:
        value = -1
    if 0 <= value <= limit:
        return value
    faults.add(row.where, '%s "%s" is not a number from 0 to %#x' % (column, row[column], limit))
    return 0


def ntddi(row, faults):
    """The value of a version's name; 0 where the cell is empty (always there)."""
    text = row["ntddi"]
    if not text:
        return 0
    name = text if text.startswith("NTDDI_") else "NTDDI_" + text
    if name in NTDDI:
        return NTDDI[name]
    faults.add(row.where, 'ntddi "%s" is not a version known here' % text)
    return 0


def c_string(text):
    """A C literal of the text; characters beyond ASCII as UTF-8 escapes."""
    out = []
    for byte in text.encode("utf-8"):
        char = chr(byte)
        if char in "\"\\":
            out.append("\\" + char)
        elif 32 <= byte < 127:
            out.append(char)
        else:
            out.append("\\%03o" % byte)
    return '"%s"' % "".join(out)


class Output:
    """The folder of generated files."""

    def __init__(self, folder):
        self.folder = folder

    def write(self, name, text):
        """Writes a file unless it already reads so."""
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        data = text.encode("utf-8")
        try:
            with open(path, "rb") as old:
                if old.read() == data:
                    return
        except FileNotFoundError:
            pass
        with open(path, "wb") as new:
            new.write(data)


def banner(sources):
    return ("/* SPDX-License-Identifier: MIT */\n"
            "/* Generated from %s by tools/abi; changes here are lost. */\n" % sources)
