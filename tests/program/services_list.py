# SPDX-License-Identifier: MIT
"""Writes the system services of abi/services/nt.tsv as rows of a C table:
    SERVICE("NtClose", "h")  one letter for each argument, see KINDS below.
"""
import sys

KINDS = {"handle": "h", "ptr": "p", "ptr_out": "o", "u32": "u", "i32": "u", "u64": "l",
         "bool": "b"}
# By name, where the type alone says too little.
ROUTINES = {"ApcRoutine": "r", "TimerApcRoutine": "r", "StartRoutine": "r"}
TIMES = {"Timeout": "t", "DelayInterval": "t", "DueTime": "t"}
NAMES = {"ObjectAttributes": "a", "ValueName": "s", "DriverServiceName": "s", "FileName": "s",
         "Class": "s", "LinkTarget": "s", "Name": "s"}
CELLS = {"BaseAddress": "m", "RegionSize": "z", "ViewSize": "z"}


def kind(argument):
    type_name, name = argument.split(":")
    for table in ROUTINES, TIMES, NAMES, CELLS:
        if type_name == "ptr" and name in table:
            return table[name]
    return KINDS[type_name]


def main():
    source, target = sys.argv[1:]
    with open(source, encoding="utf-8") as table, open(target, "w", encoding="utf-8") as out:
        next(table)
        for line in table:
            if line.startswith("#") or not line.strip():
                continue
            _, name, count, signature = line.rstrip("\n").split("\t")[:4]
            kinds = "".join(kind(argument) for argument in signature.split(",") if argument)
            assert len(kinds) == int(count), name
            out.write(f'SERVICE("{name}", "{kinds}")\n')


if __name__ == "__main__":
    main()
