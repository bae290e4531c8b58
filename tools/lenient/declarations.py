# SPDX-License-Identifier: MIT
"""Functions that differ from their declaration in the parameters' types.

In: clang's error at the function and its note at the declaration; out: a change of the
declaration, which then says what the function says. None when they differ in more than that.
"""
import re

from source import closing, lines_of, plain

CONFLICT = re.compile(r"conflicting types for '(\w+)'$")
# What may stand before a name without making another type of it.
LOOSE = re.compile(r"\b(?:extern|static|inline|__inline|__forceinline|__cdecl|__stdcall|"
                   r"__declspec\s*\([^()]*\))(?!\w)|__attribute__\s*\(\(.*?\)\)|\s+", re.S)


def declaration(text, name, name_at):
    """Start of the declaration around a function's name, end of its parameters."""
    opening = re.compile(rf"{name}(?:\s|^#.*$)*(?=\()", re.M).match(text, name_at)
    end = closing(text, opening.end()) if opening else None
    if end is None:
        return None
    start = max(text.rfind(character, 0, name_at) for character in ";}") + 1
    return re.compile(r"(?:\s*^#.*\n)*", re.M).match(text, start).end(), end


def rule(source, error):
    """(edits, warning) for an error that is one of these; None for any other."""
    conflict = CONFLICT.match(error.text)
    if conflict is None or error.note is None:
        return None
    name, text = conflict.group(1), source.text
    earlier_at, later_at = source.offset(error.note), source.offset(error.place)
    earlier, later = declaration(text, name, earlier_at), declaration(text, name, later_at)
    if earlier is None or later is None or text[earlier[1]:].lstrip()[:1] != ";":
        return None
    kept, wanted = text[earlier[0]:earlier_at], text[later[0]:later_at]
    if LOOSE.sub("", plain(kept)) != LOOSE.sub("", plain(wanted)):
        return None
    new = plain(text[later_at:later[1]]) + lines_of(text[earlier_at:earlier[1]])
    return ([(earlier_at, earlier[1], new)],
            f"the parameters of '{name}' are not those of its declaration at "
            f"{source.origin(error.note)}")
