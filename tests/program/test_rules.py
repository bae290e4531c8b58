# SPDX-License-Identifier: MIT
"""Drivers that break the rules of what they call: the documented bug check with the driver's
name, or an end of the tool's own; never a hang."""
import os
import signal
import subprocess
import time
import unittest

from kit import COVE, CoveTest, driver, program, wait_until

STOPPED = 70
IOMANAGER = (0xc9, "DRIVER_VERIFIER_IOMANAGER_VIOLATION")
RULES_SYS = r".*rules\.sys\+"


class Rules(CoveTest):
    def breaks(self, rule, code, name, *parameters, options=()):
        """parameters: pairs of number and a pattern for its line."""
        done = self.cove("run", driver("rules"), "--", program("rules"), *options, rule)
        report = done.stderr
        self.assertEqual(done.returncode, STOPPED, report + done.stdout)
        self.assertIn(f"*** STOP: 0x{code:08X} {name}", report)
        self.assertRegex(report, r"\brules\.sys\+0x[0-9a-f]+")
        for number, pattern in parameters:
            self.assertRegex(report, rf"(?m)^ +{number} +{pattern}")
        self.assertNotIn("done", done.stdout)
        return report

    def test_nothing(self):
        done = self.good("run", driver("rules"), "--", program("rules"), "nothing")
        self.assertIn("done", done.stdout)

    def test_pending_and_not_marked(self):
        for options in (), ("-o",):
            for rule in "pending-unmarked", "completed-unmarked":
                self.breaks(rule, *IOMANAGER, (1, "0x0*23d "), (2, RULES_SYS), (4, "0x0*103 "),
                            options=options)

    def test_marked_and_not_pending(self):
        for options in (), ("-o",):
            self.breaks("marked-success", *IOMANAGER, (1, "0x0*23e "), (2, RULES_SYS),
                        (4, "0x0+ "), options=options)

    def test_neither_pending_nor_completed(self):
        self.breaks("forgotten", *IOMANAGER, (1, "0x0*226 "), (2, RULES_SYS))

    def test_completion_routine_at_another_irql(self):
        self.breaks("routine-irql", 0xc8, "IRQL_UNEXPECTED_VALUE", (1, "0x0*20002 "),
                    (2, RULES_SYS))

    def test_dpc_at_another_irql(self):
        self.breaks("dpc-irql", 0xc8, "IRQL_UNEXPECTED_VALUE", (1, "0x0*10202 "), (2, RULES_SYS))

    def test_the_power_framework(self):
        for rule, kind in (("fx-twice", "600"), ("fx-unused", "608"), ("fx-unasked", "613")):
            self.breaks(rule, 0xa0, "INTERNAL_POWER_ERROR", (1, f"0x0*{kind} "))

    def test_cancel_routine_keeps_the_lock(self):
        self.breaks("cancel-lock", 0x11b, "DRIVER_RETURNED_HOLDING_CANCEL_LOCK", (2, RULES_SYS),
                    options=("-o",))

    def test_completing_with_a_cancel_routine(self):
        self.breaks("cancel-set", 0x48, "CANCEL_STATE_IN_COMPLETED_IRP", (2, RULES_SYS))

    def test_staying_in_a_critical_region(self):
        self.breaks("critical-region", 0xc4, "DRIVER_VERIFIER_DETECTED_VIOLATION",
                    (1, "0x0*c5 "), (2, RULES_SYS), (4, "0x0+ "))

    def test_thread_ends_with_a_mutex(self):
        self.breaks("thread-mutex", 0x4000008a, "THREAD_TERMINATE_HELD_MUTEX")

    def test_thread_ends_in_a_critical_region(self):
        self.breaks("thread-region", 0x20, "KERNEL_APC_PENDING_DURING_EXIT")

    def test_pool_at_a_wrong_irql(self):
        self.breaks("free-at-high", 0xc2, "BAD_POOL_CALLER", (1, "0x0*9 "), (2, "0x0*3 "))
        self.breaks("allocate-paged", 0xc2, "BAD_POOL_CALLER", (1, "0x0*8 "), (2, "0x0*2 "))

    def test_freeing_a_request(self):
        self.breaks("free-request", *IOMANAGER, (1, "0x0*2 "))

    def test_deleting_what_is_no_device(self):
        self.breaks("null-device", *IOMANAGER, (1, "0x0*240 "), (3, "0x0+ "))

    def test_deleting_a_device_twice(self):
        self.breaks("delete-twice", *IOMANAGER, (1, "0x0*240 "), (2, RULES_SYS))

    def test_deleting_a_device_with_a_timer_set(self):
        self.breaks("timer-in-device", 0xc7, "TIMER_OR_DPC_INVALID", (1, "0x0+ "))

    def test_timer_of_a_driver_that_stays(self):
        """It expires until the machine ends, and not after."""
        for _ in range(3):
            done = self.cove("run", driver("rules"), "--", program("rules"), "timer-stays")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("done", done.stdout)
            self.assertIn("rules stays loaded: it has no DriverUnload routine", done.stderr)

    def test_spin_locks(self):
        self.breaks("lock-twice", 0xf, "SPIN_LOCK_ALREADY_OWNED", (1, RULES_SYS))
        self.breaks("lock-not-held", 0x10, "SPIN_LOCK_NOT_OWNED", (1, RULES_SYS))

    def test_waiting_for_what_is_no_object(self):
        self.breaks("wait-garbage", 0x139, "KERNEL_SECURITY_CHECK_FAILURE", (1, "0x0*3 "))
        self.breaks("wait-null", 0x1e, "KMODE_EXCEPTION_NOT_HANDLED", (1, "0xf*c0000005"))

    def test_mdls(self):
        self.breaks("mdl-not-locked", 0x1a, "MEMORY_MANAGEMENT", (1, "0x0*1233 "))
        self.breaks("mdl-unlock-twice", 0x4e, "PFN_LIST_CORRUPT", (1, "0x0*7 "))
        self.breaks("mdl-lock-twice", 0xc4, "DRIVER_VERIFIER_DETECTED_VIOLATION", (1, "0x0*b0 "))

    def test_bad_pointers(self):
        for rule in "null-string", "wild-string":
            self.breaks(rule, 0x1e, "KMODE_EXCEPTION_NOT_HANDLED", (1, "0xf*c0000005"))

    def test_wild_lists_under_a_lock(self):
        """No handler is asked: the lock that the call held could never be given back."""
        for rule, call in (("wild-timer", "KeCancelTimer"), ("wild-caught", "KeCancelTimer"),
                           ("wild-event", "KeSetEvent")):
            report = self.breaks(rule, 0x0a, "IRQL_NOT_LESS_OR_EQUAL",
                                 (1, "0x0+(10|ff)[0-9a-f]{3} "), (2, "0x0*2 "))
            self.assertIn(f"*** in its call of {call}\n", report)

    def test_releasing_what_is_not_held(self):
        self.breaks("resource-not-held", 0xe3, "RESOURCE_NOT_OWNED")
        # The exception that KeReleaseMutex raises.
        self.breaks("mutex-not-held", 0x1e, "KMODE_EXCEPTION_NOT_HANDLED",
                    (1, "0xf*c0000046"))


