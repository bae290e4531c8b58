# SPDX-License-Identifier: MIT
"""Drivers that misbehave: the machine stops with the documented bug check or refuses, says
which driver it was, and nothing else is touched."""
import os
import shutil
import subprocess
import unittest

from kit import CoveTest, driver, program, wait_until

STOPPED = 70


class BugChecks(CoveTest):
    """Each deed stops its machine; a machine beside it goes on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cove("boot", "beside")
        cls.cove("sc", "-m", "beside", "create", "wdm1", "binPath=", driver("wdm1"))
        cls.cove("sc", "-m", "beside", "start", "wdm1")

    def stops(self, deed, code, name, *parameters, where=True):
        """parameters: pairs of number and a pattern for its line."""
        pid = self.machine("beside")["pid"]
        done = self.cove("run", driver("bad"), "--", program("bad"), deed)
        report = done.stderr
        self.assertEqual(done.returncode, STOPPED, report + done.stdout)
        self.assertIn(f"*** STOP: 0x{code:08X} {name}", report)
        if where:
            self.assertRegex(report, r"\bbad\.sys\+0x[0-9a-f]+")
        self.assertRegex(report, r"(?m)^ +[0-9a-f]+-[0-9a-f]+ +bad\.sys")
        for number, pattern in parameters:
            self.assertRegex(report, rf"(?m)^ +{number} +{pattern}")
        self.assertNotIn("done", done.stdout)
        self.assertEqual(self.machine("beside")["pid"], pid)
        self.good("exec", "-m", "beside", program("wdm1test"))
        return report

    def test_null_write(self):
        report = self.stops("null-write", 0x1e, "KMODE_EXCEPTION_NOT_HANDLED",
                            (1, "0xf*c0000005.*STATUS_ACCESS_VIOLATION"), (2, r".*bad\.sys\+"),
                            (3, "0x0*1 "), (4, "0x0+ "))
        self.assertIn("IRP_MJ_DEVICE_CONTROL", report)

    def test_fault_at_dispatch_level(self):
        self.stops("fault-at-dispatch", 0xd1, "DRIVER_IRQL_NOT_LESS_OR_EQUAL", (1, "0x0+ "),
                   (2, "0x0*2 "), (3, "0x0*1 "), (4, r".*bad\.sys\+"))

    def test_completing_twice(self):
        self.stops("complete-twice", 0x44, "MULTIPLE_IRP_COMPLETE_REQUESTS",
                   (1, "0x0*[1-9a-f][0-9a-f]+"))

    def test_completing_as_pending(self):
        self.stops("complete-pending", 0xc9, "DRIVER_VERIFIER_IOMANAGER_VIOLATION", (1, "0x0*6 "),
                   (2, "0x0*103 "))

    def test_keeping_a_spin_lock(self):
        self.stops("keep-lock", 0xc9, "DRIVER_VERIFIER_IOMANAGER_VIOLATION", (1, "0x0*5 "),
                   (2, r".*bad\.sys\+"), (3, "0x0+ "), (4, "0x0*2 "))

    def test_fast_fail(self):
        self.stops("fast-fail", 0x139, "KERNEL_SECURITY_CHECK_FAILURE", (1, "0x0*5 "))

    def test_absent_export(self):
        report = self.stops("absent-export", 0x1e, "KMODE_EXCEPTION_NOT_HANDLED")
        self.assertIn("KeCoveHasNoSuchFunction is not there", report)

    def test_absent_data_export(self):
        report = self.stops("absent-data", 0x50, "PAGE_FAULT_IN_NONPAGED_AREA",
                            (1, ".*data export ExCompositionObjectType is not there"),
                            (3, r".*bad\.sys\+"))
        self.assertIn("the driver used ntoskrnl.exe!ExCompositionObjectType", report)
        self.assertIn("bad.sys imports the data export ntoskrnl.exe!ExCompositionObjectType, "
                      "which is not there", report)

    def test_recursion_without_end(self):
        self.stops("recursion", 0x7f, "UNEXPECTED_KERNEL_MODE_TRAP", (1, "0x0*8 "))

    def test_double_free(self):
        self.stops("double-free", 0xc2, "BAD_POOL_CALLER", (1, "0x0*7 "))

    def test_wild_call(self):
        self.stops("wild-call", 0x1e, "KMODE_EXCEPTION_NOT_HANDLED",
                   (1, "0xf*c0000005"), (2, "0x0*123450"))

    def test_unhandled_status(self):
        self.stops("raise", 0x1e, "KMODE_EXCEPTION_NOT_HANDLED",
                   (1, "0xf*c000000e.*STATUS_NO_SUCH_DEVICE"), (2, r".*bad\.sys\+"))

    def test_fault_in_a_system_thread(self):
        self.stops("thread-fault", 0x7e, "SYSTEM_THREAD_EXCEPTION_NOT_HANDLED",
                   (1, "0xf*c0000005"), (2, r".*bad\.sys\+"))

    def test_wait_at_dispatch_level(self):
        self.stops("wait-at-dispatch", 0x0a, "IRQL_NOT_LESS_OR_EQUAL", (2, "0x0*2 "))

    def test_freed_pool(self):
        report = self.stops("touch-freed", 0xd5, "DRIVER_PAGE_FAULT_IN_FREED_SPECIAL_POOL",
                            (2, "0x0+ "), (3, r".*bad\.sys\+"))
        self.assertRegex(report, r"block +0x[0-9a-f]+, 100 bytes, tag 'Badl'")
        self.assertRegex(report, r"allocated +bad\.sys\+")
        self.assertRegex(report, r"freed +bad\.sys\+0x[0-9a-f]+  TouchFreed bad\.c:\d+")
        self.assertRegex(report, r"\*\*\* at bad\.sys\+0x[0-9a-f]+  TouchFreed bad\.c:\d+")

    def test_behind_the_end_of_a_block(self):
        self.stops("write-behind", 0xd6, "DRIVER_PAGE_FAULT_BEYOND_END_OF_ALLOCATION",
                   (2, "0x0*1 "), (3, r".*bad\.sys\+"))

    def test_before_a_block(self):
        self.stops("write-beside", 0xc1, "SPECIAL_POOL_DETECTED_MEMORY_CORRUPTION",
                   (4, "0x0*23 "))

    def test_host_calls(self):
        """Its instructions do not reach the host's kernel."""
        for deed in "host-syscall", "host-int80":
            self.stops(deed, 0x1e, "KMODE_EXCEPTION_NOT_HANDLED",
                       (1, "0xf*c0000096.*STATUS_PRIVILEGED_INSTRUCTION"), (2, r".*bad\.sys\+"))

    def test_fault_in_driver_entry(self):
        path = os.path.join(self.folder, "bad_entry_faults.sys")
        shutil.copy(driver("bad"), path)
        done = self.cove("run", path)
        self.assertEqual(done.returncode, STOPPED, done.stderr)
        self.assertRegex(done.stderr, r"\*\*\* STOP: 0x000000(1E KMODE|7E SYSTEM_THREAD)_EXCEPTION")
        self.assertIn("bad_entry_faults.sys+0x", done.stderr)

    def test_callbacks_of_a_bug_check(self):
        """All are called, though one faults, and what they said is in the report."""
        report = self.stops("callbacks", 0xe2, "MANUALLY_INITIATED_CRASH", (4, "0x0*4 "))
        self.assertRegex(report, r"BadState, bad\.sys\+0x[0-9a-f]+: 20 bytes at 0x[0-9a-f]+\n"
                                 r" +0000  73 74 61 74 65 .*state at the st")
        self.assertRegex(report, r"BadWorst, bad\.sys\+0x[0-9a-f]+: it did not come back")
        self.assertRegex(report, r"BadOwn, .*: 27 bytes at .*"
                                 r"\{12345678-9abc-def0-0102-030405060708\}\n.*memory of the d")
        self.assertRegex(report, r"BadGiven, .*: 5 bytes at .*\n.*given")
        self.assertRegex(report, r"BadPages, .*: 4096 bytes at 0x.*, pages added")
        self.assertRegex(report, r"BadPages, .*: 8192 bytes at 0x.*, pages added")
        self.assertRegex(report, r"\*\*\* at bad\.sys\+0x[0-9a-f]+  StopWithCallbacks bad\.c")

    def test_callback_that_never_comes_back(self):
        report = self.stops("callback-hangs", 0xe2, "MANUALLY_INITIATED_CRASH")
        self.assertRegex(report, r"BadState, .*: 20 bytes")
        self.assertRegex(report, r"BadWorst, .*: it did not come back")
        self.assertIn("those that were left were not called", report)
        self.assertIn("*** the machine has stopped", report)

    def test_unload_with_an_interrupt_connected(self):
        self.left_behind("leave-interrupt", 0xce,
                         "DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS",
                         (1, r".*bad\.sys\+"), (2, "0x0*8 "))

    def test_unload_with_a_timer_set(self):
        self.left_behind("leave-timer", 0xc7, "TIMER_OR_DPC_INVALID", (1, "0x0+ "),
                         (2, r".*bad\.sys\+"))

    def test_unload_with_a_thread(self):
        self.left_behind("leave-thread", 0xce,
                         "DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS")

    def test_work_that_comes_back_to_an_unloaded_driver(self):
        self.left_behind("leave-late-work", 0xce,
                         "DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS",
                         (1, r".*bad\.sys\+0x[0-9a-f]+ \(unloaded\)"))

    def left_behind(self, deed, code, name, *parameters):
        """The deed itself goes well; the unload after it does not."""
        done = self.cove("run", driver("bad"), "--", program("bad"), deed)
        self.assertIn("done", done.stdout, done.stderr)
        self.assertEqual(done.returncode, STOPPED, done.stderr)
        self.assertIn(f"*** STOP: 0x{code:08X} {name}", done.stderr)
        self.assertIn("bad.sys", done.stderr)
        for number, pattern in parameters:
            self.assertRegex(done.stderr, rf"(?m)^ +{number} +{pattern}")


