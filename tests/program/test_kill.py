# SPDX-License-Identifier: MIT
"""Programs and machines that are killed.

A program killed at any moment leaves nothing: its requests are cancelled, Cleanup and Close
arrive, every count is what it was. A machine killed leaves programs that end with an error.
COVE_KILLS (1000) and COVE_SEED choose how often and which moments.
"""
import os
import random
import signal
import subprocess
import time
import unittest

from kit import CoveTest, driver, program, wait_until

KILLS = int(os.environ.get("COVE_KILLS", "1000"))
SEED = int(os.environ.get("COVE_SEED", "20241"))
STEPS = 22  # bytes that hold.exe prints
COUNTED = ("irps", "files", "handles", "objects", "pool_blocks")


def fits(counts, baseline):
    """Fewer than before: the program before was still going when the baseline was taken, and from
    now on so few are wanted."""
    return all(counts[name] <= baseline[name] for name in COUNTED)


class KilledPrograms(CoveTest):
    def kill_one(self, steps, delay_ns):
        """Starts hold.exe and kills it after it has told of so many steps."""
        hold = self.program_start("kill", program("hold"), stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL)
        told = 0
        while told < steps:
            got = os.read(hold.stdout.fileno(), steps - told)
            if not got:
                break
            told += len(got)
        deadline = time.monotonic_ns() + delay_ns
        while time.monotonic_ns() < deadline:
            pass
        hold.send_signal(signal.SIGKILL)
        self.assertEqual(hold.wait(timeout=20), -signal.SIGKILL, f"it ended at step {told}")
        hold.stdout.close()
        self.assertEqual(told, steps)

    def counts(self):
        return {name: value for name, value in self.wait_ended("kill")["counts"].items()
                if name in COUNTED}

    def test_kill_at_every_stage(self):
        chance = random.Random(SEED)
        self.boot("kill", driver("pending"))
        self.kill_one(STEPS, 0)
        self.good("exec", "-m", "kill", program("pendingtest"))
        self.kill_one(STEPS, 1000000)
        baseline = self.counts()
        for kill in range(KILLS):
            steps = chance.randrange(STEPS + 1)
            delay = chance.choice((0, 0, chance.randrange(300000)))
            self.kill_one(steps, delay)
            # Every twentieth time all must be as before; in between kills overlap.
            if kill % 20 == 19 or kill == KILLS - 1:
                wait_until(lambda: fits(self.counts(), baseline), 10)
                counts = self.counts()
                if not fits(counts, baseline):
                    what = self.cove("kd", "-m", "kill", "-c", "!process 0 0; !object 0 Thread; "
                                     "!object 0 Process; !object 0 Event; !object 0 File")
                    self.fail(f"after kill {kill}, seed {SEED}, {steps} steps:\n{counts} for "
                              f"{baseline}\n{what.stdout}")
                baseline = counts
        # pendingtest begins with "nobody waits" and uses the queue and StartIo again.
        done = self.good("exec", "-m", "kill", program("pendingtest"))
        self.assertIn("all checks passed", done.stdout)
        self.good("shutdown", "kill")


class KilledMachines(CoveTest):
    def test_program_ends_with_an_error(self):
        self.boot("gone", driver("pending"))
        waiting = self.program_start("gone", program("hold"), stdout=subprocess.PIPE,
                                     stderr=subprocess.PIPE)
        os.read(waiting.stdout.fileno(), 1)
        pid = self.machine("gone")["pid"]
        os.kill(pid, signal.SIGKILL)
        began = time.monotonic()
        _, errors = waiting.communicate(timeout=20)
        self.assertLess(time.monotonic() - began, 5)
        self.assertNotEqual(waiting.returncode, 0)
        self.assertIn(b"machine", errors)
        # What it left in the runtime folder does not stand in the way.
        self.assertTrue(wait_until(lambda: self.machine("gone") is None))
        # Its registry may have come to disk before it was killed, the service within.
        self.good("forget", "gone")
        self.boot("gone", driver("pending"))
        self.good("exec", "-m", "gone", program("pendingtest"))
        self.good("shutdown", "gone")

    def test_program_waiting_in_a_request(self):
        """The one that sleeps in a driver's queue, not the one that runs."""
        self.boot("asleep", driver("pending"))
        waiting = self.program_start("asleep", program("wait"), stdout=subprocess.PIPE,
                                     stderr=subprocess.PIPE)
        self.assertEqual(os.read(waiting.stdout.fileno(), 1), b".")
        wait_until(lambda: self.machine("asleep")["counts"]["irps"] >= 1)
        os.kill(self.machine("asleep")["pid"], signal.SIGKILL)
        waiting.communicate(timeout=5)
        self.assertNotEqual(waiting.returncode, 0)

    def test_shutdown_ends_programs(self):
        self.boot("down", driver("pending"))
        waiting = self.program_start("down", program("wait"), stdout=subprocess.PIPE,
                                     stderr=subprocess.PIPE)
        self.assertEqual(os.read(waiting.stdout.fileno(), 1), b".")
        self.good("shutdown", "down")
        waiting.communicate(timeout=5)
        self.assertNotEqual(waiting.returncode, 0)

    def test_interrupt_of_a_run(self):
        """Ctrl-C ends the program; the rest is cleared away."""
        from kit import COVE
        run = subprocess.Popen([COVE, "run", driver("pending"), "--", program("wait")],
                               env=self.environment, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, start_new_session=True)
        self.assertEqual(os.read(run.stdout.fileno(), 1), b".")
        os.killpg(run.pid, signal.SIGINT)
        _, errors = run.communicate(timeout=20)
        self.assertNotEqual(run.returncode, 0)
        self.assertIn(b"Pending: cleanup", errors)
        self.assertEqual(self.machine_pids(), [])


if __name__ == "__main__":
    unittest.main()
