# SPDX-License-Identifier: MIT
"""Generates everything that the tables under abi/ decide.

Comes in: the folder of tables. Goes out: C, assembler, headers and import definitions
below one folder, and the status page.
Always holds: tables are read and checked first; with one fault nothing is written and
every fault is printed as file:line: text.
"""
import argparse
import importlib
import importlib.util
import os
import sys
import tempfile

import kernel_exports
import names
import services
import status_page
import tables
import user_exports
import wdf
import win16_exports
import wow64


def emit_layouts(abi, output):
    """The layout asserts have a generator of their own, which always writes."""
    if importlib.util.find_spec("layout") is None:
        return
    layout = importlib.import_module("layout")
    with tempfile.TemporaryDirectory() as scratch:
        layout.emit(abi, scratch)
        for folder, _, names_made in os.walk(scratch):
            for name in names_made:
                path = os.path.join(folder, name)
                with open(path, encoding="utf-8") as made:
                    output.write(os.path.relpath(path, scratch), made.read())


def generate(abi, out, docs=None):
    """Returns the list of faults; empty if everything was written."""
    faults = tables.Faults()
    exports = kernel_exports.read(abi, faults)
    status, win32, bugchecks, kinds = names.read(abi, faults)
    calls = services.read(abi, faults)
    widths = wow64.read(abi, faults)
    modules = user_exports.read(abi, faults)
    sixteen = win16_exports.read(abi, faults)
    entries = wdf.read(abi, faults)
    structs = wdf.read_structs(abi, faults)
    rules = wdf.read_rules(abi, entries, faults)
    if faults.found:
        return faults.lines()
    output = tables.Output(out)
    try:
        emit_layouts(abi, output)
    except Exception as error:  # its own error type, already with file and line
        if type(error).__name__ != "TableError":
            raise
        return [str(error)]
    kernel_exports.emit(exports, output)
    names.emit(status, win32, bugchecks, kinds, output)
    services.emit(calls, output)
    wow64.emit(calls, widths, output, faults)
    user_exports.emit(modules, output)
    win16_exports.emit(sixteen, output)
    wdf.emit(entries, structs, rules, output)
    if docs:
        tables.Output(docs).write("status.md", status_page.page(exports, calls, modules, entries,
                                                                   sixteen))
    return faults.lines()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--abi", required=True, help="folder of the tables")
    parser.add_argument("--out", required=True, help="folder for generated files")
    parser.add_argument("--docs", help="folder for status.md")
    options = parser.parse_args()
    faults = generate(options.abi, options.out, options.docs)
    for line in faults:
        print(line, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
