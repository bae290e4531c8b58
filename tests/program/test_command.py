# SPDX-License-Identifier: MIT
"""The command: verbs, help, exit codes, JSON, and errors that say what is wrong."""
import json
import os
import struct
import unittest

from kit import CoveTest, driver, program

VERBS = ("run", "boot", "shutdown", "ps", "exec", "sc", "devcon", "log", "trace", "kd", "image",
         "cc")


class Help(CoveTest):
    def test_each_verb_helps(self):
        overview = self.good("--help").stdout
        for verb in VERBS:
            with self.subTest(verb=verb):
                self.assertRegex(overview, rf"\n  {verb} ")
                done = self.good(verb, "--help")
                self.assertIn("usage: cove " + verb, done.stdout)
                self.assertEqual(done.stderr, "")

    def test_words_that_are_not_known(self):
        for words in (("fly",), ("run",), ("run", "--fast", "x.sys"), ("boot", "a", "b"),
                      ("exec",), ("sc",), ("sc", "fly"), ("sc", "create", "x"), ("ps", "x"),
                      ("log", "x"), ("run", "x.sys", "--"), ("boot", "--processors", "0")):
            with self.subTest(words=words):
                done = self.cove(*words)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertNotEqual(done.stderr, "")

    def test_version(self):
        self.assertRegex(self.good("--version").stdout, r"^cove \d+\.\d+")


class Machines(CoveTest):
    def test_life_of_a_machine(self):
        booted = json.loads(self.good("boot", "life", "--json").stdout)
        self.assertEqual(booted["machine"], "life")
        self.assertTrue(os.path.isdir(f"/proc/{booted['pid']}"))
        twice = self.cove("boot", "life")
        self.assertEqual(twice.returncode, 1)
        self.assertIn("'life' is already running", twice.stderr)
        listed = self.machine("life")
        self.assertEqual(listed["pid"], booted["pid"])
        for count in ("objects", "handles", "pool_blocks", "pool_bytes", "irps", "files",
                      "devices"):
            self.assertIsInstance(listed["counts"][count], int)
        self.assertEqual(listed["counts"]["patched"], 0)  # no driver, nothing replaced
        self.assertIn("machine life (pid", self.good("ps").stdout)
        self.assertIn("is down", self.good("shutdown", "life").stdout)
        self.assertIsNone(self.machine("life"))
        self.assertFalse(os.path.exists(os.path.join(self.runtime, "life.sock")))

    def test_a_machine_that_does_not_run(self):
        for words in (("shutdown", "none"), ("exec", "-m", "none", program("console")),
                      ("sc", "-m", "none", "query"), ("log", "-m", "none"),
                      ("trace", "-m", "none")):
            with self.subTest(words=words):
                done = self.cove(*words)
                self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
                self.assertIn("none", done.stderr)

    def test_names_of_machines(self):
        for name in ("a/b", "", ".hidden", "x" * 65, "with space"):
            with self.subTest(name=name):
                done = self.cove("boot", name)
                self.assertEqual(done.returncode, 1)
                self.assertIn("no name for a machine", done.stderr)

    def test_two_machines_side_by_side(self):
        self.boot("one", driver("wdm1"))
        self.boot("two", driver("wdm1"))
        for name in ("one", "two"):
            self.good("exec", "-m", name, program("wdm1test"))
        self.good("shutdown", "one")
        self.good("exec", "-m", "two", program("wdm1test"))
        self.good("shutdown", "two")

    def test_shutdown_of_all(self):
        self.boot("first")
        self.boot("second")
        self.good("shutdown", "--all")
        self.assertEqual(json.loads(self.good("ps", "--json").stdout), [])
        self.assertIn("no machine is running", self.good("ps").stdout)


class Services(CoveTest):
    def test_verbs(self):
        self.boot("sc")
        created = self.good("sc", "-m", "sc", "create", "wdm1", "binPath=", driver("wdm1"))
        self.assertIn("[SC] CreateService SUCCESS", created.stdout)
        again = self.cove("sc", "-m", "sc", "create", "wdm1", "binPath=", driver("wdm1"))
        self.assertNotEqual(again.returncode, 0)
        self.assertIn("FAILED 1073", again.stdout)
        self.assertIn("STOPPED", self.good("sc", "-m", "sc", "query", "wdm1").stdout)
        start = self.good("sc", "-m", "sc", "start", "wdm1")
        self.assertIn("RUNNING", start.stdout)
        self.assertRegex(start.stderr, r"(?m)^img\| wdm1\.sys: x64, linker \d+\.\d+, not signed$")
        started = self.cove("sc", "-m", "sc", "start", "wdm1")
        self.assertIn("FAILED 1056", started.stdout)
        listed = json.loads(self.good("sc", "-m", "sc", "query", "--json").stdout)
        self.assertEqual([(item["service"], item["state"]) for item in listed],
                         [("Wdf01000", 1), ("wdm1", 4)])  # the Framework is every machine's
        self.assertIn("wdm1.sys", self.good("sc", "-m", "sc", "qc", "wdm1").stdout)
        self.good("sc", "-m", "sc", "stop", "wdm1")
        stopped = self.cove("sc", "-m", "sc", "stop", "wdm1")
        self.assertIn("FAILED 1062", stopped.stdout)
        self.good("sc", "-m", "sc", "delete", "wdm1")
        for verb in ("query", "start", "stop", "delete", "qc"):
            with self.subTest(verb=verb):
                done = self.cove("sc", "-m", "sc", verb, "wdm1")
                self.assertNotEqual(done.returncode, 0)
                self.assertIn("FAILED 1060", done.stdout)


