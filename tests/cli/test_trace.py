# SPDX-License-Identifier: MIT
"""Traced drivers: what `cove cc` makes of trace calls, and the lines that `cove log` shows.

COVE names the program. The drivers lie in traced/; each is built, started on a machine of its
own and stopped again, and every line of its log is compared.
"""
import os
import shutil
import struct
import subprocess
import tempfile
import unittest

COVE = os.environ.get("COVE", "cove")
TRACED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "traced")


class Trace(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="cove-trace-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.environment = dict(os.environ, COVE_RUNTIME_DIR=self.folder, COVE_MACHINE="traced")

    def cove(self, *words, code=0):
        result = subprocess.run([COVE, *words], env=self.environment, cwd=self.folder, text=True,
                                capture_output=True, timeout=120)
        self.assertEqual(result.returncode, code, f"{words}: {result.stdout}{result.stderr}")
        return result.stdout + result.stderr

    def build(self, name, *sources):
        path = os.path.join(self.folder, name)
        said = self.cove("cc", "-O2", "-o", path, *[s if s[0] == "-" else os.path.join(TRACED, s) for s in sources])
        self.assertEqual(said, "")
        return path

    def lines_of(self, driver, *switches):
        """The etw lines of a machine on which the driver is started and stopped."""
        self.cove("boot", "--fresh", "traced")
        try:
            if switches:
                self.cove("log", *switches)
            log = subprocess.Popen([COVE, "log"], env=self.environment, text=True,
                                   stdout=subprocess.PIPE)
            self.cove("sc", "create", "driver", "type=", "kernel", "binPath=", driver)
            self.cove("sc", "start", "driver")
            first = log.stdout.readline()  # now it listens: the rest comes as well
            self.cove("sc", "stop", "driver")
        finally:
            self.cove("shutdown", "traced")
        out = first + log.stdout.read()
        log.stdout.close()
        log.wait(timeout=60)
        return [line[4:] for line in out.splitlines() if line.startswith("etw ")]

    def test_software_tracing(self):
        driver = self.build("traced.sys", "traced.c", "second.cpp")
        seen = self.lines_of(driver)
        places = [line.split("(", 1)[0] + line.split(")", 1)[1] for line in seen]
        name = "[TracedDriver] "
        self.assertEqual(places, [
            name + "VERBOSE TRACED_INIT traced.c DriverEntry:  at PASSIVE_LEVEL: in DriverEntry",
            name + "INFORMATION TRACED_IO traced.c numbers: -3 7 beef 0x002a z|   42|43   |",
            name + "INFORMATION TRACED_IO traced.c numbers: -5000000000 123456789abc -2 1.500000 %",
            name + "WARNING TRACED_IO traced.c numbers: one message in two parts, "
                   "TRUE PASSIVE_LEVEL",
            name + "INFORMATION TRACED_IO traced.c texts: narrow, w\u00efde, ws",
            name + "INFORMATION TRACED_IO traced.c texts: counted wide, counted narrow, (null)",
            name + "ERROR TRACED_INIT traced.c types: STATUS_ACCESS_DENIED (0xc0000022) "
                   "{01020304-0506-0708-090a-0b0c0d0e0f10} error 5",
            name + "ERROR TRACED_INIT traced.c types: Green Blue 0x5(Read|Delete) plum 0x9",
            name + "ERROR TRACED_INIT traced.c types: these: 3 bytes: 12 ab 00",
            name + "ERROR TRACED_INIT traced.c types: TRACE_LEVEL_ERROR TRACED_INIT types "
                   f"traced.c {self.line_of('traced.c', '%!LEVEL!')}",
            "[TracedOther] INFORMATION OTHER_ALL traced.c DriverEntry: nested 1, two",
            name + "TRACED_IO traced.c DriverEntry: failed with "
                   "STATUS_NO_SUCH_DEVICE (0xc000000e)",
            name + "INFORMATION TRACED_IO second.cpp (anonymous namespace)::counter::say: counter 3",
            name + "TRACED_IO second.cpp second_file: verbose is on",
            name + "TRACED_INIT traced.c TracedUnload: unload of 0x0000000000000000",
        ])
        self.assertIn("(%d)" % self.line_of("traced.c", "in two parts", -2), seen[3])

    @staticmethod
    def line_of(file, text, offset=0):
        with open(os.path.join(TRACED, file), encoding="utf-8") as source:
            for number, line in enumerate(source, 1):
                if text in line:
                    return number + offset
        raise AssertionError(text)

    def test_recorder(self):
        driver = self.build("recorded.sys", "recorded.c")
        name = "[RecordedDriver] "
        self.assertEqual([line.split("(", 1)[0] + line.split(")", 1)[1]
                          for line in self.lines_of(driver)], [
            name + "INFORMATION RECORDED_ALL recorded.c DriverEntry: default log 1, before 0",
            name + "WARNING RECORDED_ALL recorded.c DriverEntry: own log made: STATUS_SUCCESS (0x00000000)",
            name + "ERROR RECORDED_ALL recorded.c DriverEntry: filtered 1, refused "
                   "STATUS_INVALID_DEVICE_STATE (0xc0000184)",
            name + "INFORMATION RECORDED_ALL recorded.c DriverEntry: "
                   "\\Device\\RESOURCE_HUB\\00000abc12345678",
            name + "VERBOSE RECORDED_ALL recorded.c RecordedUnload: default log 0",
        ])

    def test_switching(self):
        driver = self.build("traced.sys", "traced.c", "second.cpp")
        seen = self.lines_of(driver, "--disable", "*", "--enable", "TracedDriver:warning:2")
        self.assertEqual(len(seen), 2, seen)  # TRACED_IO only: a warning, and one without level
        self.assertIn("in two parts", seen[0])
        self.assertIn("failed with", seen[1])

    def test_switching_by_guid_and_refusals(self):
        driver = self.build("traced.sys", "traced.c", "second.cpp")
        seen = self.lines_of(driver, "--disable", "*", "--enable",
                             "{41D6E1A8-2b0c-4f5e-9a31-7c20d1e5b604}")
        self.assertEqual([line.split("]")[0] for line in seen], ["[TracedOther"])
        self.cove("boot", "--fresh", "traced")
        try:
            said = self.cove("log", "--enable", "name:loud", code=1)
            self.assertIn("GUID, NAME or *", said)
        finally:
            self.cove("shutdown", "traced")

    def test_events_that_describe_themselves(self):
        driver = self.build("logging.sys", "logging.c")
        self.assertEqual(self.lines_of(driver), [
            "[Logging.Driver] Error Numbers Signed=-5 Unsigned=7 Hex=0xbeef Flag=1 "
            "Status=STATUS_ACCESS_DENIED (0xc0000022) keyword=0x10",
            '[Logging.Driver] Verbose Texts A="narrow" W="wide" U="counted"',
            "[Logging.Driver] Verbose Unload",
        ])
        self.assertEqual(len(self.lines_of(driver, "--enable", "logging.driver:error")), 1)

    def test_a_registration_that_stays_is_reported(self):
        driver = self.build("forgets.sys", "forgets.c")
        program = os.path.join(self.folder, "nothing.exe")
        subprocess.run(["x86_64-w64-mingw32-gcc", "-xc", "-", "-o", program], check=True, text=True,
                       input="int main(void) { return 0; }\n")
        result = subprocess.run([COVE, "run", driver, "--", program], env=self.environment,
                                text=True, capture_output=True, timeout=60)
        self.assertIn("leak: 1 trace providers left behind", result.stdout + result.stderr)

    def test_manifest_and_messages(self):
        # Both would bring a message table of the same name: the errors' goes to a .res of its own.
        errors = os.path.join(TRACED, "errors.mc")
        resource = os.path.join(self.folder, "errors.res")
        self.cove("mc", "-h", self.folder, "-r", self.folder, errors)
        self.cove("cc", "-c", "-o", resource, errors)
        driver = self.build("events.sys", "events.c", "events.man", "-I" + self.folder)
        tail = " keyword=0x4 opcode=1 task=3"
        self.assertEqual(self.lines_of(driver), [
            '[Events-Driver] Warning Started (event 1) Name="wide" Count=42 '
            'Address=0x0000000000001234 Small=-7 Text="narrow"' + tail,
            '[Events-Driver] Warning Started (event 1) Name="NULL" Count=0 '
            'Address=0x0000000000000000 Small=0 Text="NULL"' + tail,
            "[Events-Driver] Information Plain (event 2)",
            "[Events-Driver] Information Plain (event 2)",
        ])
        for path, text in ((resource, "The device %2 is broken.\r\nIt cannot be used.\r\n"),
                           (driver, "Started %1\r\n")):
            with open(path, "rb") as file:
                self.assertIn(text.encode("utf-16-le"), file.read())

    def test_message_table(self):
        self.cove("mc", "-h", self.folder, "-r", self.folder, os.path.join(TRACED, "errors.mc"))
        with open(os.path.join(self.folder, "MSG00001.bin"), "rb") as file:
            table = file.read()
        blocks = struct.unpack_from("<I", table)[0]
        ranges = [struct.unpack_from("<III", table, 4 + 12 * i) for i in range(blocks)]
        self.assertEqual([(first, last) for first, last, _ in ranges],
                         [(0x80070002, 0x80070002), (0x80070010, 0x80070010),
                          (0xc0070001, 0xc0070001)])
        length, flags = struct.unpack_from("<HH", table, ranges[1][2])
        self.assertEqual(flags, 1)
        text = table[ranges[1][2] + 4:ranges[1][2] + length].decode("utf-16-le")
        self.assertEqual(text.rstrip("\0"), "Later.\r\n")

    def test_message_refusals(self):
        path = os.path.join(self.folder, "bad.mc")
        for text, expected in (("MessageId=1 Severity=Loud\n", "bad.mc:1: severity Loud"),
                               ("MessageId=1\nLanguage=English\nno end\n", "does not end"),
                               ("MessageId=x\n", "is no number")):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            self.assertIn(expected, self.cove("mc", "-h", self.folder, "-r", self.folder, path,
                                              code=1))

    def refused(self, text, *expected):
        path = os.path.join(self.folder, "bad.c")
        with open(path, "w", encoding="utf-8") as source:
            source.write("#include <ntddk.h>\n#include \"bad.tmh\"\n" + text)
        said = self.cove("cc", "-c", path, code=1)
        for word in expected:
            self.assertIn(word, said)

    def test_what_is_wrong_is_said(self):
        self.refused("void f(void) { DoTraceMessage(X, \"%d %d\", 1); }\n",
                     "bad.c:3: no argument for %d")
        self.refused("void f(void) { DoTraceMessage(X); }\n", "bad.c:3: too few arguments")


if __name__ == "__main__":
    unittest.main()
