# SPDX-License-Identifier: MIT
"""The Framework's state machines as tables in Markdown.

Comes in: src/drivers/wdf01000/pnp/*_states.def. Goes out: framework_states.md: each state with
what is done on entering it and where each event leads, and by which test a row is walked.
Always holds: every row is shown once; one that no test walks says so.
"""
import argparse
import collections
import os
import re

MACHINES = (("pnp", "Plug and Play", "WdfDevStatePnp"), ("power", "Power", "WdfDevStatePower"),
            ("policy", "Power policy", "WdfDevStatePwrPol"))
STATE = re.compile(r"^STATE(_NP)?\((\w+), (\w+)\)$")
ROW = re.compile(r'^ROW\((\w+), (\w+), (\w+), "(\w*)"\)$')
ANY = re.compile(r'^ROW_ANY\((\w+), (\w+), "(\w*)"\)$')
MARKS = {"": "no test", "seen": "at random (walk)"}

State = collections.namedtuple("State", "name has_np enter rows")
Row = collections.namedtuple("Row", "event next mark")


def read(path):
    """(states, rows for any state)"""
    states, anywhere = {}, []
    with open(path, encoding="utf-8") as file:
        lines = [line.rstrip("\n") for line in file if line.startswith(("STATE", "ROW"))]
    for line in lines:
        if found := STATE.match(line):
            enter = "" if found[3] == "NULL" else found[3]
            states[found[2]] = State(found[2], bool(found[1]), enter, [])
        elif found := ROW.match(line):
            states[found[1]].rows.append(Row(found[2], found[3], found[4]))
        elif found := ANY.match(line):
            anywhere.append(Row(found[1], found[2], found[3]))
        else:
            raise ValueError(f"{path}: {line}")
    return states, anywhere


def count(states, anywhere):
    """(rows, those that a test demands, those that are walked now and then)"""
    marks = [row.mark for state in states.values() for row in state.rows]
    marks += [row.mark for row in anywhere]
    seen = marks.count("seen")
    return len(marks), len(marks) - marks.count("") - seen, seen


def machine_page(title, prefix, states, anywhere):
    rows, demanded, seen = count(states, anywhere)
    lines = [f"## {title}", "",
             f"{len(states)} states, {rows} transitions: {demanded} demanded by a test, {seen} "
             f"walked at random, {rows - demanded - seen} by no test. Names are those of "
             f"`{prefix}…`.", "",
             "| state | on entering | event | next | test |", "|---|---|---|---|---|"]
    for state in states.values():
        name = state.name + (" (NP)" if state.has_np else "")
        enter = f"`{state.enter}`" if state.enter else ""
        for row in state.rows or [Row("", "", None)]:
            mark = "" if row.mark is None else MARKS.get(row.mark, row.mark)
            lines.append(f"| {name} | {enter} | {row.event} | {row.next} | {mark} |")
            name = enter = ""
    lines += ["", "In any other state:", "", "| event | what becomes of it | test |",
              "|---|---|---|"]
    what = {"LATER": "waits until the state has changed", "IGNORE": "is dropped"}
    lines += [f"| {row.event} | {what.get(row.next, 'goes to ' + row.next)} | "
              f"{MARKS.get(row.mark, row.mark)} |" for row in anywhere]
    return lines + [""]


def page(folder):
    lines = ["# States of a device of the Framework", "",
             "Generated from `src/drivers/wdf01000/pnp/*_states.def`. Marks are demanded by "
             "`tests/framework/pnp` (`order`, `fault`, `power`, `gate`, `policy`, `irp`).", ""]
    for name, title, prefix in MACHINES:
        lines += machine_page(title, prefix, *read(os.path.join(folder, f"{name}_states.def")))
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", help="of the tables")
    parser.add_argument("out", help="the page")
    options = parser.parse_args()
    text = page(options.folder)
    os.makedirs(os.path.dirname(options.out), exist_ok=True)
    with open(options.out, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main()
