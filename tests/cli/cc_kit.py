# SPDX-License-Identifier: MIT
"""What tests of `cove cc` share: a folder of sources, the program called in it.

COVE names the program; the driver kit is where that program finds it. The private folder that a
run makes must be gone after every test.
"""
import os
import subprocess
import tempfile
import unittest

COVE = os.environ.get("COVE", "cove")


class CcCase(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.temporary = os.path.join(self.folder.name, "tmp dir")
        os.makedirs(self.temporary)

    def tearDown(self):
        # Whatever happened, the private folder is gone.
        self.assertEqual(os.listdir(self.temporary), [])
        self.folder.cleanup()

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def file(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as out:
            out.write(text)

    def cc(self, *words, environment=None):
        variables = dict(os.environ, TMPDIR=self.temporary, **(environment or {}))
        return subprocess.run([COVE, "cc", *words], cwd=self.folder.name, env=variables,
                              capture_output=True, text=True, check=False)

    def built(self, *words, quiet=True):
        result = self.cc(*words)
        self.assertEqual(result.returncode, 0, result.stderr)
        if quiet:
            self.assertEqual(result.stdout + result.stderr, "")
        return result

    def refused(self, code, words, *texts):
        result = self.cc(*words)
        self.assertEqual(result.returncode, code, result.stderr)
        for text in texts:
            self.assertIn(text, result.stderr)
