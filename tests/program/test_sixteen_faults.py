# SPDX-License-Identifier: MIT
"""What 16-bit programs must not do: they end with the classic report, the machine lives."""
import os
import signal
import subprocess
import unittest

from kit import is_of_intel
from sixteen_kit import SixteenTest

# the word of the command line: exit code (low byte of the status), kind, where
FAULTS = {
    "overrun": (0x05, "a General Protection Fault in", "OVERRUN+12"),
    "divide": (0x94, "a Divide Error in", "DIVIDE+7"),
    "halt": (0x96, "a General Protection Fault (privileged instruction) in", "HALT+0"),
    "control": (0x96, "a General Protection Fault (privileged instruction) in", "CONTROL+0"),
    "recurse": (0xFD, "a Stack Overflow in", "RECURSE+0"),
    "nowhere": (0x05, "a General Protection Fault in", "NOWHERE+5"),
    "far": (0x05, "a General Protection Fault in", "FARAWAY+3"),
    "bad": (0x05, "a General Protection Fault (pointer FFFF:1234 handed to a function) in",
            "BADPOINTER+F"),
    "interrupt": (0x05, "a call of interrupt 13h (AX=0069), which is not there, in",
                  "INTERRUPT+0"),
    "undefined": (0x1D, "an Invalid Instruction in", "ILLEGAL+0"),
    "port": (0x96, "a General Protection Fault (privileged instruction) in", "PORT+0"),
    "x": (0x05, "a call of interrupt 80h (AX=0001), which is not there, in", "LINUX+C"),
}


class SixteenFaults(SixteenTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build("faults")

    def test_reports(self):
        self.boot("faults")
        for word, (code, kind, place) in FAULTS.items():
            with self.subTest(word):
                done = self.cove("exec", "-m", "faults", "faults.exe", word)
                self.assertEqual((done.returncode, done.stdout), (code, ""), done.stderr)
                self.assertRegex(done.stderr.splitlines()[0],
                                 r"^cove: faults.exe: FAULTS caused .* module faults.exe at "
                                 r"0001:[0-9A-F]{4} \(")
                self.assertIn("FAULTS caused " + kind, done.stderr)
                self.assertIn("(" + place + ").", done.stderr)
                self.assertRegex(done.stderr, r"bytes at CS:IP:( [0-9a-f]{2})+\n")
        self.wait_ended("faults")
        self.assertNotIn("leak", self.good("shutdown", "faults").stderr)

    def test_escapes(self):
        """Into the host's kernel or its own segments: exit(77) is what they ask for there. The
        emulator has none of those segments: the jump itself is the fault."""
        is_emulated = os.environ.get("COVE_CPU16") == "unicorn"
        ways = [("wide", "0023"), ("giant", "0033")]
        if is_emulated or is_of_intel():  # others do not know sysenter under a 64-bit kernel
            ways.append(("enter", "0023"))
        for word, segment in ways:
            place = r"no module at %s:[0-9A-F]{4}\.\n" % segment
            if is_emulated:
                place = r"module faults.exe at 0001:[0-9A-F]{4} "
            with self.subTest(word):
                done = self.run16("faults.exe", word)
                self.assertEqual((done.returncode, done.stdout), (0x05, ""), done.stderr)
                self.assertRegex(done.stderr, r"cove: faults.exe: FAULTS caused a "
                                              r"(General Protection|Page) Fault in " + place)

    def test_ends_of_its_own_will(self):
        for word, code, words in (("K", 9, ""), ("F", 3, "it called FatalExit(3)\n"),
                                  ("T", 127, "looping\n"), ("D", 3, "FAULTS caused a Breakpoint")):
            with self.subTest(word):
                done = self.run16("faults.exe", word)
                self.assertEqual((done.returncode, done.stdout), (code, ""), done.stderr)
                self.assertIn(words, done.stderr)

    def test_what_is_not_there(self):
        done = self.run16("faults.exe", "absent")
        self.assertEqual(done.returncode, 127)
        self.assertRegex(done.stderr, r"it called KERNEL.NOSUCHFUNCTION, which is not there yet "
                                      r"\(from FAULTS 0001:[0-9A-F]{4}\)")

    def looping(self, machine):
        child = self.program_start(machine, "faults.exe", "loop", stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        self.assertEqual(child.stdout.readline(), b"looping\n")
        return child

    def test_a_loop_is_killed(self):
        self.boot("loop")
        child = self.looping("loop")
        child.send_signal(signal.SIGKILL)
        child.communicate(timeout=20)
        self.assertEqual(child.returncode, -signal.SIGKILL)
        self.wait_ended("loop")
        self.assertNotIn("leak", self.good("shutdown", "loop").stderr)

    def test_a_loop_ends_with_its_machine(self):
        self.boot("loop2")
        child = self.looping("loop2")
        self.good("shutdown", "loop2")
        said = child.communicate(timeout=20)[1]
        self.assertIn(b"the machine was shut down", said)
        self.assertNotEqual(child.returncode, 0)


if __name__ == "__main__":
    unittest.main()
