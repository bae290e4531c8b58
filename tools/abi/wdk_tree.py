# SPDX-License-Identifier: MIT
"""Lays the driver kit's headers out as `cove cc` finds them.

Comes in: include/wdk and the generated headers. Goes out: one folder with copies of
both and the overlay that makes their names match in any case.
Always holds: a file is touched only when it changes, and one that has gone from the
sources goes here, too.
"""
import argparse
import os
import shutil
import sys

import header_case

OVERLAY = "overlay.yaml"
FOLDERS = ("shared", "km", "crt", "rc", "wdf/kmdf")


def files_below(root):
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            yield os.path.relpath(path, root), path


def same(one, other):
    try:
        with open(one, "rb") as left, open(other, "rb") as right:
            return left.read() == right.read()
    except FileNotFoundError:
        return False


def lay_out(sources, out):
    wanted = {}
    for source in sources:
        for name, path in files_below(source):
            if not name.endswith(".md"):
                wanted[name] = path
    for name, path in wanted.items():
        target = os.path.join(out, name)
        if not same(path, target):
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copyfile(path, target)
    for name, path in list(files_below(out)):
        if name not in wanted and name != OVERLAY:
            os.remove(path)
    folders = [os.path.join(out, name) for name in FOLDERS]
    header_case.emit([folder for folder in folders if os.path.isdir(folder)],
                     os.path.join(out, OVERLAY))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True, help="the kit's include folder")
    parser.add_argument("sources", nargs="+", help="folders to merge, later ones win")
    options = parser.parse_args()
    lay_out(options.sources, options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
