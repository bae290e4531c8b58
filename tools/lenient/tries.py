# SPDX-License-Identifier: MIT
"""Bodies of __try that end in an expression by which clang dies.

In: the text; out: changes. Where the last thing in a __try is a value of two branches, as that of
`cond ? a : b` or of a checked build's ASSERT, clang 19 falls over a block without instructions
(VolatilizeTryBlocks, with -fasync-exceptions). One instruction of no effect at the end of each
body keeps it on its feet.
"""
from source import closing, pieces

CRASH = "VolatilizeTryBlocks"
NOTHING = ' __asm__ volatile("");'


def edits(text):
    """An insertion before the brace that ends each body."""
    found = []
    for match in pieces(r"\b__try\b\s*(?=\{)").finditer(text):
        if match.group().startswith("__try"):
            end = closing(text, match.end(), "{}")
            if end is not None:
                found.append((end - 1, end - 1, NOTHING))
    return found
