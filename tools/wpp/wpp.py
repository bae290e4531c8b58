#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the .tmh header of each traced source file.

    wpp.py [-o FOLDER] [-I FOLDER]... [-func:SIGNATURE]... [-scan:FILE]... SOURCE...

In come C and C++ sources whose trace calls hold their message as text, out comes for each
source the header that it includes by a name ending in .tmh. What trace functions there are is
said by -func, by configuration blocks ("begin_wpp config") in the sources, in headers that they
include from their own folders, in files after -scan, and in files that are nothing but
configuration: those after -ini, and localwpp.ini beside a source. Other options of the original
preprocessor are accepted and change nothing.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from config import Config, WppError  # noqa: E402
from emit import header_text  # noqa: E402
from source import Source, local_headers, read_text  # noqa: E402

LOCAL = "localwpp.ini"


def words_read(words):
    """The command line sorted: folder, include folders, configuration, sources."""
    folder, includes, scans, functions, sources = ".", [], [], [], []
    words = list(words)
    while words:
        word = words.pop(0)
        if word in ("-o", "-I") and not words:
            raise WppError(f"{word} needs a value")
        if word == "-o":
            folder = words.pop(0)
        elif word == "-I":
            includes.append(words.pop(0))
        elif word.startswith("-I"):
            includes.append(word[2:])
        elif word.startswith("-func:"):
            functions.append(word[6:])
        elif word.startswith(("-scan:", "-ini:")):
            scans.append(word.split(":", 1)[1])
        elif not word.startswith("-"):
            sources.append(word)
    return folder, includes, scans, functions, sources


def source_process(path, folder, includes, scans, functions):
    """Writes the headers that one source asks for; a source that asks for none is no error."""
    text = read_text(path)
    source = Source(path, text)
    if not source.headers:
        return
    config = Config()
    texts = [text] + [read_text(p) for p in local_headers(path, text, includes)]
    texts += [read_text(p) for p in scans if not p.lower().endswith(".ini")]
    local = os.path.join(os.path.dirname(path), LOCAL)
    if os.path.exists(local):
        config.lines_scan(read_text(local))
    for scan in scans:
        if scan.lower().endswith(".ini"):
            config.lines_scan(read_text(scan))
    for each in texts:
        config.text_scan(each)
    for signature in functions:
        for one in signature.split(";"):
            config.function_add(one)
    source.calls_find(config)
    for number, name in enumerate(source.headers):
        with open(os.path.join(folder, os.path.basename(name)), "w", encoding="utf-8") as out:
            out.write(header_text(source, config) if number == 0 else "")


def main(words):
    try:
        folder, includes, scans, functions, sources = words_read(words)
        if not sources:
            raise WppError("no source; `cove wpp SOURCE...` writes a .tmh for each")
        for path in sources:
            source_process(path, folder, includes, scans, functions)
    except (WppError, OSError) as error:
        print(f"cove wpp: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
