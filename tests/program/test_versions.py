# SPDX-License-Identifier: MIT
"""Which Windows a machine claims to be: every source agrees, exports come and go with it."""
import json
import re
import unittest

from kit import CoveTest, driver, program

# What --windows says: version, service pack, the newest NTDDI that is available.
VERSIONS = {
    "7": ("6.1.7601", 1, "7"), "7:7600": ("6.1.7600", 0, "7"), "8": ("6.2.9200", 0, "8"),
    "8.1": ("6.3.9600", 0, "8.1"), "10:1507": ("10.0.10240", 0, "10"),
    "10:1809": ("10.0.17763", 0, "RS5"), "10.0.19041": ("10.0.19041", 0, "VB"),
    "10:22H2": ("10.0.19045", 0, "VB"), "11:22000": ("10.0.22000", 0, "CO"),
    "11": ("10.0.22621", 0, "NI"), "11:24H2": ("10.0.26100", 0, "GE"),
}
NTDDI = ["7", "8", "8.1", "10", "RS5", "VB", "CO", "NI", "GE"]


class Versions(CoveTest):
    def test_both_sides_agree(self):
        for words, (version, pack, newest) in VERSIONS.items():
            with self.subTest(windows=words):
                done = self.good("run", "--windows", words, driver("pending"), driver("versions"),
                                 "--", program("versions"))
                text = "Service Pack 1" if pack else ""
                for source in ("rtl", "wide", "narrow"):
                    self.assertIn(f'{source} {version}.{pack} "{text}"\n', done.stdout)
                for source in ("numbers", "packed", "peb"):
                    self.assertIn(f"{source} {version}\n", done.stdout)
                self.assertIn("products 1 1\n", done.stdout)
                self.assertIn(f"versions: {version}.{pack}\n", done.stderr)
                have = dict(re.findall(r"versions: ntddi (\S+) (\d)", done.stderr))
                at = NTDDI.index(newest)
                self.assertEqual(have, {name: str(int(i <= at)) for i, name in enumerate(NTDDI)})
                build = int(version.split(".")[2])
                self.assertIn("versions: precise %d pool2 %d timer %d spinlock 1\n" % (
                    build >= 9200, build >= 19041, build >= 9600), done.stderr)
                own = "00000000" if build >= 9600 else "c0000225"
                other = "c0000022" if 9600 <= build < 16299 else own
                self.assertIn("versions: zeroed %d own path %s others %s\n" % (
                    build >= 19041, own, other), done.stderr)

    def test_the_default_is_windows_11(self):
        done = self.good("run", driver("versions"), "--", program("versions"))
        self.assertIn("peb 10.0.22621\n", done.stdout)

    def test_a_machine_that_stays(self):
        self.good("boot", "old", "--windows", "8.1")
        try:
            self.assertIn("peb 6.3.9600\n", self.good("exec", "-m", "old",
                                                      program("versions")).stdout)
        finally:
            self.good("shutdown", "old")

    def test_words_that_are_no_version(self):
        for words in ("6", "10:23H2", "7,12", "6.1.19045", ""):
            for verb in (("run", "--windows", words, driver("versions")),
                         ("boot", "--windows", words)):
                if verb[0] == "boot" and "," in words:
                    continue
                with self.subTest(words=verb):
                    done = self.cove(*verb)
                    self.assertEqual(done.returncode, 2)
                    self.assertIn("no version known here", done.stderr)
                    self.assertIn("8.1, 10 or 11", done.stderr)


class Imports(CoveTest):
    def test_an_import_that_is_too_new(self):
        for words, name, first in (
                ("10:1909", "ExAllocatePool2", "Windows 10, version 2004 (10.0.19041)"),
                ("8", "ExAllocatePool2", "Windows 10, version 2004 (10.0.19041)")):
            with self.subTest(windows=words):
                done = self.cove("run", "--windows", words, driver("newer"))
                self.assertEqual(done.returncode, 1)
                self.assertIn(f"newer.sys: imports {name} of ntoskrnl.exe, which first appears "
                              f"in {first}; this machine is Windows {words.split(':')[0]}",
                              done.stderr)
                self.assertIn("the procedure is not found", done.stderr)
        self.good("run", "--windows", "10:2004", driver("newer"))

    def test_a_row_for_each_version(self):
        done = self.cove("run", "--windows", "all", "--json", driver("newer"))
        self.assertEqual(done.returncode, 1)
        rows = json.loads(done.stdout)
        self.assertEqual([row["version"] for row in rows],
                         ["6.1.7601", "6.2.9200", "6.3.9600", "10.0.19045", "10.0.22621"])
        self.assertEqual([row["loaded"] for row in rows], [False, False, False, True, True])
        self.assertEqual([row["exit_code"] for row in rows], [1, 1, 1, 0, 0])
        self.assertIn("imports", rows[0]["result"])
        self.assertEqual(rows[4]["result"], "good")

    def test_a_row_for_each_of_a_list(self):
        done = self.good("run", "--windows", "10:2004,11:24H2", driver("newer"), "--",
                         program("versions"))
        lines = done.stdout.splitlines()
        self.assertEqual(len(lines), 3)
        self.assertRegex(lines[1], r"^Windows 10, version 2004 \(10\.0\.19041\) +yes +0 +good$")
        self.assertRegex(lines[2], r"^Windows 11, version 24H2 \(10\.0\.26100\) +yes +0 +good$")
        self.assertIn("peb 10.0.19041", done.stderr)  # what programs print stays out of the rows


if __name__ == "__main__":
    unittest.main()
