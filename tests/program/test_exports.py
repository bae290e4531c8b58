# SPDX-License-Identifier: MIT
"""Export drivers: brought in by importers, told when they begin and end, refused with a reason."""
import os
import subprocess

from kit import COVE, LIBEXEC, CoveTest

LIBRARY = """
#include <ntddk.h>
#define STRING2(x) #x
#define STRING(x) STRING2(x)
__declspec(dllexport) LONG NAME(LONG x) { return x + ADD; }
NTSTATUS DllInitialize(PUNICODE_STRING path)
{
    DbgPrint(STRING(NAME) " begins: %wZ\\n", path);
    return BEGINS;
}
#ifdef ENDS
NTSTATUS DllUnload(void)
{
    DbgPrint(STRING(NAME) " ends\\n");
    return ENDS;
}
#endif
NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    return STATUS_SUCCESS;
}
"""

CLIENT = """
#include <ntddk.h>
__declspec(dllimport) LONG CALLS(LONG x);
static VOID Unload(PDRIVER_OBJECT driver) { }
NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    DbgPrint("client got %d\\n", CALLS(1));
    driver->DriverUnload = Unload;
    return STATUS_SUCCESS;
}
"""


class Exports(CoveTest):
    def setUp(self):
        self.place = os.path.join(self.folder, self.id().rsplit(".", 1)[-1])
        os.mkdir(self.place)

    def path(self, name):
        return os.path.join(self.place, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="ascii") as file:
            file.write(text)

    def library(self, stem, function, exports, begins="STATUS_SUCCESS", ends="STATUS_SUCCESS",
                add=10, extra=()):
        self.write(stem + ".c", LIBRARY)
        self.write(stem + ".def", f"LIBRARY {stem}.sys\nEXPORTS\n" + "".join(
            f"    {line}\n" for line in (*exports, "DllInitialize PRIVATE",
                                         *(("DllUnload PRIVATE",) if ends else ()))))
        defines = [f"-DNAME={function}", f"-DBEGINS={begins}", f"-DADD={add}"]
        if ends:
            defines.append(f"-DENDS={ends}")
        self.good("cc", "-o", stem + ".sys", stem + ".c", stem + ".def", *defines, *extra,
                  cwd=self.place)

    def client(self, stem, calls, library):
        self.write(stem + ".c", CLIENT)
        self.good("cc", "-o", stem + ".sys", stem + ".c", f"-DCALLS={calls}", library,
                  cwd=self.place)

    def run_clients(self, *stems):
        done = self.cove("run", *(stem + ".sys" for stem in stems), cwd=self.place)
        return done, done.stdout + done.stderr

    def log_and_shutdown(self, machine):
        """Everything a machine has printed; the log ends with it."""
        with subprocess.Popen([COVE, "log", "-m", machine], env=self.environment, text=True,
                              stdout=subprocess.PIPE) as log:
            first = log.stdout.readline() # it follows
            self.good("shutdown", machine)
            return first + log.stdout.read()

    def test_begins_once_and_ends_with_the_last(self):
        self.library("lib", "LibAdd", ("LibAdd",))
        self.client("one", "LibAdd", "lib.lib")
        self.client("two", "LibAdd", "lib.lib")
        done, text = self.run_clients("one", "two")
        self.assertEqual(done.returncode, 0, text)
        self.assertEqual(text.count("LibAdd begins: \\Registry\\Machine\\System\\"
                                    "CurrentControlSet\\Services\\lib"), 1)
        self.assertEqual(text.count("client got 11"), 2)
        self.assertEqual(text.count("LibAdd ends"), 1)
        self.assertLess(text.index("begins"), text.index("client got"))

    def test_begins_again_after_it_has_gone(self):
        self.library("lib", "LibAdd", ("LibAdd",))
        self.client("one", "LibAdd", "lib.lib")
        self.boot("again", self.path("one.sys"))
        self.good("sc", "-m", "again", "stop", "one")
        self.good("sc", "-m", "again", "start", "one")
        self.good("sc", "-m", "again", "stop", "one")
        log = self.log_and_shutdown("again")
        self.assertEqual((log.count("begins"), log.count("ends")), (2, 2), log)

    def test_one_that_says_no_stays(self):
        self.library("lib", "LibAdd", ("LibAdd",), ends="STATUS_UNSUCCESSFUL")
        self.library("mute", "MuteAdd", ("MuteAdd",), ends=None)
        self.client("one", "LibAdd", "lib.lib")
        self.client("two", "MuteAdd", "mute.lib")
        self.boot("stays", self.path("one.sys"), self.path("two.sys"))
        for _ in range(2):
            for name in ("one", "two"):
                self.good("sc", "-m", "stays", "stop", name)
                self.good("sc", "-m", "stays", "start", name)
        log = self.log_and_shutdown("stays")
        self.assertEqual((log.count("LibAdd begins"), log.count("LibAdd ends")), (1, 3), log)
        self.assertEqual(log.count("MuteAdd begins"), 1, log)

    def test_libraries_import_from_libraries(self):
        self.library("low", "LowAdd", ("LowAdd",), add=100)
        self.write("mid.c", CLIENT.replace("DriverEntry", "Unused").replace("DllImport", "") +
                   "__declspec(dllexport) LONG MidAdd(LONG x) { return LowAdd(x) + 1; }\n"
                   "NTSTATUS DllInitialize(PUNICODE_STRING p)\n"
                   "{ DbgPrint(\"mid begins %d\\n\", LowAdd(1)); return 0; }\n"
                   "NTSTATUS DllUnload(void) { DbgPrint(\"mid ends\\n\"); return 0; }\n"
                   "NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING p) { return 0; }\n")
        self.write("mid.def", "LIBRARY mid.sys\nEXPORTS\n    MidAdd\n"
                   "    DllInitialize PRIVATE\n    DllUnload PRIVATE\n")
        self.good("cc", "-o", "mid.sys", "mid.c", "mid.def", "low.lib", "-DCALLS=LowAdd",
                  cwd=self.place)
        self.client("one", "MidAdd", "mid.lib")
        done, text = self.run_clients("one")
        self.assertEqual(done.returncode, 0, text)
        order = [text.index(words) for words in (
            "LowAdd begins", "mid begins 101", "client got 102", "mid ends", "LowAdd ends")]
        self.assertEqual(order, sorted(order), text)

    def test_forwarded_and_by_ordinal(self):
        self.library("low", "LowAdd", ("LowAdd @5 NONAME",), add=100)
        self.library("named", "NamedAdd", ("NamedAdd",), add=200)
        self.library("front", "FrontAdd", ("FrontAdd", "Far=low.#5", "Near=named.NamedAdd"))
        for stem, calls, got in (("far", "Far", 101), ("near", "Near", 201)):
            self.client(stem, calls, "front.lib")
            done, text = self.run_clients(stem)
            self.assertEqual(done.returncode, 0, text)
            self.assertIn(f"client got {got}", text)
        self.client("byordinal", "LowAdd", "low.lib")
        done, text = self.run_clients("byordinal")
        self.assertIn("client got 101", text)

    def test_failing_to_begin_fails_the_importer(self):
        self.library("lib", "LibAdd", ("LibAdd",), begins="STATUS_NOT_SUPPORTED")
        self.client("one", "LibAdd", "lib.lib")
        done, text = self.run_clients("one")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("DllInitialize of lib.sys returned STATUS_NOT_SUPPORTED", text)
        self.assertNotIn("client got", text)
        self.assertNotIn("ends", text)

    def test_what_is_missing_is_named(self):
        self.library("lib", "LibAdd", ("LibAdd",))
        self.client("one", "LibAdd", "lib.lib")
        self.library("lib", "LibOther", ("LibOther",))
        _, text = self.run_clients("one")
        self.assertIn("one.sys: imports LibAdd of lib.sys, which does not export it", text)
        os.unlink(self.path("lib.sys"))
        _, text = self.run_clients("one")
        self.assertIn("imports from lib.sys, which is neither a module of the kernel nor a file",
                      text)

    def test_circles_are_named(self):
        self.library("left", "LeftAdd", ("LeftAdd",))
        self.library("right", "RightAdd", ("RightAdd",))
        for stem, function, other, library in (("left", "LeftAdd", "RightAdd", "right.lib"),
                                               ("right", "RightAdd", "LeftAdd", "left.lib")):
            self.write(stem + ".c", f"#include <ntddk.h>\n"
                       f"__declspec(dllimport) LONG {other}(LONG x);\n"
                       f"__declspec(dllexport) LONG {function}(LONG x) {{ return {other}(x); }}\n"
                       "NTSTATUS DllInitialize(PUNICODE_STRING p) { return 0; }\n"
                       "NTSTATUS DllUnload(void) { return 0; }\n"
                       "NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING p) { return 0; }\n")
            self.good("cc", "-o", stem + ".sys", stem + ".c", stem + ".def", library,
                      cwd=self.place)
        self.client("one", "LeftAdd", "left.lib")
        done, text = self.run_clients("one")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("imports go in a circle", text)
        self.assertIn("left.sys imports from it, right.sys imports from left.sys", text)

    def test_found_among_the_systems_drivers(self):
        libexec = os.path.join(self.place, "libexec")
        os.mkdir(libexec)
        for name in os.listdir(LIBEXEC):
            os.symlink(os.path.join(LIBEXEC, name), os.path.join(libexec, name))
        if os.path.islink(os.path.join(libexec, "drivers")):
            os.unlink(os.path.join(libexec, "drivers"))
        os.mkdir(os.path.join(libexec, "drivers"))
        self.library("lib", "LibAdd", ("LibAdd",))
        self.client("one", "LibAdd", "lib.lib")
        os.rename(self.path("lib.sys"), os.path.join(libexec, "drivers", "LIB.SYS"))
        self.environment["COVE_LIBEXEC"] = libexec
        try:
            done, text = self.run_clients("one")
        finally:
            del self.environment["COVE_LIBEXEC"]
        self.assertEqual(done.returncode, 0, text)
        self.assertIn("client got 11", text)
