# SPDX-License-Identifier: MIT
"""`cove thunk`: what it writes is assembled both ways, linked into both halves, and looked at."""
import os
import shutil
import struct
import subprocess
import tempfile
import unittest

COVE = os.environ.get("COVE", "cove")
EXAMPLE = os.path.join(os.path.dirname(__file__), "..", "..", "examples", "flat")

# What a 16-bit DLL has beside its half.
MAIN_16 = """
extern {connect}
%ifdef DOWN
global TEXTSUM, SAMPLEUPDATE, NEGATE
%endif
segment code use16 class=CODE public
DLLMAIN:
global DLLMAIN
    push dword [esp+10]
    retf 16
%ifdef DOWN
TEXTSUM: retf 10
SAMPLEUPDATE: retf 6
NEGATE: retf 2
%endif
segment data use16 class=DATA public
group DGROUP data
    dw 0
"""
DEFINITION_16 = """LIBRARY {name}
EXETYPE WINDOWS 4.0
DATA SINGLE
EXPORTS
    DLLMAIN @1 RESIDENTNAME
    {base}_ThunkData16 @2 RESIDENTNAME
{more}
IMPORTS
    C16ThkSL01 = KERNEL.631
    ThunkConnect16 = KERNEL.651
"""


SIGNED, BOOL, POINTER, STRUCT, ARRAY = 1, 3, 4, 5, 6


class Table:
    """NAME_ThunkData32 in a PE image, followed to its ends."""

    def __init__(self, image):
        self.image = image
        header, = struct.unpack_from("<I", image, 0x3C)
        count, = struct.unpack_from("<H", image, header + 6)
        optional, = struct.unpack_from("<H", image, header + 20)
        self.base, = struct.unpack_from("<I", image, header + 24 + 28)
        self.sections = [struct.unpack_from("<IIII", image, header + 24 + optional + 40 * i + 8)
                         for i in range(count)]

    def at(self, address, form):
        rva = address - self.base
        for size, start, _, offset in self.sections:
            if start <= rva < start + size:
                return struct.unpack_from(form, self.image, offset + rva - start)
        raise ValueError(hex(address))

    def text(self, address):
        return self.at(address, "64s")[0].split(b"\0")[0].decode()

    def type(self, address):
        if not address:
            return None
        kind, flags, _, size_16, size_32, target, count = self.at(address, "<BBHIIII")
        found = (kind, flags, size_16, size_32)
        if kind == STRUCT:
            fields = [self.at(address + 20 + 12 * i, "<III") for i in range(count)]
            found += (tuple((a, b, self.type(of)) for a, b, of in fields),)
        elif target:
            found += (self.type(target),)
        return found

    def functions(self):
        table = self.image.index(b"CT32")
        count, _, _, functions = struct.unpack_from("<IIII", self.image, table + 16)
        found = []
        for i in range(count):
            function, = self.at(functions + 4 * i, "<I")
            _, index, _, name, size_16, size_32, result, parameters = self.at(
                function, "<IIIIHHII")
            assert index == i
            found.append((self.text(name), size_16, size_32, self.type(result), [
                (self.type(of), mode) for of, mode in
                (self.at(function + 28 + 8 * p, "<II") for p in range(parameters))]))
        return found


