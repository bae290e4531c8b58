# SPDX-License-Identifier: MIT
"""Reads the part of the Managed Object Format that drivers' classes are written in.

In: text; out: classes with qualifiers, properties and methods. Names of qualifiers and types are
compared without case, as MOF has it. What is wrong is told with the line.
"""
import re

TOKEN = re.compile(r"""
    (?P<blank>\s+|//[^\n]*|/\*.*?\*/|^[ \t]*\#[ \t]*pragma[^\n]*)
  | (?P<text>L?"(?:[^"\\\n]|\\.)*") | (?P<number>[+-]?(?:0[xX][0-9a-fA-F]+|\d+)\b)
  | (?P<name>[A-Za-z_]\w*) | (?P<mark>[][{}(),;:=])
  """, re.X | re.S | re.M | re.I)

TYPES = {
    "boolean": "BOOLEAN", "uint8": "UCHAR", "sint8": "CHAR", "uint16": "USHORT",
    "sint16": "SHORT", "uint32": "ULONG", "sint32": "LONG", "uint64": "ULONGLONG",
    "sint64": "LONGLONG", "char16": "WCHAR", "real32": "float", "real64": "double",
    "string": None, "datetime": "WCHAR",
}


class MofError(Exception):
    pass


class Item:
    """A property of a class or a parameter of a method."""

    def __init__(self, qualifiers, kind, name, count):
        self.qualifiers, self.kind, self.name = qualifiers, kind, name
        self.count = count  # None: one; 0: as many as another item says


class Class:
    def __init__(self, qualifiers, name):
        self.qualifiers, self.name, self.items, self.methods = qualifiers, name, [], []


class Method:
    def __init__(self, qualifiers, name, parameters):
        self.qualifiers, self.name, self.parameters = qualifiers, name, parameters


def decoded(data):
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16")
    return data.decode("utf-8-sig" if data[:3] == b"\xef\xbb\xbf" else "latin-1")


class Reader:
    def __init__(self, text):
        self.tokens, self.at = [], 0
        text, position = text.replace("\r\n", "\n"), 0
        while position < len(text):
            match = TOKEN.match(text, position)
            line = text.count("\n", 0, position) + 1
            if match is None:
                raise MofError(f"{line}: `{text[position:position + 20].splitlines()[0]}` is not "
                               "understood")
            if match.lastgroup != "blank":
                self.tokens.append((match.lastgroup, match.group(), line))
            position = match.end()
        self.tokens.append(("end", "the end of the file", text.count("\n") + 1))

    def peek(self):
        return self.tokens[self.at][1]

    def take(self, wanted=None, kind=None):
        found, text, line = self.tokens[self.at]
        if wanted not in (None, text) or kind not in (None, found):
            raise MofError(f"{line}: {wanted or 'a ' + kind} is wanted where {text} stands")
        self.at += found != "end"
        return text

    def taken(self, mark):
        is_there = self.tokens[self.at][0] == "mark" and self.peek() == mark
        self.at += is_there
        return is_there

    def value(self):
        kind, text, line = self.tokens[self.at]
        if kind == "text":
            parts = []
            while self.tokens[self.at][0] == "text":
                parts.append(re.sub(r"\\(.)", r"\1", self.take().lstrip("L")[1:-1]))
            return "".join(parts)
        if kind == "number":
            return int(self.take(), 0)
        if kind == "name":
            return self.take()
        raise MofError(f"{line}: a value is wanted where {text} stands")

    def values(self):
        """What stands between the braces of a list."""
        found = []
        while not self.taken("}"):
            found.append(self.value())
            self.taken(",")
        return found

    def qualifiers(self):
        found = {}
        if not self.taken("["):
            return found
        while not self.taken("]"):
            name = self.take(kind="name").lower()
            found[name] = True
            if self.taken("("):
                found[name] = self.values() if self.taken("{") else self.value()
                self.take(")")
            elif self.taken("{"):
                found[name] = self.values()
            while self.taken(":") or self.tokens[self.at][0] == "name":
                self.take(kind="name")  # flavours
            if not self.taken(","):
                self.take("]")
                break
        return found

    def item(self, qualifiers, kind):
        name, count = self.take(kind="name"), None
        if self.taken("["):
            count = 0 if self.peek() == "]" else int(self.take(kind="number"), 0)
            self.take("]")
        return Item(qualifiers, kind, name, count)

    def member(self, made):
        qualifiers = self.qualifiers()
        kind = self.take(kind="name")
        if self.peek() == "ref":
            self.take()
        name_at = self.at
        name = self.take(kind="name")
        if not self.taken("("):
            self.at = name_at
            made.items.append(self.item(qualifiers, kind))
            if self.taken("="):
                self.values() if self.taken("{") else self.value()
        else:
            parameters = []
            while not self.taken(")"):
                words = self.qualifiers()
                parameters.append(self.item(words, self.take(kind="name")))
                self.taken(",")
            made.methods.append(Method(qualifiers, name, parameters))
        self.take(";")

    def classes(self):
        found = []
        while self.tokens[self.at][0] != "end":
            qualifiers = self.qualifiers()
            line = self.tokens[self.at][2]
            if self.take(kind="name").lower() != "class":
                raise MofError(f"{line}: only classes are read")
            made = Class(qualifiers, self.take(kind="name"))
            if self.taken(":"):
                self.take(kind="name")
            self.take("{")
            while not self.taken("}"):
                self.member(made)
            self.take(";")
            found.append(made)
        return found
