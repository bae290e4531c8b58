# SPDX-License-Identifier: MIT
"""Every row of the table of a device's states was taken by some test beside this file.

    rows.py FOLDER    where the tests have written what they took, a file each
"""
import os
import sys


def main():
    taken = {}
    for name in os.listdir(sys.argv[1]):
        with open(os.path.join(sys.argv[1], name), encoding="ascii") as file:
            for line in file:
                before, after, was_taken = line.split()
                row = (before, after)
                taken[row] = taken.get(row, False) or was_taken == "1"
    missing = [row for row in taken if not taken[row]]
    for before, after in missing:
        print(f"no test takes {before} -> {after}")
    print(f"{len(taken) - len(missing)} of {len(taken)} rows were taken")
    return 1 if missing or not taken else 0


if __name__ == "__main__":
    sys.exit(main())
