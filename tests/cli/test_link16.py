# SPDX-License-Identifier: MIT
"""`cove link16` and `cove dump`: what nasm assembles becomes NE files that say what was meant."""
import json
import os
import re
import struct
import subprocess
import tempfile
import unittest

COVE = os.environ.get("COVE", "cove")

START = """
segment code use16 class=CODE public
..start:
    mov ax, DGROUP
    mov ds, ax
"""
DATA = """
group DGROUP data
segment data use16 class=DATA public align=2
    dw 0
"""


class Link(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="ascii") as file:
            file.write(text)
        return self.path(name)

    def assemble(self, name, text):
        source = self.write(name + ".asm", text)
        subprocess.run(["nasm", "-f", "obj", "-o", self.path(name + ".obj"), source], check=True)
        return self.path(name + ".obj")

    def run_cove(self, *words):
        return subprocess.run([COVE, *words], capture_output=True, text=True, check=False)

    def link(self, *words):
        result = self.run_cove("link16", "-o", self.path("out.exe"), *words)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return self.dump("out.exe")

    def refuse(self, expected, *words):
        result = self.run_cove("link16", "-o", self.path("out.exe"), *words)
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stderr, expected)
        self.assertFalse(os.path.exists(self.path("out.exe")))

    def dump(self, name):
        result = self.run_cove("dump", "--json", self.path(name))
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return json.loads(result.stdout)[0]

    def segment_bytes(self, dump, number):
        segment = dump["segments"][number - 1]
        with open(self.path("out.exe"), "rb") as file:
            file.seek(segment["offset"])
            return file.read(segment["bytes"])

    # ---- what is linked --------------------------------------------------------------------

    def test_a_program_has_entry_data_and_stack(self):
        ne = self.link(self.assemble("a", START + DATA + """
segment stack use16 class=STACK stack
    resb 3000
"""))
        self.assertEqual((ne["format"], ne["kind"], ne["module"]), ("NE", "program", "OUT"))
        self.assertEqual((ne["entry"], ne["automatic_data"], ne["stack"]), ("1:0000", 2, 3000))
        self.assertEqual(ne["windows"], "3.10")
        relocation = ne["segments"][0]["relocations"]
        self.assertEqual([(r["what"], r["to"], r["at"]) for r in relocation],
                         [("selector", "2:0000", 1)])

    def test_equal_references_form_a_chain(self):
        ne = self.link(self.assemble("a", START + "mov ax, DGROUP\nmov ax, DGROUP\n" + DATA))
        relocation, = ne["segments"][0]["relocations"]
        code = self.segment_bytes(ne, 1)
        places, at = [], relocation["at"]
        while at != 0xFFFF:
            places.append(at)
            at, = struct.unpack_from("<H", code, at)
        self.assertEqual(sorted(places), [1, 6, 9])

    def test_offsets_are_written_and_near_calls_reach(self):
        ne = self.link(self.assemble("a", """
extern there, text
""" + START + "call near there\nmov bx, text\nmov bx, text + 3\njmp short near_by\nnear_by:\n"
                                     + DATA),
                       self.assemble("b", """
global there, text
segment code use16 class=CODE public
    nop
there: ret
group DGROUP data
segment data use16 class=DATA public align=2
    db 9
text: db "text"
"""))
        code = self.segment_bytes(ne, 1)
        (displacement,) = struct.unpack_from("<h", code, 6)
        self.assertEqual(code[8 + displacement], 0xC3)
        self.assertEqual(struct.unpack_from("<H", code, 9), (3,))
        self.assertEqual(struct.unpack_from("<H", code, 12), (6,))

    def test_segments_without_group_stay_apart(self):
        ne = self.link(self.assemble("a", START + "call far other\n" + DATA + """
segment more use16 class=CODE
    nop
other: retf
"""))
        self.assertEqual(len(ne["segments"]), 3)
        far, = [r for r in ne["segments"][0]["relocations"] if r["to"] != "3:0000"]
        self.assertEqual((far["what"], far["to"]), ("selector", "2:0000"))
        self.assertEqual(struct.unpack_from("<H", self.segment_bytes(ne, 1), 6), (1,))

    def test_imports_by_name_and_ordinal(self):
        ne = self.link(self.assemble("a", """
extern FatalExit, Beep
import FatalExit KERNEL 1
""" + START + "call far FatalExit\ncall far Beep\ncall far FatalExit\n" + DATA),
                       self.write("a.def", "NAME Tool\nIMPORTS\n  Beep=SOUND.MessageBeep\n"))
        self.assertEqual([m["name"] for m in ne["modules"]], ["KERNEL", "SOUND"])
        found = {(r["module"], r.get("name", r.get("ordinal")), r["what"])
                 for r in ne["segments"][0]["relocations"] if "module" in r}
        self.assertEqual(found, {("KERNEL", 1, "offset"), ("KERNEL", 1, "selector"),
                                 ("SOUND", "MessageBeep", "offset"),
                                 ("SOUND", "MessageBeep", "selector")})
        self.assertEqual(ne["module"], "TOOL")

    def test_a_library_exports(self):
        code = """
segment code use16 class=CODE public
    nop
global first, second
first: retf
second: retf
export second SECOND 9
""" + DATA
        ne = self.link(self.assemble("a", code), self.write("a.def", """
LIBRARY LIB   ; a comment
DESCRIPTION 'A library; with a description'
EXETYPE WINDOWS 3.0
CODE FIXED
HEAPSIZE 1024
EXPORTS
    FIRST=first @4 RESIDENTNAME
    WEP=first
"""))
        self.assertEqual((ne["kind"], ne["module"], ne["windows"], ne["heap"], ne["stack"]),
                         ("library", "LIB", "3.00", 1024, 0))
        self.assertEqual(ne["description"], "A library; with a description")
        entries = {e["name"]: (e["ordinal"], e["at"], e["resident"], e["moveable"])
                   for e in ne["entries"]}
        self.assertEqual(entries, {"FIRST": (4, "1:0001", True, False),
                                   "WEP": (1, "1:0001", True, False),
                                   "SECOND": (9, "1:0002", False, False)})

    def test_data_behind_the_last_byte_are_not_in_the_file(self):
        ne = self.link(self.assemble("a", START + """
group DGROUP data bss
segment bss use16 class=BSS
    resb 20000
segment data use16 class=DATA public
    db 1, 2, 3
common shared 100:near
"""))
        segment = ne["segments"][1]
        self.assertEqual(segment["bytes"], 3)
        self.assertEqual(segment["memory"], 20000 + 3 + 1 + 100)

    def test_libraries_give_what_is_wanted(self):
        wanted = self.assemble("wanted", """
segment code use16 class=CODE public
global wanted
extern deeper
wanted: jmp near deeper
""")
        deeper = self.assemble("deeper", "segment code use16 class=CODE public\nglobal deeper\n"
                                         "deeper: ret\n")
        other = self.assemble("other", "segment big use16 class=CODE public\nglobal other\n"
                                       "other: times 9999 nop\n")
        page = 16
        library = bytearray(struct.pack("<BHIHB", 0xF0, page - 3, 0, 0, 0).ljust(page, b"\0"))
        for path in (deeper, other, wanted):
            with open(path, "rb") as file:
                library += file.read()
            library += bytes(-len(library) % page)
        library += struct.pack("<BH", 0xF1, 1) + b"\0"
        with open(self.path("many.lib"), "wb") as file:
            file.write(library)
        ne = self.link(self.assemble("a", "extern wanted\n" + START + "call near wanted\n" + DATA),
                       self.path("many.lib"))
        self.assertEqual(len(ne["segments"]), 2)
        self.assertEqual(self.dump("many.lib")["format"], "OMF library")

    def test_the_map_lists_segments_and_symbols(self):
        result = self.run_cove("link16", "-o", self.path("out.exe"), "--map=-",
                               self.assemble("a", "global here\n" + START + "here:\n" + DATA))
        self.assertRegex(result.stdout, r"0001:0005 +\S*a\.asm +here")
        self.assertIn("DGROUP (automatic data)", result.stdout)

    def resource(self, kind, name, data, flags=0x1030):
        def word(what):
            return b"\xff" + struct.pack("<H", what) if isinstance(what, int) else \
                what.encode() + b"\0"
        return word(kind) + word(name) + struct.pack("<HI", flags, len(data)) + data

    def resource_file(self, name, *resources):
        with open(self.path(name), "wb") as file:
            file.write(b"".join(resources))
        return self.path(name)

    def test_resources_are_found_by_type_and_name(self):
        texts = [bytes([65 + i]) * (i * 37 + 1) for i in range(5)]
        ne = self.link(self.assemble("a", START + DATA), self.resource_file(
            "a.res", self.resource(10, 1, texts[0]), self.resource("MAP", "EAST", texts[1]),
            self.resource(10, "Text", texts[2]), self.resource("map", 7, texts[3])),
            self.resource_file("b.res", self.resource(6, 3, texts[4])))
        found = [(r["type"], r["id"]) for r in ne["resources"]]
        self.assertEqual(found, [("data", 1), ("data", "Text"), ("MAP", "EAST"), ("MAP", 7),
                                 ("string", 3)])
        with open(self.path("out.exe"), "rb") as file:
            whole = file.read()
        for place, text in zip(ne["resources"], (texts[i] for i in (0, 2, 1, 3, 4))):
            data = whole[place["offset"]:place["offset"] + place["bytes"]]
            self.assertEqual(data.rstrip(b"\0"), text)
            self.assertEqual(len(data), -(-len(text) // 16) * 16)
        # What stands behind the table is where it was.
        self.assertEqual((ne["module"], ne["entry"]), ("OUT", "1:0000"))
        shown = self.run_cove("dump", self.path("out.exe")).stdout
        self.assertRegex(shown, r"MAP +EAST")

    def test_large_resources_make_sectors_coarser(self):
        large = bytes(range(256)) * 8192  # 2 MiB
        ne = self.link(self.assemble("a", START + DATA), self.resource_file(
            "a.res", self.resource(10, 1, large), self.resource(10, 2, b"behind")))
        with open(self.path("out.exe"), "rb") as file:
            whole = file.read()
        first, second = ne["resources"]
        self.assertEqual(whole[first["offset"]:first["offset"] + len(large)], large)
        self.assertEqual(whole[second["offset"]:second["offset"] + 6], b"behind")
        code = ne["segments"][0]
        self.assertEqual(whole[code["offset"]], 0xB8)

    def test_damaged_resources_are_refused(self):
        program = self.assemble("a", START + DATA)
        good = self.resource("KIND", 1, b"text")
        for cut in range(1, len(good)):
            self.refuse(r"a.res: the resource at 0x[05] ",
                        program, self.resource_file("a.res", good[:cut]))
        self.refuse(r"a.res: the resource at 0x\w+ has the type and the name of an earlier one",
                    program, self.resource_file("a.res", good, good))
        self.refuse(r"has a number that is not between 1 and 0x7fff",
                    program, self.resource_file("a.res", self.resource(0x8001, 1, b"")))
        self.refuse(r"resources of 32-bit Windows", program,
                    self.resource_file("a.res", struct.pack("<II", 0, 32) + bytes(24)))

    # ---- what is refused -------------------------------------------------------------------

    def test_errors_say_what_and_where(self):
        self.refuse(r"gone, which \S*a.asm refers to, is not defined",
                    self.assemble("a", "extern gone\n" + START + "call near gone\n" + DATA))
        self.refuse(r"twice is defined in \S*b.asm and in \S*c.asm",
                    self.assemble("b", "global twice\n" + START + "twice:\n" + DATA),
                    self.assemble("c", "global twice\nsegment code use16 public\ntwice: ret\n"))
        self.refuse(r"calls far_away from segment code near, but it lies in segment other",
                    self.assemble("d", "extern far_away\n" + START + "call near far_away\n" + DATA),
                    self.assemble("e", "global far_away\nsegment other use16 class=CODE\n"
                                       "far_away: ret\n"))
        self.refuse(r"no module says where the program starts",
                    self.assemble("f", "segment code use16 class=CODE\nnop\n" + DATA))
        self.refuse(r"data, stack and heap need 0x1\w+ bytes together",
                    self.assemble("g", START + DATA + "resb 60000\n"))
        self.refuse(r"a.def:2: LOADLATE is no attribute of a segment",
                    self.write("a.def", "NAME A\nCODE PRELOAD LOADLATE\n"), self.path("g.obj"))
        self.refuse(r"neither object module nor library", self.write("x.obj", "hello"))
        self.refuse(r"missing.obj: No such file", self.path("missing.obj"))
        self.refuse(r"segment data is larger than 64 KiB|segment DGROUP is larger than 64 KiB",
                    self.assemble("h", START + DATA + "times 40000 db 1\n"),
                    self.assemble("i", DATA + "times 40000 db 1\n"))

    def test_dump_tells_damage(self):
        self.link(self.assemble("a", START + DATA))
        with open(self.path("out.exe"), "r+b") as file:
            data = bytearray(file.read())
            header, = struct.unpack_from("<I", data, 0x3C)
            table = header + struct.unpack_from("<H", data, header + 0x22)[0]
            struct.pack_into("<H", data, table, 0xFFF0)
            file.seek(0)
            file.write(data)
        result = self.run_cove("dump", self.path("out.exe"))
        self.assertEqual(result.returncode, 0)
        self.assertRegex(result.stdout, r"DAMAGED    segment's place at 0x\w+ is 0xfff0")
        self.assertEqual(self.run_cove("dump", self.write("x", "MZ")).returncode, 1)

    def test_dump_shows_pe_files_as_image_does(self):
        driver = os.path.join(os.path.dirname(COVE), "..", "libexec", "cove", "drivers",
                              "wmilib.sys")
        result = self.run_cove("dump", driver)
        self.assertEqual(result.returncode, 0)
        self.assertTrue(re.search("machine +x64", result.stdout))


if __name__ == "__main__":
    unittest.main()
