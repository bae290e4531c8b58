#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the header of a driver's WMI classes, and what its resource script includes.

    mof.py [-h FOLDER] [-b FOLDER] [-z HEADER] FILE.mof...

Out of NAME.mof comes NAMEmof.h (or HEADER) after -h, and NAME.bmf after -b.
"""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from mof_header import header_text  # noqa: E402
from mof_text import MofError, Reader, decoded  # noqa: E402

RESOURCE = re.compile(r'\bMOFDATA\b[^\n]*?"?([^\s"/\\]+\.bmf)\b', re.I)


def binary_names(path, stem):
    """The names under which the scripts beside a MOF file want it."""
    names, folder = {stem + ".bmf"}, os.path.dirname(path) or "."
    for name in os.listdir(folder):
        if name.lower().endswith(".rc"):
            with open(os.path.join(folder, name), "rb") as script:
                names.update(found for found in RESOURCE.findall(decoded(script.read()))
                             if found.lower() == stem.lower() + ".bmf")
    return sorted(names)


def compile_one(path, header, binary, chosen):
    stem = os.path.splitext(os.path.basename(path))[0]
    with open(path, "rb") as file:
        text = decoded(file.read())
    try:
        made = header_text(stem, Reader(text).classes())
    except MofError as error:
        raise MofError(f"{path}:{error}" if str(error)[0].isdigit() else f"{path}: {error}")
    with open(os.path.join(header, chosen or stem + "mof.h"), "w", encoding="utf-8") as out:
        out.write(made)
    for name in binary_names(path, stem):
        with open(os.path.join(binary, name), "wb") as out:
            out.write(b"\xff\xfe" + text.encode("utf-16-le", errors="replace"))


def main(words):
    header, binary, chosen, files = ".", ".", None, []
    while words:
        word = words.pop(0)
        if word in ("-h", "-b", "-z"):
            if not words:
                raise MofError(f"{word} needs a value")
            value = words.pop(0)
            header = value if word == "-h" else header
            binary = value if word == "-b" else binary
            chosen = value if word == "-z" else chosen
        elif word.startswith("-"):
            raise MofError(f"{word}: -h, -b and -z are known")
        else:
            files.append(word)
    if not files:
        raise MofError("no file; `cove mof FILE.mof`")
    for path in files:
        compile_one(path, header, binary, chosen)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (MofError, OSError) as error:
        print(f"cove mof: {error}", file=sys.stderr)
        sys.exit(1)
