# SPDX-License-Identifier: MIT
"""Casts that are used as lvalues: assigned to, stepped, or their address taken.

In: clang's error with the range of the cast; out: a change that makes of `(TYPE)operand` the
object that the operand is, seen as one of TYPE. The change compiles only where TYPE is a type
of the operand's size and the operand an object that has an address; so it cannot make sense of
what Microsoft's compiler refuses, too.
"""
from source import closing, lines_of, pieces, plain

ASSIGNED = "assignment to cast is illegal, lvalue casts are not supported"
ADDRESS = "cannot take the address of an rvalue of type "


def cast_in(text, start, end):
    """(start, end of type with parentheses, end) of the cast that a range is, without its own."""
    while True:
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        after = closing(text, start) if text[start:start + 1] == "(" else None
        if after is None or after > end:
            return None
        if after < end:
            return start, after, end
        start, end = start + 1, end - 1


def registers(text):
    """What is cast may be kept in a register by its declaration: a word without weight, but then
    it has no address. Where the source itself takes the address, clang has refused that before.
    """
    return [(*found.span(), " " * len(found.group()))
            for found in pieces(r"\bregister\b").finditer(text) if found.group() == "register"]


def rule(source, error):
    """(edits, warning) for an error that is one of these; None for any other."""
    if error.text != ASSIGNED and not error.text.startswith(ADDRESS):
        return None
    if not error.ranges:
        return None
    text = source.text
    first, last = error.ranges[0]
    found = cast_in(text, source.offset(first), source.offset(last))
    if found is None:
        return None
    start, after, end = found
    named, operand = plain(text[start + 1:after - 1]), plain(text[after:end])
    same = (f"__builtin_types_compatible_p({named}, {named}) && "
            f"sizeof({named}) == sizeof({operand})")
    new = (f"(*((__typeof__({named}) *)&({operand}) + 0 * sizeof(char[{same} ? 1 : -1])))" +
           lines_of(text[start:end]))
    return [(start, end, new), *registers(text)], "a cast is used as an lvalue"
