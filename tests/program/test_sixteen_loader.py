# SPDX-License-Identifier: MIT
"""What is in an NE file comes into memory: every kind of reference, iterated data, entries."""
import os
import struct
import unittest

from sixteen_kit import SixteenTest

BYTE, SELECTOR, FAR, OFFSET, FAR_48, OFFSET_32 = 0, 2, 3, 5, 11, 13
BYTES = {BYTE: 1, SELECTOR: 2, FAR: 4, OFFSET: 2, FAR_48: 6, OFFSET_32: 4}
INTERNAL, ORDINAL, NAME, SYSTEM, ADDITIVE = 0, 1, 2, 3, 4
BY_ENTRY = 0xFF
STEP = 16  # from place to place
MEMORY = 0x2000
ITERATED, RELOCATIONS = 0x8, 0x100


class Image:
    """An NE file whose tables are looked up and replaced."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.bytes = bytearray(file.read())
        self.header, = struct.unpack_from("<I", self.bytes, 0x3C)

    def word(self, offset):
        return struct.unpack_from("<H", self.bytes, self.header + offset)[0]

    def word_set(self, offset, value):
        struct.pack_into("<H", self.bytes, self.header + offset, value)

    def modules(self):
        """{name: number}; and {name: offset in the table of imported names}"""
        table, names = self.header + self.word(0x28), self.header + self.word(0x2A)
        found = {}
        for number in range(self.word(0x1E)):
            at = names + struct.unpack_from("<H", self.bytes, table + 2 * number)[0]
            found[bytes(self.bytes[at + 1:at + 1 + self.bytes[at]]).decode()] = number + 1
        return found

    def names_add(self, *names):
        """A new table of imported names behind the others, because this one has no room."""
        old = self.header + self.word(0x2A)
        table = bytes(self.bytes[old:self.header + self.word(0x04)])
        offsets = {}
        for name in names:
            offsets[name] = len(table)
            table += bytes([len(name)]) + name.encode()
        self.word_set(0x2A, len(self.bytes) - self.header)
        self.bytes += table
        return offsets

    def entries_add(self, bundle):
        """The entry table follows the imported names, with one bundle more."""
        old = self.header + self.word(0x04)
        table = bytes(self.bytes[old:old + self.word(0x06)])
        assert table[-1:] == b"\0", table
        table = table[:-1] + bundle + b"\0"
        self.word_set(0x04, len(self.bytes) - self.header)
        self.word_set(0x06, len(table))
        self.bytes += table

    def segment_of(self, marker):
        for number in range(1, self.word(0x1C) + 1):
            at = self.header + self.word(0x22) + 8 * (number - 1)
            sector, length = struct.unpack_from("<HH", self.bytes, at)
            start = sector << self.word(0x32)
            if self.bytes[start:start + len(marker)] == marker and length:
                return number, at
        raise KeyError(marker)

    def segment_set(self, at, data, relocations, flags, memory=MEMORY):
        sector = 1 << self.word(0x32)
        self.bytes += bytes(-len(self.bytes) % sector)
        old, = struct.unpack_from("<H", self.bytes, at + 4)
        struct.pack_into("<HHHH", self.bytes, at, len(self.bytes) // sector, len(data),
                         old & ~(ITERATED | RELOCATIONS) | flags, memory)
        self.bytes += data
        if relocations:
            self.bytes += struct.pack("<H", len(relocations)) + b"".join(relocations)


def relocation(form, kind, place, first, second):
    return struct.pack("<BBHHH", form, kind, place, first, second)


def placed(form, before, selector, offset, is_added):
    """What stands at a place afterwards, if `before` did."""
    there = int.from_bytes(before[:4], "little") if is_added else 0
    wide = (offset + there) & 0xFFFFFFFF
    made = {BYTE: struct.pack("<B", wide & 0xFF), SELECTOR: struct.pack("<H", selector),
            FAR: struct.pack("<HH", wide & 0xFFFF, selector),
            OFFSET: struct.pack("<H", wide & 0xFFFF),
            FAR_48: struct.pack("<IH", wide, selector), OFFSET_32: struct.pack("<I", wide)}[form]
    return made + before[len(made):]


class Loader(SixteenTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.write("LIBRARY.def", "LIBRARY LIBRARY\nDATA SINGLE\n")
        cls.build("library", "LIBRARY.def", output="LIBRARY.DLL")
        cls.write("places.def", "NAME PLACES\nSTACKSIZE 4096\nSEGMENTS\n"
                                "  MORE FIXED\n  more FIXED\n  CODE MOVEABLE\n  code MOVEABLE\n")
        cls.build("places", "places.def")

    def run_image(self, image):
        with open(self.path("tried.exe"), "wb") as file:
            file.write(image.bytes)
        return self.run16("tried.exe")

    def places_of(self, image):
        done = self.run_image(image)
        self.assertEqual((done.stdout, done.stderr), ("", ""))
        with open(self.path("PLACES.BIN"), "rb") as file:
            return file.read()

    def references(self):
        """The file, its targets: {word: (kind, two words of the reference, what it is)}."""
        image = Image(self.path("places.exe"))
        modules = image.modules()
        names = image.names_add("_LWRITE", "TEXTGET", "__AHINCR")
        image.entries_add(bytes([1, 0xFE, 1]) + struct.pack("<H", 0x1357))
        more, _ = image.segment_of(b"\x90" * 0xC5)
        targets = {
            "segment": (INTERNAL, more, 0x0123, lambda read: (read[1], 0x0123)),
            "entry in a moveable segment": (INTERNAL, BY_ENTRY, 1, None),
            "entry in a fixed segment": (INTERNAL, BY_ENTRY, 2, lambda read: (read[1], 0xC5)),
            "entry that is a constant": (INTERNAL, BY_ENTRY, 3, lambda read: (0x1357, 0x1357)),
            "function by number": (ORDINAL, modules["KERNEL"], 86, lambda read: (read[3], read[2])),
            "function by name": (NAME, modules["KERNEL"], names["_LWRITE"],
                                 lambda read: (read[3], read[2])),
            "library's function by number": (ORDINAL, modules["LIBRARY"], 2,
                                             lambda read: (read[5], read[4])),
            "library's function by name": (NAME, modules["LIBRARY"], names["TEXTGET"],
                                           lambda read: (read[7], read[6])),
            "constant by number": (ORDINAL, modules["KERNEL"], 113, lambda read: (3, 3)),
            "constant by name": (NAME, modules["KERNEL"], names["__AHINCR"], lambda read: (8, 8)),
        }
        code, at = image.segment_of(b"\x9a")  # a call of InitTask
        start = struct.unpack_from("<H", image.bytes, at)[0] << image.word(0x32)
        offset = image.bytes.index(b"\x90" * 20 + b"\xcb", start) + 20 - start
        kind, first, second, _ = targets["entry in a moveable segment"]
        targets["entry in a moveable segment"] = (kind, first, second,
                                                  lambda read: (read[0], offset))
        self.assertNotEqual(code, more)
        return image, targets

    def all_kinds(self, is_iterated):
        image, targets = self.references()
        _, at = image.segment_of(b"PLACES")
        data = bytearray(b"\xa5" * MEMORY)
        relocations, expected, place = [], [], 0
        for name, (kind, first, second, value) in targets.items():
            for form in BYTES:
                chain = [place + STEP * i for i in range(3)]
                for here, following in zip(chain, chain[1:] + [0xFFFF]):
                    struct.pack_into("<H", data, here, following)
                relocations.append(relocation(form, kind, chain[0], first, second))
                place += 3 * STEP
                expected.append((name, form, chain, False, value))
                struct.pack_into("<I", data, place, 0x0001FF21)
                relocations.append(relocation(form, kind | ADDITIVE, place, first, second))
                expected.append((name, form, [place], True, value))
                place += STEP
        relocations.append(relocation(OFFSET, SYSTEM, place, 1, 0))  # the coprocessor's stay
        self.assertLess(place, MEMORY)
        stored = bytes(data)
        if is_iterated:
            stored = (struct.pack("<HH", 1, place) + stored[:place] +
                      struct.pack("<HH", MEMORY - place, 1) + stored[place:place + 1])
        image.segment_set(at, stored, relocations, RELOCATIONS | (ITERATED if is_iterated else 0))
        after = self.places_of(image)
        read = struct.unpack_from("<8H", after)
        self.assertEqual(len(after), 16 + MEMORY)
        for name, form, chain, is_added, value in expected:
            with self.subTest(name, form=form, is_added=is_added):
                for here in chain:
                    self.assertEqual(after[16 + here:16 + here + STEP],
                                     placed(form, bytes(data[here:here + STEP]), *value(read),
                                            is_added))
        self.assertEqual(after[16 + place:], bytes(data[place:]))

    def test_references_of_every_kind(self):
        self.all_kinds(False)

    def test_references_in_iterated_data(self):
        self.all_kinds(True)

    def test_iterated_data(self):
        image = Image(self.path("places.exe"))
        _, at = image.segment_of(b"PLACES")
        runs = [(3, b"abc"), (1, b"\0" * 100), (1000, b"\x7f"), (0, b"never"), (5, b""), (2, b"z")]
        stored = b"".join(struct.pack("<HH", times, len(what)) + what for times, what in runs)
        whole = b"".join(times * what for times, what in runs)
        image.segment_set(at, stored, [], ITERATED)
        self.assertEqual(self.places_of(image)[16:], whole.ljust(MEMORY, b"\0"))

    def test_what_cannot_be_loaded(self):
        some = relocation(OFFSET, INTERNAL, 0, 1, 0)
        plain = struct.pack("<H", 0xFFFF).ljust(MEMORY, b"\0")
        looped = struct.pack("<H", 0).ljust(MEMORY, b"\0")
        for data, relocations, flags, words in (
                (struct.pack("<HH", 0xFFFF, 2) + b"ab", [], ITERATED, "iterated data"),
                (struct.pack("<HH", 1, 2) + b"a", [], ITERATED, "iterated data"),
                (b"\1", [], ITERATED, "iterated data"),
                (looped, [some], 0, "does not lie in its segment"),
                (plain, [relocation(OFFSET, INTERNAL, MEMORY - 1, 1, 0)], 0,
                 "does not lie in its segment"),
                (plain, [relocation(FAR_48, INTERNAL, MEMORY - 5, 1, 0)], 0,
                 "does not lie in its segment"),
                (plain, [relocation(7, INTERNAL, 0, 1, 0)], 0, "type of address"),
                (plain, [relocation(OFFSET, INTERNAL, 0, 77, 0)], 0, "segment"),
                (plain, [relocation(OFFSET, INTERNAL, 0, BY_ENTRY, 999)], 0, "entry 999"),
                (plain, [relocation(OFFSET, ORDINAL, 0, 9, 1)], 0, "module"),
                (plain, [relocation(OFFSET, NAME, 0, 1, 0xFF00)], 0, "imported name")):
            with self.subTest(words, relocations=relocations):
                image = Image(self.path("places.exe"))
                _, at = image.segment_of(b"PLACES")
                image.segment_set(at, data, relocations,
                                  flags | (RELOCATIONS if relocations else 0))
                done = self.run_image(image)
                self.assertEqual((done.returncode, done.stdout), (126, ""), done.stderr)
                self.assertIn(words, done.stderr)

    def test_a_function_that_nobody_exports_is_named_when_it_is_called(self):
        """Loading goes on; test_sixteen_faults has the call."""
        image = Image(self.path("places.exe"))
        _, at = image.segment_of(b"PLACES")
        image.segment_set(at, struct.pack("<H", 0xFFFF).ljust(MEMORY, b"\0"),
                          [relocation(FAR, ORDINAL, 0, image.modules()["KERNEL"], 9999)],
                          RELOCATIONS)
        first, second = struct.unpack_from("<HH", self.places_of(image), 16)
        self.assertNotEqual((first, second), (0xFFFF, 0))
        self.assertNotEqual(second, 0)
        os.remove(self.path("PLACES.BIN"))


if __name__ == "__main__":
    unittest.main()
