# SPDX-License-Identifier: MIT
"""`cove cc` as its users call it: what it builds, and how it refuses.

COVE names the program; the driver kit is where that program finds it.
"""
import os
import struct
import subprocess
import tempfile
import unittest

from cc_kit import COVE, CcCase

DRIVER = """
typedef long NTSTATUS;
__declspec(dllimport) unsigned long DbgPrint(const char *format, ...);
__declspec(dllimport) void *IoFileObjectType;
NTSTATUS DriverEntry(void *driver, void *path)
{
    char text[64];
    volatile char *byte = text;
    for (int i = 0; i < 64; i++)
        byte[i] = ((char *)path)[i];
    __try {
        *(volatile int *)driver = 1;
    } __except (1) {
        DbgPrint("%p %s", IoFileObjectType, text);
    }
    return 0;
}
"""


class Image:
    """As much of a PE image as the tests ask about."""

    def __init__(self, path):
        with open(path, "rb") as image:
            self.data = image.read()
        self.pe = struct.unpack_from("<I", self.data, 0x3C)[0]
        count, optional = struct.unpack_from("<H12xH", self.data, self.pe + 6)
        self.optional = self.pe + 24
        self.sections = []
        for at in range(count):
            base = self.optional + optional + 40 * at
            name = self.data[base:base + 8].rstrip(b"\0").decode()
            size, rva, _, offset = struct.unpack_from("<IIII", self.data, base + 8)
            flags = struct.unpack_from("<I", self.data, base + 36)[0]
            self.sections.append((name, rva, size, offset, flags))

    def number(self, form, offset):
        return struct.unpack_from("<" + form, self.data, self.optional + offset)[0]

    def directory(self, index):
        return struct.unpack_from("<II", self.data, self.optional + 112 + 8 * index)

    def offset(self, rva):
        for _, start, size, offset, _ in self.sections:
            if start <= rva < start + size:
                return offset + rva - start
        raise AssertionError("address %#x is in no section" % rva)

    def text(self, rva):
        offset = self.offset(rva)
        return self.data[offset:self.data.index(b"\0", offset)].decode()

    def imports(self):
        found = {}
        at = self.offset(self.directory(1)[0])
        while True:
            lookup, _, _, name, _ = struct.unpack_from("<IIIII", self.data, at)
            if not name:
                return found
            names = found.setdefault(self.text(name), [])
            entry = self.offset(lookup)
            while struct.unpack_from("<Q", self.data, entry)[0]:
                names.append(self.text(struct.unpack_from("<Q", self.data, entry)[0] + 2))
                entry += 8
            at += 20


