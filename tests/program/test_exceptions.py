# SPDX-License-Identifier: MIT
"""Exceptions of programs built for MSVC's target: what they catch, and how they end."""
import unittest

from kit import CoveTest, driver, program


class Exceptions(CoveTest):
    def run_one(self, name, *arguments):
        return self.cove("run", "--quiet", driver("wdm1"), "--", program(name), *arguments)

    def passes(self, name):
        done = self.run_one(name)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("all checks passed", done.stdout)
        self.assertNotIn("FAILED", done.stdout)
        self.assertNotIn("leak", done.stderr)
        return done

    def test_structured(self):
        self.assertIn("caught at exit", self.passes("msvc_seh").stdout)

    def cxx_passes(self, name):
        self.passes(name)
        for case in ("1", "2", "3"):
            with self.subTest(case=case):
                done = self.run_one(name, case)
                self.assertEqual(done.returncode, 9, done.stderr)
                self.assertIn("terminate", done.stdout)
        done = self.run_one(name, "4")
        self.assertEqual(done.returncode, 0x63, done.stderr)
        self.assertRegex(done.stderr, r"unhandled exception 0xE06D7363 .*%s\.exe\+0x" % name)

    def test_cxx(self):
        self.cxx_passes("msvc_cxx")

    def test_cxx_packed(self):
        """The same with __CxxFrameHandler4's tables: catch blocks with states of their own."""
        self.cxx_passes("msvc_cxx_own")

    def test_cxx_packed_shared(self):
        """Catch blocks that use their function's maps, and functions in segments."""
        self.cxx_passes("msvc_cxx_shared")

    def test_library(self):
        self.passes("msvc_library")

    def test_unhandled(self):
        done = self.run_one("msvc_seh", "1")
        self.assertEqual(done.returncode, 0x05, done.stderr)
        self.assertRegex(done.stderr, r"unhandled exception 0xC0000005 .*at msvc_seh\.exe\+0x"
                                      r"[0-9a-f]+ writing 0x10")

    def test_the_filter_ends_it(self):
        done = self.run_one("msvc_seh", "2")
        self.assertEqual(done.returncode, 0x34, done.stderr)
        self.assertIn("filter e0001234", done.stdout)
        self.assertNotIn("unhandled", done.stderr)

    def test_unhandled_inside_a_system_function(self):
        done = self.run_one("msvc_seh", "3")
        self.assertEqual(done.returncode, 0x05, done.stderr)
        self.assertRegex(done.stderr, r"inside a system function, called from msvc_seh\.exe\+0x")

    def test_unhandled_overflow(self):
        done = self.run_one("msvc_seh", "4")
        self.assertEqual(done.returncode, 0xfd, done.stderr)
        self.assertRegex(done.stderr, r"unhandled exception 0xC00000FD .*msvc_seh\.exe\+0x")


if __name__ == "__main__":
    unittest.main()
