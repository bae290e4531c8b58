# SPDX-License-Identifier: MIT
"""16-bit test programs: assembled by nasm, linked by `cove link16`, run beside a machine.

Sources are in the folder sixteen. Where the host cannot run 16-bit code the tests are skipped with
its reason.
"""
import os
import subprocess
import unittest

from kit import COVE, CoveTest, driver

SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sixteen")
CANNOT = "it is a 16-bit program, and "


class SixteenTest(CoveTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build("hello")
        done = cls.run16("hello.exe")
        if done.returncode == 126 and CANNOT in done.stderr:
            cls.tearDownClass()
            raise unittest.SkipTest(done.stderr.split(CANNOT)[1].strip())

    @classmethod
    def path(cls, name):
        return os.path.join(cls.folder, name)

    @classmethod
    def build(cls, name, *link, output=None, objects=()):
        """sixteen/NAME.asm becomes NAME.exe (or output) in the test's folder."""
        made = []
        for source in (name, *objects):
            made.append(cls.path(source + ".obj"))
            subprocess.run(["nasm", "-f", "obj", "-i", SOURCES + os.sep, "-o", made[-1],
                            os.path.join(SOURCES, source + ".asm")], check=True)
        output = cls.path(output or name + ".exe")
        done = subprocess.run([COVE, "link16", "-o", output, *made,
                               *(cls.path(word) if word.endswith(".def") else word
                                 for word in link)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return output

    @classmethod
    def write(cls, name, text):
        with open(cls.path(name), "w", encoding="ascii") as file:
            file.write(text)

    @classmethod
    def run16(cls, *words, **options):
        return cls.cove("run", "--quiet", driver("wdm1"), "--", *words, **options)

    def passes(self, name, *words, code=0):
        """Runs a program; answers its lines."""
        done = self.run16(name + ".exe", *words)
        self.assertEqual((done.returncode, done.stderr), (code, ""), done.stdout)
        return done.stdout.splitlines()
