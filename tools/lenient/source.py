# SPDX-License-Identifier: MIT
"""A preprocessed C source: its text, places in it and where they come from.

In: clang's command; out: text whose lines may be changed but never added or taken away. Lines
and columns count from 1 as clang's do, a column is a byte; that is why the text is Latin-1 here.
"""
import re
import subprocess

MARKER = re.compile(r'^# (\d+) "((?:[^"\\]|\\.)*)".*$', re.M)


class Source:
    def __init__(self, command):
        words = ["-E" if word == "-c" else word for word in without_output(command)]
        self.text = subprocess.run(words, capture_output=True, check=True).stdout.decode("latin-1")

    def checked_text(self):
        """The text without markers: whoever reads it counts lines as we do."""
        return MARKER.sub("", self.text)

    def offset(self, place):
        line, column = place
        at = 0
        for _ in range(line - 1):
            at = self.text.index("\n", at) + 1
        return at + column - 1

    def origin(self, place):
        """PATH:LINE of the source that a place comes from."""
        name, number = "", 0
        for line in self.text.split("\n")[:place[0]]:
            marker = MARKER.match(line)
            number += 1
            if marker:
                name, number = marker.group(2), int(marker.group(1)) - 1
        return f"{plain_path(name)}:{number}"

    def change(self, edits):
        """Replaces (start, end, new); what lies inside another one is left for another time."""
        last = len(self.text) + 1
        for start, end, new in sorted(edits, key=lambda edit: edit[1], reverse=True):
            if end <= last:
                self.text = self.text[:start] + new + self.text[end:]
                last = start


def without_output(command):
    words = list(command)
    if "-o" in words:
        at = words.index("-o")
        del words[at:at + 2]
    return words


def plain_path(quoted):
    return re.sub(r"\\(.)", r"\1", quoted)


def plain(text):
    """One line: without markers and with the same words."""
    return " ".join(re.sub(r"(?m)^#.*$", "", text).split())


def lines_of(text):
    """What keeps the lines where they are when a text is replaced by one line."""
    markers = re.findall(r"(?m)^#.*$", text)
    if markers:
        return "\n" + "\n".join(markers) + "\n"
    return "\n" * text.count("\n")


def pieces(wanted):
    """Finds what is wanted and, so that nothing is found in them, texts between quotes."""
    return re.compile(r""""(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|""" + wanted)


def closing(text, at, pair="()"):
    """Behind the parenthesis that closes the one at `at`; None when there is none."""
    depth = 0
    for found in pieces(f"[{pair}]").finditer(text, at):
        depth += {pair[0]: 1, pair[1]: -1}.get(found.group(), 0)
        if depth == 0:
            return found.end()
    return None
