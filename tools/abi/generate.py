# SPDX-License-Identifier: MIT
"""Generates everything that the tables under abi/ decide.

Comes in: the folder of tables. Goes out: C, assembler, headers and import definitions
below one folder, and the status page.
Always holds: tables are read and checked first; with one fault nothing is written and
every fault is printed as file:line: text.
"""
import argparse
import importlib.util
import sys

import kernel_exports
import names
import services
import status_page
import tables
import user_exports


def emit_layouts(abi, out):
    """The layout asserts have a generator of their own."""
    if importlib.util.find_spec("layout") is None:
        return
    layout = importlib.import_module("layout")
    layout.emit(abi, out)


def generate(abi, out, docs=None):
    """Returns the list of faults; empty if everything was written."""
    faults = tables.Faults()
    exports = kernel_exports.read(abi, faults)
    status, bugchecks = names.read(abi, faults)
    calls = services.read(abi, faults)
    modules = user_exports.read(abi, faults)
    if faults.lines:
        return faults.lines
    output = tables.Output(out)
    kernel_exports.emit(exports, output)
    names.emit(status, bugchecks, output)
    services.emit(calls, output)
    user_exports.emit(modules, output)
    try:
        emit_layouts(abi, out)
    except Exception as error:  # its own error type, already with file and line
        if type(error).__name__ != "TableError":
            raise
        return [str(error)]
    if docs:
        tables.Output(docs).write("status.md", status_page.page(exports, calls, modules))
    return []


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
