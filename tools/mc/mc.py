#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compiles message files (.mc) and event manifests (.man, .xml).

    mc.py [-km] [-h FOLDER] [-r FOLDER] FILE...

Out of NAME.mc comes NAME.h with a number a message, and NAME.rc with a message table a language
(MSG00001.bin and so on). Out of NAME.man comes NAME.h with event descriptors and the macros that
register a provider and write its events, NAME.rc and a message table; the binary template that
Windows' viewer wants (NAMETEMP.BIN) is a placeholder, the log reads records in the driver. -z
NAME chooses another name. -km, macros for drivers, is always on.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from manifest import Manifest, header_text  # noqa: E402
from message_text import McError, MessageFile  # noqa: E402
from message_table import table_bytes  # noqa: E402


def words_read(words):
    header, resource, base, files = ".", ".", None, []
    words = list(words)
    while words:
        word = words.pop(0)
        if word in ("-h", "-r", "-z", "-e") and not words:
            raise McError(f"{word} needs a value")
        if word == "-h":
            header = words.pop(0)
        elif word == "-r":
            resource = words.pop(0)
        elif word == "-z":
            base = words.pop(0)
        elif word == "-e":
            words.pop(0)
        elif not word.startswith("-"):
            files.append(word)
    if not files:
        raise McError("no file; `cove mc FILE.mc` or FILE.man")
    return header, resource, base, files


def write(folder, name, data):
    mode = {"mode": "w", "encoding": "utf-8"} if isinstance(data, str) else {"mode": "wb"}
    with open(os.path.join(folder, name), **mode) as out:
        out.write(data)


def messages_compile(path, stem, header, resource):
    messages = MessageFile(path)
    write(header, stem + ".h", messages.header_text())
    script = []
    for number, (name, identifier) in enumerate(messages.languages.items(), 1):
        file = messages.files.get(name) or f"MSG{number:05}"
        write(resource, file + ".bin", table_bytes(messages.texts(name)))
        script.append(f"LANGUAGE 0x{identifier & 0x3ff:x},0x{identifier >> 10:x}\n"
                      f"1 11 \"{file}.bin\"\n")
    write(resource, stem + ".rc", "".join(script))


def manifest_compile(path, stem, header, resource):
    manifest = Manifest(path)
    write(header, stem + ".h", header_text(manifest))
    write(resource, stem + "_MSG00001.bin", table_bytes(manifest.messages()))
    write(resource, stem + "TEMP.BIN", b"\0\0\0\0")
    write(resource, stem + ".rc", f"LANGUAGE 0x9,0x1\n1 11 \"{stem}_MSG00001.bin\"\n"
                                  f"1 WEVT_TEMPLATE \"{stem}TEMP.BIN\"\n")


def main(words):
    try:
        header, resource, base, files = words_read(words)
        for path in files:
            stem = base or os.path.splitext(os.path.basename(path))[0]
            is_text = path.lower().endswith(".mc")
            (messages_compile if is_text else manifest_compile)(path, stem, header, resource)
    except (McError, OSError) as error:
        print(f"cove mc: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
