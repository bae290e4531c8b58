# SPDX-License-Identifier: MIT
"""32-bit programs against the 64-bit machine: the same tests as for 64-bit ones, and several at
once."""
import os
import shutil
import signal
import subprocess
import unittest

from kit import BUILD, EXAMPLE_DRIVERS, CoveTest, driver, program

PROGRAMS_32 = os.path.join(BUILD, "test", "programs32")


def program32(name):
    return os.path.join(PROGRAMS_32, name + ".exe")


class Wow64(CoveTest):
    def passes(self, name, driver_name="wdm1"):
        done = self.cove("run", "--quiet", driver(driver_name), "--", program32(name))
        text = done.stdout.replace("\r", "")
        self.assertEqual(done.returncode, 0, text + done.stderr)
        self.assertIn("all checks passed", text)
        self.assertNotIn("FAILED", text)
        self.assertNotIn("leak", done.stderr)

    def test_the_examples(self):
        for name in ("wdm1", "transfers", "pending"):
            with self.subTest(name):
                self.passes(name + "test", name)

    def told(self, *words):
        done = self.cove("run", "--quiet", *words, driver("wdm1"), "--", program32("connect"))
        return done.returncode, done.stdout.replace("\r", "")

    def test_windows_95_and_98_are_told(self):
        self.assertEqual(self.told("--windows", "95")[1].split("\n")[0],
                         "version c0000004 platform 1 4.0 build 40003b6")
        self.assertEqual(self.told("--windows", "98")[1].split("\n")[0],
                         "version c0000a04 platform 1 4.10 build 40a07ce")
        code, text = self.told()
        self.assertEqual(code, 0)
        self.assertIn("platform 2 10.0", text)
        # Flat thunks are not there: ERROR_CALL_NOT_IMPLEMENTED.
        self.assertIn("connect 0 error 120\n", text)

    def test_windows_98_has_no_64_bit_programs(self):
        done = self.cove("run", "--quiet", "--windows", "98", driver("wdm1"), "--",
                         program("errors"))
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("Windows 95 and 98 have none", done.stderr)

    def test_requests(self):
        for name in ("overlapped", "ports"):
            with self.subTest(name):
                self.passes(name, "pending")

    def test_the_system(self):
        for name in ("border", "classic", "errors", "events", "files", "heap", "keys", "locks",
                     "messages",
                     "names", "pipes", "sections", "sync", "time", "volumes"):
            with self.subTest(name):
                self.passes(name)

    def test_exceptions(self):
        self.passes("seh32")

    def ends(self, name, case):
        return self.cove("run", "--quiet", driver("wdm1"), "--", program32(name), case)

    def test_exceptions_of_compiled_functions(self):
        self.passes("msvc_seh")
        done = self.ends("msvc_seh", "1")
        self.assertEqual(done.returncode, 0x05, done.stderr)
        self.assertRegex(done.stderr, r"unhandled exception 0xC0000005 .*at msvc_seh\.exe\+0x"
                                      r"[0-9a-f]+ writing 0x10")
        done = self.ends("msvc_seh", "2")
        self.assertEqual(done.returncode, 0x34, done.stderr)
        self.assertIn("filter e0001234", done.stdout)
        done = self.ends("msvc_seh", "3")
        self.assertEqual(done.returncode, 0x05, done.stderr)
        self.assertRegex(done.stderr, r"inside a system function, called from msvc_seh\.exe\+0x")
        done = self.ends("msvc_seh", "4")
        self.assertEqual(done.returncode, 0xfd, done.stderr)
        self.assertRegex(done.stderr, r"unhandled exception 0xC00000FD .*msvc_seh\.exe\+0x")

    def test_exceptions_of_cxx(self):
        self.passes("msvc_cxx")
        for case in ("1", "2", "3"):
            with self.subTest(case=case):
                done = self.ends("msvc_cxx", case)
                self.assertEqual(done.returncode, 9, done.stderr)
                self.assertIn("terminate", done.stdout)
        done = self.ends("msvc_cxx", "4")
        self.assertEqual(done.returncode, 0x63, done.stderr)
        self.assertRegex(done.stderr, r"unhandled exception 0xE06D7363 .*msvc_cxx\.exe\+0x")

    def folder_with(self, name):
        folder = os.path.join(self.folder, name + "32")
        os.mkdir(folder)
        shutil.copy(program32(name), folder)
        return folder

    def test_children(self):
        for name in ("child", "loops"):
            done = self.cove("run", "--quiet", driver("wdm1"), "--", name + ".exe",
                             cwd=self.folder_with(name))
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn("all checks passed", done.stdout)

    def test_profiles(self):
        done = self.cove("run", "--quiet", driver("wdm1"), "--", "profiles.exe",
                         cwd=self.folder_with("profiles"))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("all checks passed", done.stdout)

    def test_services(self):
        """A program that installs the driver that lies beside it."""
        folder = self.folder_with("scm")
        shutil.copy(driver("wdm1"), os.path.join(folder, "its.sys"))
        with open(os.path.join(folder, "text.sys"), "w", encoding="utf-8") as file:
            file.write("no driver\n" * 20)
        self.boot("scm32")
        done = self.cove("exec", "-m", "scm32", "./scm.exe", cwd=folder)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("all checks passed", done.stdout)
        self.good("shutdown", "scm32")

    def test_the_system_folders(self):
        for path, other in ((program32("redirect"), program("redirect")),
                            (program("redirect"), program32("redirect"))):
            folder = os.path.join(self.folder, path.replace("/", "_"))
            os.mkdir(folder)
            shutil.copy(driver("wdm1"), os.path.join(folder, "its.sys"))
            shutil.copy(path, folder)
            shutil.copy(other, os.path.join(folder, "other.exe"))
            done = self.cove("run", "--quiet", driver("pending"), "--", "./redirect.exe",
                             cwd=folder)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn("all checks passed", done.stdout)
            self.assertNotIn("leak", done.stderr)

    def test_libraries_that_come_and_go(self):
        for folder in ("programs32", "programs"):
            done = self.cove("run", "--quiet", driver("wdm1"), "--", "./unload.exe",
                             cwd=os.path.join(BUILD, "test", folder, "unload"))
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn("all checks passed", done.stdout)

    def test_wrong_pointers_of_services(self):
        self.passes("pointers")
        done = self.cove("run", "--quiet", driver("wdm1"), "--", program("pointers"))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_devices(self):
        done = self.good("run", driver("toybus"), driver("toy"), "--", program32("devices"))
        self.assertIn("all checks passed", done.stdout)

    def test_packages(self):
        folder = self.folder_with("packages")
        for file in ("toybus.inf", "toybus.sys"):
            shutil.copy(os.path.join(EXAMPLE_DRIVERS, file), folder)
        self.good("inf2cat", folder)
        done = self.good("run", driver("wdm1"), "--", "packages.exe", cwd=folder)
        self.assertIn("all checks passed", done.stdout)

    def test_threads(self):
        self.passes("threads")
        self.passes("stop", "pending")
        self.passes("apc", "apc_driver")

    def test_snapshots_and_fibers(self):
        self.passes("snapshots")
        self.passes("pool", "pending")

    def test_modules_across_widths(self):
        """Each width looks at a process of each."""
        self.boot("looks", driver("wdm1"))
        paths = {32: program32("snapshots"), 64: program("snapshots")}
        for bits, path in paths.items():
            stays = self.program_start("looks", path, "stay", stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE, text=True)
            process, kernel32 = stays.stdout.readline().split()
            for looks, looker in paths.items():
                with self.subTest(stays=bits, looks=looks):
                    done = self.cove("exec", "-m", "looks", looker, "look", process, str(bits),
                                     kernel32)
                    self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                    self.assertIn("all checks passed", done.stdout)
            stays.stdin.close()
            self.assertEqual(stays.wait(timeout=60), 0)
            stays.stdout.close()
        self.good("shutdown", "looks")

    def test_several_at_once_of_both_widths(self):
        self.boot("widths", driver("transfers"))
        started = [self.program_start("widths", path, stdout=subprocess.PIPE)
                   for path in [program32("transferstest"), program("transferstest")] * 3]
        for child in started:
            text = child.communicate(timeout=60)[0]
            self.assertEqual(child.returncode, 0, text)
        self.good("shutdown", "widths")

    def test_views(self):
        self.passes("views")
        done = self.cove("run", "--quiet", driver("wdm1"), "--", program("views"))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_lies(self):
        for path in (program("lies"), program32("lies")):
            done = self.cove("run", "--quiet", driver("lies_driver"), "--", path)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn("all checks passed", done.stdout)
            self.assertNotIn("leak", done.stderr)

    def test_each_keeps_its_own_memory(self):
        """Requests with pointers in structures, files and pipes of several at once."""
        self.boot("apart", driver("lies_driver"))
        started = [self.program_start("apart", path, "apart", str(number), text=True,
                                      stdout=subprocess.PIPE)
                   for number, path in enumerate([program32("lies")] * 4 + [program("lies")])]
        for child in started:
            text = child.communicate(timeout=100)[0]
            self.assertEqual(child.returncode, 0, text)
        self.assertNotIn("leak", self.good("shutdown", "apart").stderr)

    def test_killed_in_the_middle(self):
        self.boot("middle", driver("lies_driver"))
        stays = self.program_start("middle", program32("lies"), "apart", "9", text=True,
                                   stdout=subprocess.PIPE)
        for _ in range(12):
            child = self.program_start("middle", program32("lies"), "endless",
                                       stdout=subprocess.PIPE)
            while b"ready" not in child.stdout.readline():
                pass
            child.send_signal(signal.SIGKILL)
            self.assertEqual(child.wait(timeout=60), -signal.SIGKILL)
            child.stdout.close()
        text = stays.communicate(timeout=100)[0]
        self.assertEqual(stays.returncode, 0, text)
        self.wait_ended("middle")
        self.good("sc", "-m", "middle", "stop", "lies_driver")
        self.assertNotIn("leak", self.good("shutdown", "middle").stderr)

    def test_memory_of_two(self):
        """Another program's memory by the same addresses as one's own."""
        for name, second in (("same", program32("sections")), ("other", program("sections"))):
            self.boot(name)
            first = self.program_start(name, program32("sections"), "first", text=True,
                                       stdout=subprocess.PIPE)
            while "ready" not in (line := first.stdout.readline()):
                self.assertNotEqual(line, "")
            done = self.cove("exec", "-m", name, second, "second")
            self.assertIn("all checks passed", done.stdout, done.stderr)
            self.assertIn("all checks passed", first.communicate(timeout=60)[0])
            self.good("shutdown", name)

    def test_killed_with_requests_outstanding(self):
        self.boot("kill32", driver("pending"))
        for steps in range(1, 22, 3):
            hold = self.program_start("kill32", program32("hold"), stdout=subprocess.PIPE)
            for _ in range(steps):
                os.read(hold.stdout.fileno(), 1)
            hold.send_signal(signal.SIGKILL)
            self.assertEqual(hold.wait(timeout=20), -signal.SIGKILL)
            hold.stdout.close()
        self.wait_ended("kill32")
        self.good("sc", "-m", "kill32", "stop", "pending")
        self.assertNotIn("leak", self.good("shutdown", "kill32").stderr)


if __name__ == "__main__":
    unittest.main()