class Thunk(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="ascii") as file:
            file.write(text)
        return self.path(name)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def run_cove(self, *words):
        return subprocess.run([COVE, *words], capture_output=True, text=True, check=False)

    def good(self, *words):
        result = self.run_cove(*words)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return result.stdout

    def tool(self, *words):
        result = subprocess.run(words, capture_output=True, text=True, check=False)
        self.assertEqual((result.returncode, result.stderr), (0, ""), words)
        return result.stdout

    def halves(self, base):
        """The example's script, as two object modules."""
        self.good("thunk", "-o", self.path(base + ".asm"), os.path.join(EXAMPLE, base + ".thk"))
        self.tool("nasm", "-f", "obj", "-DIS_16", "-o", self.path(base + "16.obj"),
                  self.path(base + ".asm"))
        self.tool("nasm", "-f", "win32", "-DIS_32", "-o", self.path(base + "32.obj"),
                  self.path(base + ".asm"))

    def link_16(self, base, more, *flags):
        source = self.write("main16.asm",
                            MAIN_16.format(connect=base.upper() + "_THUNKCONNECT16"))
        self.tool("nasm", "-f", "obj", *flags, "-o", self.path("main16.obj"), source)
        definition = self.write(base + "16.def", DEFINITION_16.format(
            name=base.upper() + "16", base=base, more=more))
        self.good("link16", "-o", self.path(base + "16.dll"), self.path("main16.obj"),
                  self.path(base + "16.obj"), definition)
        return self.good("dump", self.path(base + "16.dll"))

    def link_32(self, base, *objects, half=None):
        self.write("thunk32.def", "LIBRARY KERNEL32.dll\nEXPORTS\n    ThunkConnect32@24\n")
        self.tool("i686-w64-mingw32-dlltool", "-k", "-d", self.path("thunk32.def"),
                  "-l", self.path("libthunk32.a"))
        self.write("exports.def", "EXPORTS\n    %s_ThunkData32\n" % base)
        self.write("main32.c", "int __stdcall %s_ThunkConnect32(const char *, const char *,"
                   "void *, unsigned long);\nint __stdcall DllMain(void *h, unsigned long r, "
                   "void *p) { return %s_ThunkConnect32(\"A\", \"B\", h, r); }\n" % (base, base))
        self.tool("i686-w64-mingw32-gcc", "-shared", "-o", self.path(base + "32.dll"),
                  self.path("main32.c"), self.path("exports.def"), self.path(half or base + "32.obj"),
                  *objects, "-L" + self.folder.name, "-lthunk32", "-Wl,--enable-stdcall-fixup")
        return self.tool("i686-w64-mingw32-objdump", "-p", self.path(base + "32.dll"))

    # ---- both halves -----------------------------------------------------------------------

    def test_32_to_16(self):
        self.halves("down")
        ne = self.link_16("down", "", "-DDOWN")
        for word in ("down_ThunkData16", "KERNEL", "651"):
            self.assertIn(word.upper(), ne.upper())
        # Nothing of the 16-bit half calls up.
        self.assertNotIn("631", ne)
        pe = self.link_32("down")
        self.assertIn("down_ThunkData32", pe)
        self.assertIn("ThunkConnect32", pe)

    def test_16_to_32(self):
        self.halves("up")
        ne = self.link_16("up", "    TEXTLENGTH @3\n    POINTMIRROR @4\n    DIFFERENCE @5")
        for word in ("TEXTLENGTH", "DIFFERENCE", "651", "631"):
            self.assertIn(word, ne.upper())
        self.write("work.c", "#include <windows.h>\n"
                   "DWORD WINAPI TextLength(const char *t) { return lstrlenA(t); }\n"
                   "void WINAPI PointMirror(POINT *p) { p->x = -p->x; }\n"
                   "int WINAPI Difference(int a, int b) { return a - b; }\n")
        self.tool("i686-w64-mingw32-gcc", "-c", "-o", self.path("work.o"), self.path("work.c"))
        pe = self.link_32("up", self.path("work.o"))
        self.assertIn("up_ThunkData32", pe)

    def test_the_halves_have_the_same_checksum(self):
        self.halves("up")
        self.link_16("up", "")
        sixteen = self.read("up16.dll")
        at = sixteen.index(b"CT16")
        version, direction, checksum, flags, count, state = struct.unpack_from(
            "<HHIHHI", sixteen, at + 4)
        self.assertEqual((version, direction, flags, count, state), (1, 1, 0, 3, 0))
        entries = [struct.unpack_from("<iHH", sixteen, at + 20 + 8 * i) for i in range(3)]
        self.assertEqual(entries, [(-1, 4, 0), (0, 4, 0), (-2, 4, 0)])
        thirty_two = self.read("up32.obj")
        at = thirty_two.index(b"CT32")
        self.assertEqual(struct.unpack_from("<HHIII", thirty_two, at + 4),
                         (1, 1, checksum, 0, 3))

    def test_one_of_the_two_must_be_said(self):
        self.good("thunk", "-o", self.path("up.asm"), os.path.join(EXAMPLE, "up.thk"))
        result = subprocess.run(["nasm", "-f", "obj", "-o", self.path("up.obj"),
                                 self.path("up.asm")], capture_output=True, text=True, check=False)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("-DIS_16", result.stderr)

    def test_names_of_instructions_are_names(self):
        script = self.write("odd.thk", "enablemapdirect3216=true;\nlong add(long a);\n"
                            "void push();\nlong seg(char *ax);\n")
        self.good("thunk", "-NC16", "MYCODE", "-t", "base", script)
        for width, form in (("16", "obj"), ("32", "win32")):
            self.tool("nasm", "-f", form, "-DIS_" + width, "-o", self.path("odd.obj"),
                      self.path("odd.asm"))
        self.assertIn(b"base_ThunkData32", self.read("odd.obj"))
        self.assertIn(b"segment MYCODE use16", self.read("odd.asm"))

    def test_masm(self):
        """The same 32-bit half. No assembler of Debian takes 16-bit segments in this syntax."""
        assembler = shutil.which("llvm-ml-19")
        if not assembler:
            self.skipTest("llvm-ml-19 is not there")
        for base in ("down", "up"):
            self.halves(base)
            self.good("thunk", "--masm", "-o", self.path("m.asm"),
                      os.path.join(EXAMPLE, base + ".thk"))
            self.tool(assembler, "-m32", "/nologo", "/c", "/DIS_32", "/Fo", self.path("m.obj"),
                      self.path("m.asm"))
            symbols = [sorted(line.split()[-2:] for line in
                              self.tool("i686-w64-mingw32-nm", "-g", self.path(name)).splitlines()
                              if "@feat" not in line)
                       for name in ("m.obj", base + "32.obj")]
            self.assertEqual(*symbols)
            self.assertIn(b"USE16 'CODE'", self.read("m.asm"))
            if base == "up":
                continue # its functions are elsewhere
            # Linked, the tables say the same.
            tables = []
            for name in (base + "32.obj", "m.obj"):
                shutil.copy(self.path(name), self.path("half.obj"))
                self.link_32(base, half="half.obj")
                tables.append(Table(self.read(base + "32.dll")).functions())
            self.assertEqual(*tables)

    def test_what_the_table_says(self):
        self.halves("down")
        self.link_32("down")
        functions = Table(self.read("down32.dll")).functions()
        self.assertEqual([f[0] for f in functions], ["TextSum", "SampleUpdate", "Negate"])
        text, (length, _), _ = functions[0][4]
        self.assertEqual(text, ((POINTER, 0, 4, 4, (SIGNED, 1, 1, 1)), 1))
        self.assertEqual(length, (SIGNED, 0, 2, 4))
        (pointer, mode), _ = functions[1][4]
        self.assertEqual((pointer[0], mode, pointer[4][:4]), (POINTER, 3, (STRUCT, 0, 18, 24)))
        self.assertEqual([field[:2] for field in pointer[4][4]],
                         [(0, 0), (2, 4), (4, 8), (8, 12), (14, 20)])
        self.assertEqual(functions[1][1:4], (6, 8, (BOOL, 0, 2, 4)))

    # ---- what it says ------------------------------------------------------------------------

    def test_explanation(self):
        text = self.good("thunk", "--explain", os.path.join(EXAMPLE, "down.thk"))
        self.assertIn("Windows NT", text)
        self.assertIn("18 bytes of 16-bit code, 24 of 32-bit code", text)
        text = self.good("thunk", "--explain", os.path.join(EXAMPLE, "up.thk"))
        self.assertIn("CallProc32W", text)
        self.assertIn("returns -2 when the 32-bit DLL cannot be loaded", text)

    def test_errors_and_warnings(self):
        script = self.write("a.thk", "enablemapdirect3216 = true;\nvoid F(float f);\n")
        result = self.run_cove("thunk", script)
        self.assertEqual(result.returncode, 1)
        self.assertIn("a.thk:2:8: thunks know no floating point", result.stderr)
        self.assertFalse(os.path.exists(self.path("a.asm")))
        script = self.write("a.thk", "enablemapdirect3216 = true;\npreload16=true;\nvoid F();\n")
        result = self.run_cove("thunk", script)
        self.assertEqual(result.returncode, 0)
        self.assertIn("warning: ", result.stderr)
        self.assertEqual(self.run_cove("thunk").returncode, 2)
        self.assertEqual(self.run_cove("thunk", "-NC64", "x", script).returncode, 2)

    # ---- IOCTLs ------------------------------------------------------------------------------

    WINDOWS = """
typedef unsigned char UCHAR; typedef unsigned short USHORT, WCHAR; typedef unsigned int ULONG;
typedef int LONG; typedef short SHORT; typedef char CHAR; typedef unsigned long long ULONGLONG;
typedef long long LONGLONG; typedef void *PVOID, *HANDLE; typedef char *PCHAR;
typedef unsigned long long SIZE_T, ULONG64; typedef long long LONG_PTR;
typedef union { LONGLONG QuadPart; } LARGE_INTEGER;
#define _WIN64 1
"""
    HEADER = """
#pragma once
#define IOCTL_A 0x222000
typedef struct _PIECE { UCHAR Kind; PVOID Where; USHORT Pair[2]; } PIECE;
struct tagged { LONG_PTR Sign; LARGE_INTEGER At; };
typedef struct _REQUEST {
    PIECE Pieces[3];
    struct tagged Tagged;
    HANDLE Handles[2][2]; /* widened with the sign */
    CHAR Name[40];
    const WCHAR *Wide;
    SIZE_T Count;
    LONG Status;
} REQUEST, *PREQUEST;
"""

    def converter(self, header):
        self.write("windows.h", self.WINDOWS)
        self.write("winioctl.h", "")
        self.write("request.h", header)
        self.good("thunk", "--ioctl", self.path("request.h"))

    def compile_converter(self, *flags):
        return subprocess.run(["clang-19", "-Wall", "-Wextra", "-Werror", "-O1",
                               "-fsanitize=undefined", "-fno-sanitize-recover=all", *flags,
                               "-I" + self.folder.name, "-o", self.path("test"),
                               self.path("request_32_test.c")],
                              capture_output=True, text=True, check=False)

    def test_ioctl_structures_go_there_and_back(self):
        self.converter(self.HEADER)
        result = self.compile_converter()
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(self.tool(self.path("test")), "3 structures, 0 failures\n")

    def test_the_generated_test_can_fail(self):
        self.converter(self.HEADER)
        good = self.read("request_32.h").decode()
        for right, wrong in (("LONG Handles[4]", "ULONG Handles[4]"),
                             ("fits &= out->Count == wide", "fits &= 1"),
                             ("ULONG Where", "USHORT Where; USHORT Lost")):
            self.assertIn(right, good)
            self.write("request_32.h", good.replace(right, wrong))
            self.assertEqual(self.compile_converter().returncode, 0)
            result = subprocess.run([self.path("test")], capture_output=True, text=True,
                                    check=False)
            self.assertEqual(result.returncode, 1, right)

    def test_a_header_packed_in_another_way_does_not_compile(self):
        self.converter("#pragma pack(push, 1)\n" + self.HEADER)
        result = self.compile_converter()
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("packed in another way", result.stderr)

    def test_the_converter_is_good_for_a_driver(self):
        """The widths example's header, with our WDK."""
        shutil.copy(os.path.join(EXAMPLE, "..", "widths", "widths_ioctl.h"), self.folder.name)
        self.good("thunk", "--ioctl", self.path("widths_ioctl.h"))
        self.write("driver.c", """
#include <ntddk.h>
#include "widths_ioctl.h"
#include "widths_ioctl_32.h"
DRIVER_INITIALIZE DriverEntry;
NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    WIDTHS_REQUEST request;
    SIZE_T length;
    UNREFERENCED_PARAMETER(driver);
    if (WIDTHS_REQUEST_Get(1, path, path->Length, &request))
        return WIDTHS_REQUEST_Put(1, &request, path->Buffer, path->Length, &length);
    return STATUS_UNSUCCESSFUL;
}
""")
        self.good("cc", "-o", self.path("driver.sys"), self.path("driver.c"))


if __name__ == "__main__":
    unittest.main()
