# SPDX-License-Identifier: MIT
"""The framework's verifier with settings of a service: callbacks that return elsewhere, references
whose tags do not match."""
import os
import subprocess
import unittest

from kit import BUILD, COVE, CoveTest, wait_until

DRIVER = os.path.join(BUILD, "test", "framework", "verified_io.sys")
PNP = os.path.join(BUILD, "test", "framework", "misuse_pnp.sys")
DRIVER_9 = os.path.join(BUILD, "test", "framework", "verified_io_9.sys")


class Verifier(CoveTest):
    def started(self, rule, driver=DRIVER, **settings):
        """Boots, makes a service of that name with these settings and starts it."""
        self.environment["COVE_CRASH_FILE"] = os.path.join(self.folder, rule + ".crash")
        self.good("boot", rule)
        self.good("sc", "-m", rule, "create", rule, "binPath=", driver)
        for name, (kind, value) in settings.items():
            self.good("reg", "-m", rule, "add",
                      rf"HKLM\SYSTEM\CurrentControlSet\Services\{rule}\Parameters\Wdf",
                      "/v", name, "/t", kind, "/d", value, "/f")
        return self.cove("sc", "-m", rule, "start", rule)

    def report_of(self):
        """The report of the bug check, once it is there to its last line."""
        try:
            with open(self.environment["COVE_CRASH_FILE"], encoding="utf-8",
                      errors="replace") as file:
                report = file.read()
        except FileNotFoundError:
            return None
        return report if "*** the machine has stopped" in report else None

    def stops(self, rule, kind, *parameters, driver=DRIVER):
        done = self.started(rule, driver, VerifierOn=("REG_DWORD", "1"),
                            EnhancedVerifierOptions=("REG_DWORD", "1"))
        self.assertNotEqual(done.returncode, 0, done.stdout)
        report = wait_until(self.report_of, seconds=20)
        self.assertTrue(report, "the machine has not stopped")
        self.assertIn("*** STOP: 0x0000010D WDF_VIOLATION", report)
        self.assertRegex(report, rf"(?m)^ +1 +0x0*{kind:x} ")
        for number, pattern in parameters:
            self.assertRegex(report, rf"(?m)^ +{number} +{pattern}")

    def test_nothing(self):
        done = self.started("nothing", VerifierOn=("REG_DWORD", "1"),
                            EnhancedVerifierOptions=("REG_DWORD", "1"))
        self.assertEqual(done.returncode, 0, done.stderr)

    def log_of(self, rule, driver=DRIVER, **settings):
        """What is printed until the driver is gone."""
        done = self.started(rule, driver, **settings)
        self.assertEqual(done.returncode, 0, done.stderr)
        log = os.path.join(self.folder, rule + ".log")
        with open(log, "wb") as file:
            reader = subprocess.Popen([COVE, "log", "-m", rule], env=self.environment,
                                      stdout=file)
        self.good("sc", "-m", rule, "stop", rule)
        self.good("shutdown", rule)
        reader.wait(timeout=20)
        with open(log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def test_tags(self):
        text = self.log_of("tags", VerifierOn=("REG_DWORD", "1"),
                           TrackHandles=("REG_MULTI_SZ", "WDFSTRING\\0wdfobject"))
        self.assertRegex(text, r"a reference is given back at .*verified_io\.c:\d+ with tag "
                               r"0*2222, none was taken with it")
        self.assertRegex(text, r"leaked: WDFOBJECT [0-9A-F]+, tag 'tags', 1 references")
        self.assertRegex(text, r"reference with tag 0*3333, taken at .*verified_io\.c:\d+")
        self.assertRegex(text, r"reference with tag 0*1111, taken at ")

    def test_rules_of_later_versions(self):
        """A rule of 1.11 is for drivers of 1.9 only with VerifyDownLevel."""
        rule = r"WDFREQUEST [0-9A-F]+ is deleted above PASSIVE_LEVEL"
        on = {"VerifierOn": ("REG_DWORD", "1")}
        self.assertRegex(self.log_of("deferred", **on), rule)
        self.assertNotRegex(self.log_of("deferred9", DRIVER_9, **on), rule)
        self.assertRegex(self.log_of("deferred9down", DRIVER_9,
                                     VerifyDownLevel=("REG_DWORD", "1"), **on), rule)
        self.assertNotRegex(self.log_of("deferredoff"), rule)

    def test_irql(self):
        self.stops("irql", 0xe, (2, "0x0+ "), (3, "0x0*2 "))

    def test_more_bytes_than_there_is_room_for(self):
        self.stops("length", 6, (2, "0x0*4 "), (3, "0x0*[1-9a-f][0-9a-f]+ "))

    def test_callbacks_of_devices(self):
        """Every kind of callback: of Plug and Play, power, states, timers, work items, objects."""
        for name in ("prepare", "d0_entry", "state", "relations", "work", "cleanup"):
            with self.subTest(name):
                self.stops("irql_" + name, 0xe, (2, "0x0+ "), (3, "0x0*2 "), driver=PNP)
        self.stops("irql_dpc", 0xe, (2, "0x0*2 "), (3, "0x0*1 "), driver=PNP)
        self.stops("region_work", 0xf, (2, r".*misuse_pnp\.sys\+"), driver=PNP)

    def test_callbacks_that_return_where_they_were_called(self):
        done = self.started("irql_nowhere", PNP, VerifierOn=("REG_DWORD", "1"),
                            EnhancedVerifierOptions=("REG_DWORD", "1"))
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_callbacks_without_the_verifier(self):
        """EvtCleanupCallback leaves a critical region that nobody has entered. The Framework does not
        look; the kernel does, when the thread that called DriverEntry ends."""
        self.started("region_cleanup", PNP)
        self.assertTrue(wait_until(self.report_of))
        self.assertIn("*** STOP: 0x00000020 KERNEL_APC_PENDING_DURING_EXIT", self.report_of())

    def test_critical_region(self):
        self.stops("region", 0xf, (2, r".*verified_io\.sys\+"))


if __name__ == "__main__":
    unittest.main()
