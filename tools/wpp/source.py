# SPDX-License-Identifier: MIT
"""Finds the trace calls of a source.

In comes the text of a C or C++ file, out come its calls: line, trace function, arguments as
they are spelled. Comments, strings and preprocessor lines are known as such; everything else
is only looked at for the names of trace functions.
"""
import os
import re

from config import split_list

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*["<]([^">]+)[">]', re.M)
TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'', re.S)
# The parameters of a declaration: a type and a name, and no message.
DECLARED = re.compile(r"^[^\"(]*\b(?!sizeof\b)[A-Za-z_]\w*\s+[A-Za-z_]\w*[^\"(]*$")
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n\\]|\\.)*", re.M | re.S)


def any_case(path):
    """The file that a build on Windows finds by this name; the name itself where there is none."""
    path = path.replace("\\", "/")
    if os.path.exists(path):
        return path
    folder, name = os.path.split(path)
    if folder and not os.path.isdir(folder):
        folder = any_case(folder)
    try:
        names = sorted(os.listdir(folder or "."))
    except OSError:
        return path
    found = [each for each in names if each.lower() == name.lower()]
    return os.path.join(folder, found[0]) if found else path


def read_text(path):
    with open(any_case(path), "rb") as file:
        data = file.read()
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace").replace("\r\n", "\n")
    return data.decode("utf-8-sig", "replace").replace("\r\n", "\n")


def blank(text):
    """As many characters and lines, nothing in them."""
    return re.sub(r"[^\n]", " ", text)


def comments_blank(text):
    return TOKEN.sub(lambda m: blank(m.group()) if m.group()[0] == "/" else m.group(), text)


def local_headers(path, text, folders):
    """Headers beside the source or in folders that it includes, and those these include."""
    seen, queue = [], [(path, text)]
    while queue:
        at, inside = queue.pop(0)
        for name in INCLUDE.findall(inside):
            name = name.replace("\\", "/")
            for folder in [os.path.dirname(at) or "."] + list(folders):
                found = os.path.normpath(any_case(os.path.join(folder, name)))
                if name.endswith(".tmh") or found in seen or not os.path.isfile(found):
                    continue
                seen.append(found)
                queue.append((found, read_text(found)))
                break
    return seen


class Call:
    def __init__(self, line, function, arguments):
        self.line = line
        self.function = function
        self.arguments = arguments


class Source:
    def __init__(self, path, text):
        self.path = path
        self.name = os.path.basename(path)
        self.text = comments_blank(text)
        self.headers = [name for name in INCLUDE.findall(self.text)
                        if name.lower().endswith(".tmh")]
        self.calls = []

    def identifier(self):
        return re.sub(r"\W", "_", self.name)

    def calls_find(self, config):
        text = DIRECTIVE.sub(lambda m: blank(m.group()), self.text)
        hidden = TOKEN.sub(lambda m: "\"" + blank(m.group()[1:-1]) + "\"", text)
        names = "|".join(re.escape(name) for name in config.functions)
        lines = set()
        for match in re.finditer(r"(?<![\w.>])(%s)\s*\(" % names, hidden):
            end = self.closing(hidden, match.end() - 1)
            if end is None:
                continue
            if DECLARED.search(hidden[match.end():end]):
                continue  # the function itself, for builds without tracing
            line = text.count("\n", 0, match.start()) + 1
            if line in lines:
                continue  # two on one line cannot be told apart
            lines.add(line)
            function = config.functions[match.group(1)]
            arguments = split_list(text[match.end():end])
            if function.is_whole and arguments:
                arguments = split_list(arguments[0].strip()[1:-1])
            self.calls.append(Call(line, function, arguments))

    @staticmethod
    def closing(text, at):
        depth = 0
        for position in range(at, len(text)):
            if text[position] == "(":
                depth += 1
            elif text[position] == ")":
                depth -= 1
                if depth == 0:
                    return position
        return None
