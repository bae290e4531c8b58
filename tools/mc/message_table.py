# SPDX-License-Identifier: MIT
"""Packs numbered texts as a MESSAGETABLE resource.

The table begins with a count of blocks; a block is a run of numbers: first, last, offset of its
first entry. An entry is its length, a flag (1: UTF-16) and the text, filled to four bytes.
Doc: MESSAGE_RESOURCE_DATA and its kin (winnt.h).
"""
import struct


def entry_bytes(text):
    data = text.encode("utf-16-le") + b"\0\0"
    data += b"\0" * (-len(data) % 4)
    return struct.pack("<HH", 4 + len(data), 1) + data


def table_bytes(texts):
    """texts: {number: text}"""
    blocks = []
    for number in sorted(texts):
        if blocks and blocks[-1][1] + 1 == number:
            blocks[-1][1] = number
        else:
            blocks.append([number, number])
    head = struct.pack("<I", len(blocks))
    offset = 4 + 12 * len(blocks)
    body = b""
    for first, last in blocks:
        head += struct.pack("<III", first, last, offset + len(body))
        body += b"".join(entry_bytes(texts[n]) for n in range(first, last + 1))
    return head + body
