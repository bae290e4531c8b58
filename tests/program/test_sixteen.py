# SPDX-License-Identifier: MIT
"""16-bit Windows programs: what they are started with, what they ask for, libraries, memory."""
import os
import struct
import subprocess
import time
import unittest

from kit import disturbed, driver
from sixteen_kit import SixteenTest



def resource(kind, name, data):
    """One of a compiled .res file; kind and name are numbers or text."""
    words = b"".join(struct.pack("<BH", 0xFF, word) if isinstance(word, int)
                     else word.encode() + b"\0" for word in (kind, name))
    return words + struct.pack("<HI", 0x1030, len(data)) + data


LIBRARY = "LIBRARY {}\nDATA SINGLE\n"


class Sixteen(SixteenTest):
    def test_hello(self):
        self.assertEqual(self.passes("hello", code=7),
                         ["hello from 16 bits", "and from DOS", "to the dollar"])

    def test_command_line(self):
        self.assertEqual(self.passes("hello", "one", "two words", code=7)[3:],
                         [' one "two words"'])

    def test_interrupts_and_registers(self):
        self.build("clean")
        self.assertEqual(self.passes("clean"), ["0a03", "005a", "ffff", "0000"])

    def test_memory_files_and_text(self):
        self.write("memory.def", "NAME MEMORY\nHEAPSIZE 4096\nSTACKSIZE 4096\n")
        self.build("memory", "memory.def")
        self.assertEqual(self.passes("memory"), [])

    def test_dos_profiles_and_other_programs(self):
        self.build("dos")
        hello = "hello from 16 bits\nand from DOS\nto the dollar\n"
        self.boot("dos16")  # what it starts lives longer than it does
        done = self.cove("exec", "-m", "dos16", "./dos.exe", cwd=self.folder)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        # Two of them write at the same time.
        self.assertEqual(sorted(done.stdout), sorted(hello + hello + " one"), done.stdout)
        self.good("shutdown", "dos16")

    def test_the_rest_of_kernel_and_toolhelp(self):
        self.libraries_build()
        self.build("rest")
        done = self.run16("rest.exe")
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)

    def test_resources(self):
        texts = ["", "second", *[""] * 14]  # of the sixteen from 16 on
        strings = b"".join(bytes([len(text)]) + text.encode() for text in texts)
        with open(self.path("all.res"), "wb") as file:
            file.write(resource("MAP", "EAST", b"eastern") + resource(10, 7, b"seventh") +
                       resource(6, 2, strings))
        self.build("resources", self.path("all.res"))
        self.assertEqual(self.passes("resources"), [])

    def test_dpmi(self):
        self.build("dpmi")
        self.assertEqual(self.passes("dpmi"), [])

    def test_a_fault_that_is_handed_on_is_reported_where_it_was(self):
        self.build("dpmi")
        done = self.run16("dpmi.exe", "chain")
        self.assertEqual((done.returncode, done.stdout), (5, ""))
        self.assertIn("DPMI caused a General Protection Fault in", done.stderr)
        self.assertIn("(CHAINED+0).", done.stderr)

    def test_messages_and_timers(self):
        self.build("messages")
        self.assertEqual(self.passes("messages"), [])

    def test_a_wait_for_nobody_ends(self):
        self.build("messages")
        done = self.run16("messages.exe", "wait")
        self.assertEqual((done.returncode, done.stdout), (127, ""))
        self.assertEqual(done.stderr.splitlines(), [
            "cove: messages.exe: another: a name",
            "cove: messages.exe: MESSAGES waits for a message, but it has no window that one could "
            "be sent to; it was ended"])

    def test_tasks_that_share_a_process_take_turns(self):
        self.build("parent")
        self.build("child")
        done = self.cove("run", "--quiet", "--shared", driver("wdm1"), "--", "parent.exe", "s")
        self.assertEqual(done.stdout.splitlines(),
                         ["parent", *["parent's turn", "child's turn"] * 3, "child divides",
                          "parent goes on"])
        self.assertEqual(done.returncode, 0)
        self.assertIn("CHILD was ended by TerminateApp\n", done.stderr)
        self.assertIn("CHILD caused a Divide Error in module child.exe", done.stderr)

    def test_a_program_is_by_itself_unless_asked_to_share(self):
        self.build("parent")
        self.build("child")
        self.boot("apart")  # the child may live longer than its parent
        done = self.cove("exec", "-m", "apart", "./parent.exe", "o", cwd=self.folder)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertEqual(sorted(done.stdout.splitlines()), ["child alone", "parent"])
        self.good("shutdown", "apart")

    def test_user_keyboard_toolhelp(self):
        self.build("system")
        self.assertEqual(self.passes("system"), [])

    def libraries_build(self):
        for name in ("library", "second"):
            self.write(name + ".def", LIBRARY.format(name.upper()))
            self.build("library", name + ".def", output=name.upper() + ".DLL")
        with open(self.path("SECOND.DLL"), "rb") as file:
            damaged = bytearray(file.read())
        header, = struct.unpack_from("<I", damaged, 0x3C)
        struct.pack_into("<H", damaged, header + 0x1C, 250)  # so many segments
        with open(self.path("DAMAGED.DLL"), "wb") as file:
            file.write(damaged)
        self.write("modules.def", "NAME MODULES\nDATA MULTIPLE\n")

    def test_modules(self):
        self.libraries_build()
        self.build("modules", "modules.def")
        self.assertEqual(self.passes("modules"),
                         ["1234", "beef", "0008", "0001", "0006", "0043", "text of the library",
                          "0004", "0000", "0000", "0001", "0000", "0002", "000c"])

    def test_a_library_that_is_not_there(self):
        self.libraries_build()
        self.build("modules", "modules.def")
        os.remove(self.path("LIBRARY.DLL"))
        done = self.run16("modules.exe")
        self.assertEqual((done.returncode, done.stdout), (126, ""))
        self.assertIn("its library LIBRARY cannot be loaded: it was not found", done.stderr)

    def test_damaged_files(self):
        with open(self.path("hello.exe"), "rb") as file:
            whole = file.read()
        header, = struct.unpack_from("<I", whole, 0x3C)
        for offset, value, words in ((0x1C, 0xFFFF, "segment"), (0x22, 0xFFFF, "segment table"),
                                     (0x36, 1, "another system"), (0x0E, 200, "segments"),
                                     (0x16, 99, "segment"), (0x28, 0xFFF0, "table")):
            with self.subTest(offset=offset):
                damaged = bytearray(whole)
                struct.pack_into("<B" if offset == 0x36 else "<H", damaged, header + offset, value)
                with open(self.path("damaged.exe"), "wb") as file:
                    file.write(damaged)
                done = self.run16("damaged.exe")
                self.assertEqual((done.returncode, done.stdout), (126, ""), done.stderr)
                self.assertIn(words, done.stderr)
        for length in range(0, len(whole), 37):
            with open(self.path("damaged.exe"), "wb") as file:
                file.write(whole[:length])
            done = self.run16("damaged.exe")
            self.assertEqual((done.returncode, done.stdout), (126, ""), length)
            self.assertIn("cove: damaged.exe: ", done.stderr)

    def test_signals(self):
        """Signals through every border, as many as come; no register changes."""
        self.build("signals")
        self.boot("signals")
        end = time.monotonic() + float(os.environ.get("SIGNALS_SECONDS", "0"))
        while True:
            child = self.program_start("signals", "signals.exe", stdout=subprocess.PIPE, text=True)
            self.assertEqual(child.stdout.readline(), "started\n")
            with disturbed(child):
                rest = child.stdout.read()
            child.stdout.close()
            self.assertEqual((rest, child.wait(timeout=60)), ("nothing has changed\n", 0))
            if time.monotonic() >= end:
                break


if __name__ == "__main__":
    unittest.main()
