#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes a C source that clang refused one that it takes, where Microsoft's compiler does.

    lenient.py OUT SAID COMMAND...

COMMAND is the compiler's, as it failed, SAID a file of what it said. OUT becomes the preprocessed source with the changes of
the rules, each line where it was; the warnings in SAID are shown, about the source as it was
written. Ends with 0 then; with 1 when something is wrong that no rule
knows, or that a rule's change did not mend.
"""
import re
import subprocess
import sys

import casts
import declarations
import tries
from source import Source, without_output

RULES = (declarations.rule, casts.rule)
ROUNDS = 16  # a change may let clang see more; casts stand inside casts
PLACE = re.compile(r"^.*?:(\d+):(\d+):((?:\{[0-9:-]+\})*)(?::)? (error|fatal error|note): (.*)$")
SAID = re.compile(r"^(?:.*: )?(warning|error|fatal error|remark|note): .*", re.S)
COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
RANGE = re.compile(r"\{(\d+):(\d+)-(\d+):(\d+)\}")


class Error:
    """What clang refuses: place, ranges and words; the place that its first note names."""

    def __init__(self, place, ranges, text):
        self.place, self.ranges, self.text, self.note = place, ranges, text, None


def errors_of(source, command, out):
    """What is wrong with the source now; None when clang did not say it in our way."""
    with open(out, "w", encoding="latin-1") as file:
        file.write(source.checked_text())
    words = [word for word in without_output(command)[:-1] if word not in ("-c", "-xc")]
    words += ["-xcpp-output", "-fsyntax-only", "-w", "-ferror-limit=0", "-fno-color-diagnostics",
              "-fno-caret-diagnostics", "-fdiagnostics-print-source-range-info", out]
    said = subprocess.run(words, capture_output=True, text=True, errors="replace", check=False)
    found = []
    for line in said.stderr.splitlines():
        match = PLACE.match(line)
        if match is None:
            continue
        numbers, kind, text = (int(match.group(1)), int(match.group(2))), *match.group(4, 5)
        if kind != "note":
            ranges = [((int(a), int(b)), (int(c), int(d)))
                      for a, b, c, d in RANGE.findall(match.group(3))]
            found.append(Error(numbers, ranges, text))
        elif found and found[-1].note is None:
            found[-1].note = numbers
    return found if bool(found) == (said.returncode != 0) else None


def changed(source, errors):
    """Changes the source for every error. The warnings; None when no rule knows one of them."""
    edits, warnings = [], []
    for error in errors:
        for rule in RULES:
            found = rule(source, error)
            if found is not None:
                break
        else:
            return None
        edits += found[0]
        warnings.append(f"{source.origin(error.place)}: warning: {found[1]}")
    source.change(edits)
    return warnings


def said_without_errors(path):
    """What clang said but for errors and their notes; None when a warning was made an error."""
    kept, shown, above = [], True, []
    with open(path, encoding="latin-1") as file:
        for line in file:
            plain = COLOUR.sub("", line)
            if plain.startswith("PLEASE submit a bug report"):
                break
            match = SAID.match(plain)
            if match and "error" in match.group(1) and "[-Werror" in plain:
                return None
            if plain.startswith("In file included from ") or re.match(r"^ {17,}from ", plain):
                above.append(line)
                continue
            if match and match.group(1) != "note":
                shown = "error" not in match.group(1)
            if shown and not re.match(r"\d+ (?:error|warning)s?\b.* generated\.$", plain):
                kept += above + [line]
            above = []
    return "".join(kept)


def crashed(path):
    with open(path, encoding="latin-1") as file:
        return tries.CRASH in file.read()


def written(source, out, said, warnings):
    source.change(tries.edits(source.text))
    with open(out, "w", encoding="latin-1", newline="\n") as file:
        file.write(source.text)
    sys.stderr.buffer.write(said.encode("latin-1"))
    for warning in dict.fromkeys(warnings):
        print(warning, file=sys.stderr)
    return 0


def main(words):
    out, said, command = words[0], said_without_errors(words[1]), words[2:]
    if said is None:
        return 1
    try:
        source = Source(command)
    except subprocess.CalledProcessError:
        return 1
    if crashed(words[1]):
        return written(source, out, said, [])
    warnings = []
    for _ in range(ROUNDS):
        errors = errors_of(source, command, out)
        new = changed(source, errors) if errors else None
        if new is None:
            break
        warnings += new
    else:
        errors = None
    if errors is None or errors or not warnings:
        return 1
    return written(source, out, said, warnings)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