class Cc(CcCase):
    def setUp(self):
        super().setUp()
        self.file("a.c", DRIVER)

    def test_a_driver(self):
        self.built("a.c")
        image = Image(self.path("a.sys"))
        self.assertEqual(image.number("H", 68), 1)  # subsystem native
        self.assertEqual(image.imports(), {
            "ntoskrnl.exe": ["DbgPrint", "IoFileObjectType", "__C_specific_handler"]})

    def test_stack_protection(self):
        self.built("-O2", "-fstack-protector-strong", "-o", "b.sys", "a.c")
        image = Image(self.path("b.sys"))
        config = image.offset(image.directory(10)[0])
        cookie = struct.unpack_from("<Q", image.data, config + 88)[0]
        at = image.offset(cookie - image.number("Q", 24))
        self.assertEqual(struct.unpack_from("<Q", image.data, at)[0], 0x00002B992DDFA232)

    def test_debug_information(self):
        self.built("-o", "b.sys", "a.c")
        with open(self.path("b.pdb"), "rb") as pdb:
            self.assertTrue(pdb.read(32).startswith(b"Microsoft C/C++ MSF 7.00"))
        self.assertIn(b"b.pdb", Image(self.path("b.sys")).data)
        self.built("-g0", "-o", "d.sys", "a.c")
        self.assertFalse(os.path.exists(self.path("d.pdb")))
        self.built("-gdwarf", "-o", "c.sys", "a.c")
        self.assertFalse(os.path.exists(self.path("c.pdb")))
        self.assertGreater(os.path.getsize(self.path("c.sys")), os.path.getsize(self.path("b.sys")))

    def test_cxx_definition_resource_library(self):
        self.file("b.cpp", "struct S { int *p; ~S() { *p = 1; } };\nextern \"C\" int other(int *);\n"
                  "extern \"C\" __declspec(dllexport) int twice(int *p)\n"
                  "{ S s{p}; return other(p); }\n")
        self.file("c.c", "int other(int *p) { return *p; }\n")
        self.file("x.def", "EXPORTS\n  other\n")
        self.file("r.rc", "#include \"r.h\"\n1 RCDATA { WHAT, 0x4142 }\n")
        self.file("r.h", "#define WHAT \"in the resource\"\n")
        self.built("-c", "c.c")
        self.assertTrue(os.path.exists(self.path("c.obj")))
        self.built("-o", "b.sys", "a.c", "b.cpp", "c.obj", "x.def", "r.rc")
        image = Image(self.path("b.sys"))
        self.assertNotEqual(image.directory(0)[1], 0)
        self.assertIn(b"in the resource", image.data)
        self.assertIn(b"other\0", image.data)
        self.assertNotIn("__CxxFrameHandler3", str(image.imports()))

    def test_resource_code_pages(self):
        """Western characters, and UTF-8 where the script is that."""
        for text in (b"1 RCDATA { L\"caf\xe9\" }\n", b"1 RCDATA { L\"caf\xc3\xa9\" }\n"):
            with open(self.path("p.rc"), "wb") as file:
                file.write(text)
            self.built("-o", "p.sys", "a.c", "p.rc")
            image = Image(self.path("p.sys"))
            self.assertIn("caf\u00e9".encode("utf-16-le"), image.data)

    def test_resource_languages(self):
        """A script as an editor writes it: its first header, languages by name."""
        self.file("e.rc", "#include \"winres.h\"\nLANGUAGE LANG_GERMAN, SUBLANG_GERMAN_AUSTRIAN\n"
                  "#pragma code_page(1252)\n1 RCDATA { \"Servus\" }\n")
        self.built("-c", "-o", "e.res", "e.rc")
        with open(self.path("e.res"), "rb") as file:
            self.assertIn(struct.pack("<H", 0x0c07), file.read())

    def test_version_resource(self):
        self.file("v.rc", "#include <windows.h>\n#include <ntverp.h>\n"
                  "#define VER_FILETYPE VFT_DRV\n#define VER_FILESUBTYPE VFT2_DRV_SYSTEM\n"
                  "#define VER_FILEDESCRIPTION_STR \"Sample IOCTL Driver\"\n"
                  "#define VER_INTERNALNAME_STR \"SIOCTL.sys\"\n#include \"Common.ver\"\n")
        self.built("-o", "v.sys", "a.c", "v.rc")
        image = Image(self.path("v.sys"))
        self.assertIn("Sample IOCTL Driver".encode("utf-16-le"), image.data)
        at = image.data.index(struct.pack("<II", 0xFEEF04BD, 0x10000))
        fixed = struct.unpack_from("<13I", image.data, at)
        self.assertEqual(fixed[2:4], (10 << 16, 22621 << 16))
        self.assertEqual(fixed[6:11], (0x3F, 1, 0x40004, 3, 7))

    def test_secure_device_library(self):
        self.file("s.c", "__declspec(dllimport) long IoCreateDeviceSecure(void);\n"
                  "long DriverEntry(void) { return IoCreateDeviceSecure(); }\n")
        self.built("s.c")
        self.assertEqual(Image(self.path("s.sys")).imports(),
                         {"ntoskrnl.exe": ["WdmlibIoCreateDeviceSecure"]})

    def test_one_variable_of_several_files(self):
        self.file("shared.h", "int shared_count;\n")
        self.file("first.c", '#include "shared.h"\n'
                  "int second(void);\n"
                  "int DriverEntry(void *driver, void *path) { return shared_count + second(); }\n")
        self.file("second.c", '#include "shared.h"\nint second(void) { return ++shared_count; }\n')
        self.built("-o", self.path("one.sys"), self.path("first.c"), self.path("second.c"))

    def test_what_microsofts_compiler_lets_pass(self):
        """Undeclared functions, PAGED_CODE without a semicolon, the wide name of a function,
        operator delete without a size: drivers in the wild have them all."""
        self.file("old.c", "#include <ntddk.h>\n#include <ntimage.h>\n#include \"ntiologc.h\"\n"
                  "int KdPlain(int);\n"
                  "static Count() { return Undeclared(4) + IRP_MN_NOTIFY_CHANGE_DIRECTORY; }\n"
                  "NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)\n"
                  "{\n    VM_COUNTERS counters = {0};\n    PAGED_CODE()\n"
                  "    DbgPrint(\"%S %p\", __FUNCTIONW__, (PVOID)counters.WorkingSetSize);\n"
                  "    vKdPrintExWithPrefix((\"a\", 0, 0, \"b\", NULL));\n"
                  "    return IMAGE_SNAP_BY_ORDINAL(Count()) ? IO_ERR_PARITY : STATUS_SUCCESS;\n}\n"
                  "int Undeclared(int x) { return x; }\n")
        result = self.built("-o", self.path("old.sys"), self.path("old.c"), quiet=False)
        self.assertIn("Undeclared", result.stderr)
        self.file("new.cpp", "extern \"C\" {\n#include <ntddk.h>\n}\n"
                  "void *operator new(size_t, void *place) { return place; }\n"
                  "void operator delete(void *block) { ExFreePool(block); }\n"
                  "struct thing { int x; virtual ~thing() {} };\n"
                  "extern \"C\" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)\n"
                  "{ delete (thing *)driver->DriverExtension; return 0; }\n")
        self.built("-o", self.path("new.sys"), self.path("new.cpp"))
        self.file("version.rc", '#include "afxres.h"\n1 RCDATA { "x" }\n')
        self.built("-o", self.path("rc.sys"), self.path("a.c"), self.path("version.rc"))

    def test_guids_of_a_header_that_came_before(self):
        self.file("ports.c", "#include <ntddk.h>\n#include <ntddser.h>\n"
                  "#include <initguid.h>\n#include <ntddser.h>\n#include <ntddser.h>\n"
                  "NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)\n"
                  "{ return (NTSTATUS)GUID_CLASS_COMPORT.Data1; }\n")
        self.built("-o", self.path("ports.sys"), self.path("ports.c"))

    def test_a_library_of_the_system(self):
        # wmilib.sys lies with the machine's program, outside of what a program lends.
        self.file("wmi.c", "#include <wdm.h>\n#include <wmilib.h>\n"
                  "DRIVER_UNLOAD Unload;\nVOID Unload(PDRIVER_OBJECT driver) { (void)driver; }\n"
                  "volatile PVOID used;\n"
                  "NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)\n"
                  "{ used = (PVOID)WmiCompleteRequest; driver->DriverUnload = Unload; return 0; }\n")
        self.built("-o", self.path("wmi.sys"), self.path("wmi.c"))
        run = subprocess.run([COVE, "run", self.path("wmi.sys")], cwd=self.folder.name,
                             env=dict(os.environ, COVE_RUNTIME_DIR=self.path("run")),
                             capture_output=True, text=True, check=False)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    def test_last_words(self):
        # A machine that a driver has stopped: the command says where its report is.
        self.file("stop.c", "#include <ntddk.h>\n"
                  "NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)\n"
                  "{ KeBugCheckEx(0xdead, 1, 2, 3, 4); return 0; }\n")
        self.built("-o", self.path("stop.sys"), self.path("stop.c"))
        here = dict(os.environ, COVE_RUNTIME_DIR=self.path("run"), XDG_STATE_HOME=self.path("state"))

        def cove(*words):
            return subprocess.run([COVE, *words], cwd=self.folder.name, env=here,
                                  capture_output=True, text=True, check=False)
        log = self.path("run/words.log")
        self.assertEqual(cove("boot", "words").returncode, 0)
        self.assertEqual(cove("sc", "-m", "words", "create", "stop", "binPath=",
                              self.path("stop.sys")).returncode, 0)
        self.assertIn(f"(service-start); its last words are in {log}",
                      cove("sc", "-m", "words", "start", "stop").stderr)
        with open(log, encoding="utf-8") as words:
            self.assertIn("STOP: 0x0000DEAD", words.read())

    def test_string_functions_of_the_library(self):
        self.file("safe.c", "#include <ntddk.h>\n#define NTSTRSAFE_LIB\n#include <ntstrsafe.h>\n"
                  "NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)\n"
                  '{ WCHAR text[9]; return RtlStringCchPrintfW(text, 9, L"%p", driver); }\n')
        self.built("-o", self.path("safe.sys"), self.path("safe.c"))

    def test_values_that_say_their_type(self):
        self.file("t.cpp", "#include <ntddk.h>\n#include <TraceLoggingProvider.h>\n"
                  "TRACELOGGING_DEFINE_PROVIDER(provider, \"P\", (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));\n"
                  "extern \"C\" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING)\n"
                  "{ int number = 5; const WCHAR *wide = L\"w\"; TraceLoggingRegister(provider);\n"
                  "TraceLoggingWrite(provider, \"E\", TraceLoggingLevel(3), TraceLoggingValue(number),\n"
                  "TraceLoggingValue(wide, \"wideName\"), TraceLoggingValue(\"text\", \"t\"),\n"
                  "TraceLoggingValue(driver, \"d\")); TraceLoggingUnregister(provider); return 0; }\n")
        self.built("-o", "t.sys", "t.cpp")
        # name, then how its value travels: as INT32, UTF-16, ANSI and a pointer in hexadecimal
        image = Image(self.path("t.sys"))
        self.assertIn(b"E\0number\0\x87\0wideName\0\x81\0t\0\x82\0d\0\x95\0", image.data)

    def test_entry_and_large_frames(self):
        self.file("e.c", "int use(char *p) { return *p; }\n"
                  "int Begin(void) { char big[20000]; big[5] = 1; return use(big); }\n")
        self.built("--entry=Begin", "e.c")
        self.assertEqual(Image(self.path("e.sys")).imports(), {"ntoskrnl.exe": ["__chkstk"]})

    def test_versions_and_builds(self):
        self.file("v.c", "#if NTDDI_VERSION != 0x06010000 || defined(NDEBUG) || DBG != 1\n"
                  "#error wrong\n#endif\n")
        self.built("-c", "-DNTDDI_VERSION=0x06010000", "v.c")
        self.file("w.c", "#if !defined(NDEBUG) || defined(DBG) || !_KERNEL_MODE || !_AMD64_\n"
                  "#error wrong\n#endif\n#ifndef NTDDI_VERSION\n#error none\n#endif\n")
        self.built("-c", "-O2", "w.c")

    def test_headers_in_any_case(self):
        os.makedirs(self.path("src/Inner"))
        os.makedirs(self.path("public"))
        self.file("src/Driver.h", "#pragma once\n#include \"inner/DEEP.H\"\n"
                  "#include <PUBLIC.h>\nint broken(void) { return nothing; }\n")
        self.file("src/Inner/deep.h", "#define DEEP 1\n")
        self.file("public/Public.h", "#define PUBLIC 2\n#include <StdArg.H>\n")
        self.file("src/x.c", "#include \"driver.H\"\nint x = DEEP + PUBLIC;\n")
        result = self.cc("-c", "-Ipublic", "src/x.c")
        # Everything was found, and the one error names the file as it really is.
        self.assertEqual(result.stderr.count("error:"), 1, result.stderr)
        self.assertIn("src/Driver.h:4:27: error: use of undeclared", result.stderr)
        self.file("src/Driver.h", "#include \"inner\\DEEP.H\"\n#include <public.h>\n")
        self.built("-c", "-Ipublic", "src/x.c")

    def test_printing(self):
        result = self.built("-###", "-o", "n.sys", "a.c", quiet=False)
        lines = result.stderr.splitlines()
        self.assertEqual([line.split()[0] for line in lines], ["clang-19", "lld-link-19"])
        self.assertFalse(os.path.exists(self.path("n.sys")))
        self.assertIn("'%s/cove-cc-" % self.temporary, lines[0])
        result = self.built("--verbose", "a.c", quiet=False)
        self.assertEqual(len(result.stderr.splitlines()), 2)
        self.assertIn("DriverEntry", self.built("-E", "a.c", quiet=False).stdout)

    def test_masm(self):
        self.file("seven.asm", "_TEXT SEGMENT\nPUBLIC seven\nseven PROC\n  mov eax, 7\n  ret\n"
                               "seven ENDP\n_TEXT ENDS\nEND\n")
        self.file("main.c", "int seven(void);\nlong DriverEntry(void *d, void *p)\n"
                            "{ return seven(); }\n")
        self.built("-O2", "-o", "masm.sys", "main.c", "seven.asm")
        self.assertIn(bytes.fromhex("b807000000c3"), Image(self.path("masm.sys")).data)

    def test_words_of_microsofts_compiler(self):
        self.file("m.c", "int DriverEntry(void) { return VALUE + FORCED + INSIDE; }\n")
        self.file("forced.h", "#define FORCED 2\n")
        os.mkdir(self.path("below"))
        self.file("below/inside.h", "#define INSIDE 3\n")
        self.file("words.rsp", "/nologo /W4 /WX /Gz /Yufoo.h /D VALUE=1 /I \"below\" /FI forced.h\n"
                               "/FIinside.h /kernel /GS- /O2")
        self.built("@words.rsp", "-o", "m.sys", "m.c", "/link", "/version:3.1")
        self.assertEqual(Image(self.path("m.sys")).number("H", 44), 3)
        self.refused(2, ["@none.rsp", "m.c"], "none.rsp cannot be read")

    def test_sources_in_capitals_are_c(self):
        self.file("UP.C", "int DriverEntry(void *driver) { char *class = driver; return !class; }\n")
        self.built("-o", "up.sys", "UP.C")

    def test_a_trace_function_by_the_name_of_kdprint(self):
        self.file("t.c", "#include <ntddk.h>\n#undef KdPrint\n#define KdPrint(text) no_such_name\n"
                  "NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)\n"
                  "{ (void)driver, (void)path; PAGED_CODE(); return STATUS_SUCCESS; }\n")
        self.built("-o", "t.sys", "t.c")

    def test_framework_drivers_for_an_older_windows(self):
        self.file("f.c", "#include <ntddk.h>\n#include <wdf.h>\n#include <usb.h>\n"
                  "#include <wdfusb.h>\nNTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING p)\n"
                  "{ (void)d; (void)p; return sizeof(WDF_POWER_FRAMEWORK_SETTINGS) == 0; }\n")
        for windows in ("0502", "0600", "0601"):
            self.built("--kmdf=1.11", f"-D_WIN32_WINNT=0x{windows}",
                       f"-DNTDDI_VERSION=0x{windows}0000", "-c", "f.c")

    def test_headers_beside_one_of_the_drivers_own_name(self):
        os.mkdir(self.path("own"))
        self.file("own/stddef.h", "#define OWN_STDDEF 1\n")
        self.file("h.c", "#include <initguid.h>\n#include <ntifs.h>\n#include <wmidata.h>\n"
                  "C_ASSERT(OWN_STDDEF && sizeof(wchar_t) == 2);\n"
                  "C_ASSERT(SERIAL_WMI_COMM_DATA_SIZE == 61 && sizeof(SERIAL_WMI_COMM_DATA) == 64);\n"
                  "C_ASSERT(FIELD_OFFSET(SERIAL_WMI_HW_DATA, IrqAffinityMask) == 16);\n"
                  "C_ASSERT(WMI_DISK_PERFORMANCE_SIZE == 84 && sizeof(WMI_DISK_PERFORMANCE) == 88);\n"
                  "C_ASSERT(FSCTL_TXFS_QUERY_RM_INFORMATION == 0x94148);\n"
                  "C_ASSERT(FSCTL_CSC_INTERNAL == 0x901af && IOCTL_REDIR_QUERY_PATH == 0x14018f);\n"
                  "C_ASSERT(FIELD_OFFSET(QUERY_PATH_REQUEST, FilePathName) == 16);\n"
                  "C_ASSERT(FIELD_OFFSET(BDCB_IMAGE_INFORMATION, ImageHash) == 72);\n"
                  "int DriverEntry(void) { return MSSerial_CommInfo_GUID.Data1 == 0; }\n")
        self.built("-I", "own", "-o", "h.sys", "h.c")

    def test_messages_that_a_script_includes(self):
        self.file("words.mc", "MessageIdTypedef=NTSTATUS\nLanguageNames=(English=0x409:MSG00001)\n"
                  "MessageId=0x1 SymbolicName=WORDS_ONE\nLanguage=English\nOne word.\n.\n")
        self.file("w.c", "typedef long NTSTATUS;\n#include \"words.h\"\n"
                  "NTSTATUS DriverEntry(void) { return WORDS_ONE; }\n")
        self.file("own.rc", '#include "words.rc"\n1 RCDATA { "own" }\n')
        self.file("other.rc", '/* "words.rc" */\n#include "otherwords.rc"\n2 RCDATA { "other" }\n')
        self.file("otherwords.rc", "\n")
        text = "One word.".encode("utf-16-le")
        for scripts in (["own.rc"], ["other.rc"], ["other.rc", "own.rc"], []):
            with self.subTest(scripts):
                self.built("-o", "w.sys", "w.c", *scripts, "words.mc")
                self.assertEqual(Image(self.path("w.sys")).data.count(text), 1)

    def test_exports(self):
        self.file("e.c", "int shared(void) { return 1; }\nint DriverEntry(void) { return 0; }\n")
        self.built("-o", "e.sys", "--export=shared", "e.c")
        self.assertTrue(Image(self.path("e.sys")).directory(0)[1])

    def test_refusals(self):
        self.refused(2, [], "no input files")
        self.refused(2, ["--umdf", "a.c"], "--umdf", "cannot be built yet")
        self.refused(2, ["--kmdf=1.14", "a.c"], "--kmdf=1.14", "1.9, 1.11")
        self.refused(2, ["--kmdf", "-DKMDF_VERSION_MINOR=7", "a.c"], "9, 11, 13")
        self.refused(2, ["a.vbs"], "a.vbs: not a source")
        self.refused(2, ["a.c", "-o"], "-o needs a value")
        self.file("b.c", "int x;\n")
        self.refused(2, ["-c", "-o", "x.obj", "a.c", "b.c"], "several sources")

    def test_a_tool_that_fails(self):
        self.file("b.c", "int f(void) { return nothing; }\n")
        self.refused(1, ["a.c", "b.c"], "b.c:1:22: error:", "nothing")
        self.assertFalse(os.path.exists(self.path("a.sys")))
        self.file("b.c", "int g(void);\nint f(void) { return g(); }\nint DriverEntry(void) "
                  "{ return f(); }\n")
        self.refused(1, ["b.c"], "undefined symbol: g")

    def test_what_is_not_installed(self):
        result = self.cc("a.c", environment={"PATH": self.folder.name})
        self.assertEqual(result.returncode, 127)
        self.assertIn("clang-19 is not installed", result.stderr)
        self.assertIn("apt install clang-19", result.stderr)
        result = self.cc("a.c", environment={"COVE_WDK": "/nowhere/at/all"})
        self.assertEqual(result.returncode, 1)
        self.assertIn("no driver kit at /nowhere/at/all", result.stderr)


if __name__ == "__main__":
    unittest.main()
