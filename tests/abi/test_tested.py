# SPDX-License-Identifier: MIT
"""Every export that says it is there is called by some test.

A name counts when a test or an example uses it, or uses a macro or inline function of the
kit that is made of it. untested.txt holds the names for which nobody has written a test
yet: it may only shrink. A name in it that is tested by now, or not there, is a fault.
"""
import glob
import os
import re
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WORD = re.compile(r"[A-Za-z_]\w*")
TESTS = ("src/**/test/*.[ch]", "tests/**/*.[ch]", "tests/**/*.cpp", "tests/**/*.inc",
         "examples/**/*.c")


def text_of(path):
    with open(os.path.join(ROOT, path), encoding="utf-8", errors="replace") as file:
        return re.sub(r"/\*.*?\*/", " ", file.read(), flags=re.S)


def rows(path):
    lines = [line.split("\t") for line in text_of(path).splitlines()
             if line and not line.startswith("#")]
    return [dict(zip(lines[0], line)) for line in lines[1:]]


def words_of_tests():
    words = set()
    for pattern in TESTS:
        for path in glob.glob(os.path.join(ROOT, pattern), recursive=True):
            words.update(WORD.findall(text_of(os.path.relpath(path, ROOT))))
    return words


def wrappers():
    """{name: macros and inline functions of the kit whose body says it}"""
    found = {}
    for path in glob.glob(os.path.join(ROOT, "include/wdk/**/*.h"), recursive=True):
        text = text_of(os.path.relpath(path, ROOT)).replace("\\\n", " ")
        bodies = re.findall(r"^#\s*define\s+(\w+)\b(.*)$", text, re.M)
        bodies += re.findall(r"(?:FORCEINLINE|__inline|inline)[^;{]*?\b(\w+)\s*\([^;{]*\)\s*"
                             r"\{(.*?)^\}", text, re.M | re.S)
        for wrapper, body in bodies:
            for word in set(WORD.findall(body)):
                found.setdefault(word, set()).add(wrapper)
    return found


def alike(row, around):
    """The names under which a test may call it."""
    name = row["name"]
    names = {name, "ddi_" + name} | around.get(name, set())
    for wrapper in list(names):
        names |= around.get(wrapper, set())
    if name[:2] in ("Zw", "Nt"):  # one service
        names |= {"Zw" + name[2:], "Nt" + name[2:]}
    if row["module"] == "table":  # a routine that is reached through a field of a structure
        names.add(re.sub("^[A-Z][a-z]+", "", name))
        names.add(re.sub("^[A-Z][a-z]+", "", name).removesuffix("Ex"))
    return names


class Tested(unittest.TestCase):
    def test_exports(self):
        words, around = words_of_tests(), wrappers()
        with open(os.path.join(ROOT, "tests/abi/untested.txt"), encoding="utf-8") as file:
            excused = {line.strip() for line in file if line.strip() and line[0] != "#"}
        there, untested = set(), set()
        for path in glob.glob(os.path.join(ROOT, "abi/exports/*.tsv")):
            for row in rows(os.path.relpath(path, ROOT)):
                if row["status"] not in ("done", "partial"):
                    continue
                there.add(row["name"])
                if not alike(row, around) & words:
                    untested.add(row["name"])
        self.assertEqual(sorted(untested - excused), [], "exports without a test")
        self.assertEqual(sorted(excused - untested), [], "take these out of untested.txt")
        self.assertGreater(len(there - untested), 900)

    def test_exports_of_16_bit_modules(self):
        """A name counts where a 16-bit test imports it, by it or by its number."""
        words = set()
        for pattern in ("tests/program/sixteen/*.asm", "tests/program/sixteen/*.inc",
                        "examples/**/*.asm", "tests/cli/test_thunk.py"):
            for path in glob.glob(os.path.join(ROOT, pattern), recursive=True):
                text = re.sub(r";.*", " ", text_of(os.path.relpath(path, ROOT)))
                words.update(WORD.findall(text))
                words.update(re.findall(r"\b[A-Z0-9]+ \d+\b", text))
        there, untested = 0, []
        for path in glob.glob(os.path.join(ROOT, "abi/exports/win16/*.tsv")):
            module = os.path.basename(path).removesuffix(".tsv").upper()
            for row in rows(os.path.relpath(path, ROOT)):
                if row["status"] not in ("done", "partial"):
                    continue
                there += 1
                if not {row["name"], f"{module} {row['ordinal']}"} & words:
                    untested.append(f"{module}.{row['name']}")
        self.assertEqual(sorted(untested), [], "16-bit exports without a test")
        self.assertGreater(there, 200)

    def test_framework_entries(self):
        """Every entry of KMDF's function table that is there."""
        words, around = words_of_tests(), wrappers()
        there = [row for row in rows("abi/wdf/kmdf.tsv") if row["status"] in ("done", "partial")]
        untested = sorted(row["name"] for row in there
                          if not alike(dict(row, module="wdf01000"), around) & words)
        self.assertEqual(untested, [], "entries of KMDF without a test")
        self.assertGreater(len(there), 440)


if __name__ == "__main__":
    unittest.main()
