# SPDX-License-Identifier: MIT
"""32-bit programs that make calls of the host's kernel themselves: exceptions, and nothing done."""
import os
import unittest

from kit import BUILD, CoveTest, is_of_intel

RAW = os.path.join(BUILD, "test", "programs32", "raw.exe")
PRIVILEGED = (0x96, "0xC0000096", "c0000096")
ILLEGAL = (0x1D, "0xC000001D", "c000001d")
VIOLATION = (0x05, "0xC0000005", "c0000005")


WAYS = {
    "interrupt": PRIVILEGED,
    # under a 64-bit kernel 32-bit code has one of the two, by the processor's maker
    "enter": PRIVILEGED if is_of_intel() else ILLEGAL,
    "call": ILLEGAL if is_of_intel() else PRIVILEGED,
    "library": PRIVILEGED,
    "long-call": PRIVILEGED,
    "long-interrupt": PRIVILEGED,
    "long-illegal": ILLEGAL,
    "long-load": VIOLATION,
    "no-segment": VIOLATION,
    "no-block": ILLEGAL,
}


def is_told_apart():
    major, minor = os.uname().release.split(".")[:2]
    return (int(major), int(minor)) >= (5, 11)


@unittest.skipUnless(is_told_apart(), "syscall user dispatch needs Linux 5.11")
class Raw(CoveTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cove("boot", "raw")
        cls.target = os.path.join(cls.folder, "made by raw")

    def run_raw(self, way):
        done = self.cove("exec", "-m", "raw", RAW, way, self.target)
        self.assertFalse(os.path.exists(self.target), f"{way} has made a file of the host")
        self.assertNotIn("still here", done.stdout)
        return done

    def test_it_ends(self):
        for way, (code, name, _) in WAYS.items():
            for thread in ("", "second-"):
                with self.subTest(thread + way):
                    done = self.run_raw(thread + way)
                    self.assertEqual(done.returncode, code, done.stderr)
                    self.assertIn(f"cove: raw.exe: unhandled exception {name} (STATUS_",
                                  done.stderr)

    def test_a_handler_is_told(self):
        for way, (_, _, name) in WAYS.items():
            with self.subTest(way):
                done = self.run_raw("caught-" + way)
                self.assertEqual((done.returncode, done.stdout.strip()), (40, f"caught {name}"),
                                 done.stderr)

    def test_the_machine_lives(self):
        self.assertEqual(self.cove("exec", "-m", "raw", RAW, "", "").returncode, 2)
        self.wait_ended("raw")


if __name__ == "__main__":
    unittest.main()