class Loops(CoveTest):
    """Code that never ends: the watchdog, or whoever wants the tool to end, comes through."""

    def stops(self, rule, kind):
        done = self.cove("run", driver("rules"), "--", program("rules"), rule, timeout=60)
        self.assertEqual(done.returncode, STOPPED, done.stderr)
        self.assertIn("*** STOP: 0x00000133 DPC_WATCHDOG_VIOLATION", done.stderr)
        self.assertRegex(done.stderr, rf"(?m)^ +1 +0x0*{kind} ")
        self.assertRegex(done.stderr, r"\brules\.sys\+0x[0-9a-f]+")

    def test_at_dispatch_level(self):
        self.stops("loop-at-dispatch", 1)

    def test_in_a_dpc(self):
        self.stops("loop-in-dpc", 0)

    def test_interrupted_at_passive_level(self):
        """Ctrl-C ends a run whose driver loops in its dispatch routine."""
        with subprocess.Popen([COVE, "run", driver("rules"), "--", program("rules"), "loop"],
                              env=self.environment, cwd=self.folder, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              start_new_session=True) as run:
            self.assertEqual(run.stdout.readline().strip(), b"loop")
            deadline = time.monotonic() + 60
            while run.poll() is None and time.monotonic() < deadline:
                os.killpg(run.pid, signal.SIGINT) # as a terminal does
                wait_until(lambda: run.poll() is not None, 5)
            self.assertIsNotNone(run.poll(), "Ctrl-C does not end it")
        self.assertTrue(wait_until(lambda: not self.machine_pids(), 30), "the machine lives on")

    def test_shutdown_of_a_machine_whose_thread_loops(self):
        self.boot("looping", driver("rules"))
        self.good("exec", "-m", "looping", program("rules"), "loop-in-thread")
        self.cove("shutdown", "looping", timeout=60)
        self.assertTrue(wait_until(lambda: not self.machine_pids(), 30), "the machine lives on")


if __name__ == "__main__":
    unittest.main()
