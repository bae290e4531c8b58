#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Lets a C source pass whose function differs from its declaration in the parameters' types.

    redeclare.py OUT COMMAND...

COMMAND is the compiler's, as it failed. Microsoft's compiler warns of such a function (C4028,
C4030, C4031) and goes on; clang has no option for it. When nothing else is wrong with the
source, OUT becomes the preprocessed source in which the declaration that came first says what
the later one says, each line where it was. Ends with 0 then, with 1 when this is not the case.
"""
import re
import subprocess
import sys

PLACE = re.compile(r"^(.+?):(\d+):\d+: (error|note|fatal error): (.*)$")
CONFLICT = re.compile(r"conflicting types for '(\w+)'$")
MARKER = re.compile(r'^# (\d+) "((?:[^"\\]|\\.)*)"')
# What may stand before a name without making another type of it.
LOOSE = re.compile(r"\b(?:extern|static|inline|__inline|__forceinline|__cdecl|__stdcall|"
                   r"__declspec\s*\([^()]*\))(?!\w)|__attribute__\s*\(\(.*?\)\)|\s+", re.S)


def conflicts(command):
    """Pairs of places (later, earlier) by function; None when something else is wrong."""
    words = [word for word in command if word != "-c"]
    if "-o" in words:
        at = words.index("-o")
        del words[at:at + 2]
    words += ["-fsyntax-only", "-ferror-limit=0", "-fno-color-diagnostics",
              "-fno-caret-diagnostics"]
    said = subprocess.run(words, capture_output=True, text=True, errors="replace", check=False)
    found, later = [], None
    for line in said.stderr.splitlines():
        match = PLACE.match(line)
        if match is None:
            continue
        path, number, kind, text = match.groups()
        conflict = CONFLICT.match(text)
        if kind != "note":
            if conflict is None:
                return None
            later = (conflict.group(1), path, int(number))
        elif later is not None and text.startswith("previous "):
            found.append((later[0], later[1:], (path, int(number))))
            later = None
    return found


def preprocessed(command):
    words = ["-E" if word == "-c" else word for word in command]
    if "-o" in words:
        at = words.index("-o")
        del words[at:at + 2]
    return subprocess.run(words, capture_output=True, text=True, errors="surrogateescape",
                          check=True).stdout


def offset_of(text, name, place):
    """Where the name stands as a function in what comes from a line of a file."""
    path, number, at = "", 0, 0
    for line in text.splitlines(True):
        marker = MARKER.match(line)
        if marker:
            number = int(marker.group(1))
            path = marker.group(2).replace('\\"', '"').replace("\\\\", "\\")
        elif (path, number) == place:
            found = re.search(rf"\b{name}\s*\(|\b{name}\s*$", line)
            if found:
                return at + found.start()
        at += len(line)
        number += not marker
    return None


def declaration(text, name_at):
    """Start of the declaration around a function's name, end of its parameters."""
    start = max(text.rfind(character, 0, name_at) for character in ";}") + 1
    for line in re.finditer(r"^#.*$", text[start:name_at], re.M):
        before = text[start:start + line.start()]
        if not before.strip() or before.lstrip().startswith("#"):
            start += line.end()
            break
    while True:
        line = re.compile(r"\s*#[^\n]*\n").match(text, start)
        if line is None or line.end() > name_at:
            break
        start = line.end()
    at, depth = text.index("(", name_at), 0
    while True:
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        at += 1
        if depth == 0:
            return start, at


def plain(text):
    """One line: without markers and with the same words."""
    return " ".join(re.sub(r"(?m)^#.*$", "", text).split())


def redeclared(text, name, later, earlier):
    """The text with one declaration changed; None when they differ in more than parameters."""
    later_at, earlier_at = offset_of(text, name, later), offset_of(text, name, earlier)
    if later_at is None or earlier_at is None:
        return None
    start, end = declaration(text, earlier_at)
    new_start, new_end = declaration(text, later_at)
    kept, wanted = text[start:earlier_at], text[new_start:later_at]
    if LOOSE.sub("", plain(kept)) != LOOSE.sub("", plain(wanted)):
        return None
    if text[end:].lstrip()[:1] != ";":
        return None
    old = text[earlier_at:end]
    lines = re.sub(r"[^\n]", "", re.sub(r"(?m)^#.*\n?", "", old))
    markers = "".join(re.findall(r"(?m)^#.*\n", old))
    new = plain(text[later_at:new_end]) + lines
    return text[:earlier_at] + (new if not markers else new + "\n" + markers) + text[end:]


def main(words):
    out, command = words[0], words[1:]
    found = conflicts(command)
    if not found:
        return 1
    text = preprocessed(command)
    for name, later, earlier in found:
        text = redeclared(text, name, later, earlier)
        if text is None:
            return 1
    with open(out, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(text)
    for name, later, earlier in found:
        print(f"{later[0]}:{later[1]}: warning: the parameters of '{name}' are not those of its "
              f"declaration at {earlier[0]}:{earlier[1]}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
