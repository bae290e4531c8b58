#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""marks.py - writes into the tables of states which test walks which row.

In: MARK=FILE..., each file what FX_ROWS=FILE of several runs of one test gathered; out: the marks
of src/drivers/wdf01000/pnp/*_states.def. A row is marked with the first test that walks it in
every run; one that was seen now and then is marked "seen". RUNS is how often each was run. A row
that a test names in its source is that test's: it waits for it.

    marks.py RUNS order=/tmp/order fault=/tmp/fault power=/tmp/power seen=/tmp/walk
"""
import collections
import pathlib
import re
import sys

TABLES = ("pnp", "power", "policy")
ROOM = pathlib.Path(__file__).resolve().parents[3] / "src/drivers/wdf01000/pnp"
TESTS = pathlib.Path(__file__).resolve().parent
NAMED = re.compile(r'"(pnp|power|policy): (\w+|\(any\)), (\w+): (\w+|\(later\)|\(ignored\))"')
PARTS = re.compile(r'^ROW(_ANY)?\((.*), "')
ROW = re.compile(r'^(ROW(?:_ANY)?\(.*, )"[a-z]*"\)$')


def marks_of(runs, arguments):
    marks = {}
    for argument in arguments:
        mark, path = argument.split("=")
        seen = collections.Counter(pathlib.Path(path).read_text().split("\n"))
        for row, count in seen.items():
            if row:
                always = count >= runs and mark != "seen"
                marks.setdefault(row.replace("\t", " "), mark if always else "seen")
                if always and marks[row.replace("\t", " ")] == "seen":
                    marks[row.replace("\t", " ")] = mark
    return marks


def named(tests):
    """{(table, row as in its file): test}, of the rows that the tests' sources name."""
    found = {}
    for test in tests:
        path = TESTS / f"{test}_test.c"
        if not path.exists():
            continue
        text = re.sub(r'"\s*\n\s*"', "", path.read_text())
        for table, state, event, then in NAMED.findall(text):
            then = {"(later)": "LATER", "(ignored)": "IGNORE"}.get(then, then)
            row = f"{event}, {then}" if state == "(any)" else f"{state}, {event}, {then}"
            found.setdefault((table, row), test)
    return found


def main():
    waited = named(argument.split("=")[0] for argument in sys.argv[2:])
    marks = marks_of(int(sys.argv[1]), sys.argv[2:])
    for which, name in enumerate(TABLES):
        path = ROOM / f"{name}_states.def"
        at, lines, unseen = 0, [], 0
        for line in path.read_text().split("\n"):
            found = ROW.match(line)
            if found:
                mark = marks.get(f"{which} {at}", "")
                mark = waited.get((name, PARTS.match(line).group(2)), mark)
                unseen += not mark
                line = f'{found.group(1)}"{mark}")'
                at += 1
            lines.append(line)
        path.write_text("\n".join(lines))
        print(f"{name}: {at - unseen} of {at} rows are marked")


main()