class Refusals(CoveTest):
    """What does not stop the machine, but is told."""

    def test_driver_entry_fails(self):
        path = os.path.join(self.folder, "bad_entry_fails.sys")
        shutil.copy(driver("bad"), path)
        done = self.cove("run", path)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertRegex(done.stderr, "bad_entry_fails.*STATUS_DEVICE_CONFIGURATION_ERROR")
        self.assertNotIn("leak", done.stderr)

    def told(self, deed, *wanted):
        done = self.cove("run", driver("bad"), "--", program("bad"), deed)
        self.assertIn("done", done.stdout, done.stderr)
        self.assertEqual(done.returncode, 0, done.stderr)
        for text in wanted:
            self.assertRegex(done.stderr, text)

    def test_host_calls_can_be_caught(self):
        self.told("host-caught", r"syscall raises c0000096, int 80h c0000096")

    def test_unload_with_pool_left(self):
        self.told("leave-pool", r"bad unloaded and left 1 pool blocks, 1234 bytes",
                  r"leak: 1234 bytes of nonpaged pool, tag 'Badl'")

    def test_unload_with_a_resource_left(self):
        """The list of all resources does not lead into the memory of a driver that is gone."""
        self.told("leave-resource", r"bad unloaded and left 1 executive resources not deleted")

    def test_unload_with_a_device_left(self):
        self.told("leave-device", r"bad unloaded and left a device")

    def test_unload_with_a_work_item_running(self):
        """The driver's code stays, as on Windows, and the end of the machine is not held up."""
        self.told("leave-work-item", r"a work item of a driver is still running")

    def test_a_request_that_is_never_completed(self):
        self.boot("never", driver("bad"))
        stuck = self.program_start("never", program("bad"), "never",
                                    stdout=subprocess.DEVNULL)
        self.assertTrue(wait_until(lambda: self.machine("never")["counts"]["irps"] >= 1))
        stuck.kill()
        stuck.wait(timeout=10)
        # The machine goes on: another program, then a shutdown that does not hang.
        done = self.good("exec", "-m", "never", program("bad"), "nothing")
        self.assertIn("done", done.stdout)
        self.good("shutdown", "never", timeout=20)
        self.assertIsNone(self.machine("never"))


if __name__ == "__main__":
    unittest.main()