class Drivers(CoveTest):
    """Files that are no drivers: the error names what is wrong with them."""

    def write(self, name, content):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(content)
        return path

    def refused(self, path, *wanted, code=1):
        done = self.cove("run", path)
        self.assertEqual(done.returncode, code, done.stderr)
        for text in wanted:
            self.assertRegex(done.stderr, text)
        return done

    def damaged(self, offset, value, name):
        with open(driver("wdm1"), "rb") as file:
            content = bytearray(file.read())
        header = struct.unpack_from("<I", content, 0x3c)[0]
        content[header + offset:header + offset + len(value)] = value
        return self.write(name, content)

    def test_no_file(self):
        self.refused(os.path.join(self.folder, "missing.sys"), "missing.sys.*No such file")

    def test_other_names(self):
        self.refused("wdm1.txt", "does not end in .sys", code=2)
        self.refused("wdm1.inf", "cannot read the driver file wdm1.inf", code=1)

    def test_not_a_pe(self):
        self.refused(self.write("text.sys", b"this is no driver\n" * 10), "text.sys", "MZ")
        self.refused(self.write("empty.sys", b""), "empty.sys")
        self.refused(self.write("dos.sys", b"MZ" + bytes(200)), "dos.sys", "(?i)PE|e_lfanew")

    def test_other_machine(self):
        self.refused(self.damaged(4, b"\x4c\x01", "width.sys"), "(?i)machine|32-bit")

    def test_damaged_fields(self):
        for offset, value, field in (
                (24 + 56, b"\xff\xff\xff\xff", "SizeOfImage"),
                (24 + 60, b"\xff\xff\xff\x7f", "SizeOfHeaders"),
                (24 + 16, b"\xff\xff\xff\x7f", "(?i)AddressOfEntryPoint|entry"),
                (24 + 32, b"\x03\x00\x00\x00", "SectionAlignment"),
                (24 + 112 + 8, b"\xff\xff\xff\x7f", "(?i)import"),
                (6, b"\xff\xff", "(?i)section"),
                (20, b"\xff\xff", "(?i)SizeOfOptionalHeader|optional")):
            with self.subTest(field=field):
                self.refused(self.damaged(offset, value, "damaged.sys"), "damaged.sys", field)

    def test_cut_file(self):
        with open(driver("wdm1"), "rb") as file:
            content = file.read()
        for length in (10, 64, 200, 500, 1500, len(content) - 100):
            with self.subTest(length=length):
                done = self.cove("run", self.write("cut.sys", content[:length]))
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertIn("cut.sys", done.stderr)


class Running(CoveTest):
    def test_exit_code_is_the_programs(self):
        done = self.cove("run", "--quiet", driver("wdm1"), "--", program("console"), "err")
        self.assertEqual(done.returncode, 9)
        self.assertEqual(done.stderr, "to standard error\n")

    def test_arguments_arrive_as_given(self):
        words = ["plain", "two words", 'a"quote', "back\\slash", "end\\", "", "*.c", "ä"]
        done = self.good("run", "--quiet", driver("wdm1"), "--", program("console"), "echo", *words)
        self.assertEqual(done.stdout.replace("\r", "").splitlines(), [f"[{word}]" for word in words])

    def test_standard_input(self):
        import subprocess
        self.boot("cat")
        text = b"".join(b"line %d\n" % i for i in range(2000))
        program_ = self.program_start("cat", program("console"), "cat", stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE)
        out, _ = program_.communicate(text, timeout=30)
        self.assertEqual(program_.returncode, 0)
        self.assertEqual(out, text)
        self.good("shutdown", "cat")

    def test_programs_that_are_none(self):
        self.boot("none")
        path = os.path.join(self.folder, "text.exe")
        with open(path, "w") as file:
            file.write("no program\n")
        for words, wanted in (((os.path.join(self.folder, "missing.exe"),), "missing.exe"),
                              ((path,), "text.exe"), ((driver("wdm1"),), "wdm1.sys")):
            with self.subTest(words=words):
                done = self.cove("exec", "-m", "none", *words)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(wanted, done.stderr)
        self.good("shutdown", "none")

    def test_several_drivers(self):
        self.good("run", "--quiet", driver("wdm1"), driver("pending"), driver("transfers"), "--",
                  program("pendingtest"))

    def test_log_of_a_machine(self):
        self.boot("log", driver("wdm1"))
        import subprocess
        from kit import COVE
        follower = subprocess.Popen([COVE, "log", "-m", "log"], env=self.environment,
                                    stdout=subprocess.PIPE, text=True)
        self.assertIn("Wdm1: DriverEntry", follower.stdout.readline())
        self.good("shutdown", "log")
        rest = follower.stdout.read()
        self.assertIn("Wdm1: Unload", rest)
        self.assertEqual(follower.wait(timeout=10), 0)


if __name__ == "__main__":
    unittest.main()
