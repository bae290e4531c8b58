# SPDX-License-Identifier: MIT
"""Drivers of the Framework that break a documented rule: the machine stops with WDF_VIOLATION, the
kind of it, the parameters that the documentation gives them and the driver's name; or, where the
rule's breach is no violation, the log says what and where."""
import os
import shutil
import unittest

from kit import BUILD, CoveTest

STOPPED = 70
DRIVERS = os.path.join(BUILD, "test", "framework")


class Rules(CoveTest):
    driver = None

    def run_rule(self, rule):
        path = os.path.join(self.folder, rule + ".sys")
        shutil.copyfile(os.path.join(DRIVERS, self.driver), path)
        return self.cove("run", path)

    def stops(self, rule, code, name, *parameters):
        """parameters: pairs of number and a pattern for its line."""
        done = self.run_rule(rule)
        report = done.stderr
        self.assertEqual(done.returncode, STOPPED, report + done.stdout)
        self.assertIn(f"*** STOP: 0x{code:08X} {name}", report)
        for number, pattern in parameters:
            self.assertRegex(report, rf"(?m)^ +{number} +{pattern}")
        return report

    def violates(self, rule, kind, *parameters):
        report = self.stops(rule, 0x10d, "WDF_VIOLATION", (1, f"0x0*{kind:x} "), *parameters)
        self.assertRegex(report, rf"wdf01000: {rule}: ")
        self.assertRegex(report, rf"{rule}\.sys\+0x[0-9a-f]+")
        return report


class Misuse(Rules):
    driver = "misuse.sys"

    def test_nothing(self):
        done = self.run_rule("nothing")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("leak", done.stderr)

    def test_null_parameter(self):
        report = self.violates("null_parameter", 4, (3, r".*null_parameter\.sys\+"))
        self.assertIn("WDF_REQUIRED_PARAMETER_IS_NULL", report)
        self.assertIn("a parameter that may not be NULL", report)

    def test_handles(self):
        report = self.violates("handle_of_another_type", 5)
        self.assertRegex(report, "a WDFSTRING was expected, [0-9A-F]+ is a WDFOBJECT")
        self.violates("handle_null", 5, (2, "0x0+ "))
        self.violates("handle_garbage", 5, (2, "0x123456789abcdef0"))

    def test_a_handle_of_a_deleted_object(self):
        """The command's machines watch freed memory: who made it and who deleted it is said."""
        report = self.stops("handle_deleted", 0xd5, "DRIVER_PAGE_FAULT_IN_FREED_SPECIAL_POOL")
        self.assertRegex(report, r"freed +.*handle_deleted\.sys\+")

    def test_a_handle_is_no_address(self):
        done = self.run_rule("handle_read")
        self.assertEqual(done.returncode, STOPPED, done.stderr)
        self.assertRegex(done.stderr, r"handle_read\.sys\+")

    def test_dereference_for_delete(self):
        self.violates("dereference_for_delete", 7)

    def test_locks(self):
        self.violates("lock_without", 0xb, (3, "0x0+ "))
        self.violates("release_without", 0xb, (3, "0x0+ "))

    def test_locks_of_the_driver(self):
        self.violates("spin_lock_twice", 2)
        self.violates("spin_lock_not_held", 0xb, (3, "0x0+1 "))
        self.violates("wait_lock_twice", 2)

    def test_handles_of_small_objects(self):
        for rule in ("assign_to_pool", "memory_is_no_string", "lock_is_no_dpc", "lock_is_no_timer",
                     "lock_is_no_work_item", "lock_is_no_key", "lock_is_no_collection",
                     "lock_is_no_lookaside", "lock_is_no_instance"):
            with self.subTest(rule):
                self.violates(rule, 5)

    def test_null_parameters_of_small_objects(self):
        for rule in ("memory", "preallocated", "copy", "lookaside", "string", "collection",
                     "spin_lock", "wait_lock", "timer", "dpc", "work_item", "key_name", "key",
                     "instance"):
            with self.subTest(rule):
                self.violates("null_" + rule, 4, (3, rf".*null_{rule}\.sys\+"))

    def test_requests_that_are_sent(self):
        for rule in ("sent_twice", "sent_reused", "sent_formatted"):
            with self.subTest(rule):
                self.violates(rule, 6, (2, "0x0*3 "))
        self.violates("format_without_location", 6, (2, "0x0*1 "))
        self.violates("format_without_irp", 6, (2, "0x0*2 "))

    def test_missing_function(self):
        self.violates("api_missing", 0x10, (4, "0x0*1cc "))

    def test_a_bug_check_of_the_drivers_own(self):
        self.stops("own_bugcheck", 0xdeadbeef, "", (1, "0x0*1 "), (4, "0x0*4 "))

    def test_an_extension_stops_the_machine(self):
        report = self.stops("extension_bugcheck", 0xdeadbee0, "", (1, "0x0*5 "), (4, "0x0*8 "))
        self.assertIn("class extension extension_bugcheck stops the machine with 0xdeadbee0",
                      report)

    def test_leak(self):
        done = self.run_rule("leak")
        self.assertRegex(done.stderr, r"wdf01000: leak: leaked: WDFOBJECT [0-9A-F]+, tag 'leak', "
                                      r"1 references; created at \+0x[0-9a-f]+")
        self.assertIn("1 objects were deleted and are still referenced", done.stderr)


class MisuseOfStacks(Rules):
    """Rules about PNP and power IRPs, which the rest of the stack may break, and about DMA."""
    driver = "misuse_pnp.sys"

    def test_nothing(self):
        done = self.run_rule("device_nothing")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("leak", done.stderr)

    def test_power_irps(self):
        handle = "0x0*ffff[0-9a-f]+ "
        for rule in ("power_not_asked", "wake_not_asked"):
            with self.subTest(rule):
                report = self.violates(rule, 0xd, (2, handle), (3, "0x0*[1-9a-f][0-9a-f]+ "))
                self.assertIn("WDF_POWER_MULTIPLE_PPO", report)

    def test_pnp_irps(self):
        report = self.violates("pnp_at_once", 0xc, (2, "0x0*ffff[0-9a-f]+ "),
                               (3, "0x0*[1-9a-f][0-9a-f]+ "))
        self.assertIn("WDF_PNP_FATAL_ERROR", report)

    def test_dma(self):
        for rule in ("dma_not_initialized", "dma_initialized_twice", "dma_not_executing"):
            with self.subTest(rule):
                report = self.violates(rule, 8, (2, "0x0*ffff[0-9a-f]+ "))
                self.assertIn("WDF_DMA_FATAL_ERROR", report)


if __name__ == "__main__":
    unittest.main()
