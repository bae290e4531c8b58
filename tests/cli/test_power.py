# SPDX-License-Identifier: MIT
"""cove power: the system's states, what is refused, and a driver that keeps a power request."""
import json
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "program"))

from kit import COVE, CoveTest, driver, program, wait_until  # noqa: E402


def running(pid):
    """How many threads of a process, and of those it started, want a processor."""
    count = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{thread}/stat") as file:
                count += file.read().rpartition(")")[2].split()[0] == "R"
            with open(f"/proc/{pid}/task/{thread}/children") as file:
                children = file.read().split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # a thread that has ended meanwhile
        count += sum(running(int(child)) for child in children)
    return count


class Power(CoveTest):
    def state(self, machine):
        return json.loads(self.good("power", "-m", machine, "--json", "status").stdout)["system"]

    def test_there_and_back(self):
        self.boot("states")
        for words, state in ((("sleep", "S1"), 1), (("sleep",), 3), (("hibernate",), 4)):
            self.good("power", "-m", "states", *words)
            self.assertEqual(self.state("states"), state)
            refused = self.cove("power", "-m", "states", "sleep")
            self.assertEqual(refused.returncode, 1)
            self.assertIn("the system sleeps already", refused.stderr)
            self.good("power", "-m", "states", "wake")
            self.assertEqual(self.state("states"), 0)
        refused = self.cove("power", "-m", "states", "wake")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("the system does not sleep", refused.stderr)

    def test_shut_down_asleep(self):
        self.boot("sleeper")
        self.good("power", "-m", "sleeper", "sleep")
        self.good("shutdown", "sleeper")

    def awake(self, machine, which):
        """Starts the program that counts; answers it once it has counted."""
        counter = subprocess.Popen([COVE, "exec", "-m", machine, which], env=self.environment,
                                   cwd=self.folder, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, text=True)
        self.assertTrue(wait_until(lambda: self.count(machine), 60), "it never counted")
        return counter

    def count(self, machine):
        done = self.cove("reg", "-m", machine, "query", r"HKLM\SYSTEM\Awake", "/v", "Count")
        return done.stdout if done.returncode == 0 else None

    def stands_still(self, machine, counter):
        """Nothing more is counted, and no thread of the program runs; a thread that turns round
        in its own code always does. Answers the count."""
        def is_still():
            counted = self.count(machine)
            return counted if all(running(counter.pid) == 0 and self.count(machine) == counted
                                  for _ in range(6)) else None
        counted = wait_until(is_still, 60)
        self.assertTrue(counted, "it runs while the machine sleeps")
        return counted

    def test_programs_stand_still(self):
        self.boot("still")
        for which in (program("awake"), program("awake").replace("programs", "programs32")):
            counter = self.awake("still", which)
            for words in (("sleep", "S1"), ("hibernate",)):
                self.assertTrue(wait_until(lambda: running(counter.pid) > 0, 60), "it never ran")
                self.good("power", "-m", "still", *words)
                counted = self.stands_still("still", counter)
                refused = self.cove("exec", "-m", "still", which)
                self.assertNotEqual(refused.returncode, 0)
                self.assertIn("the machine sleeps", refused.stderr)
                self.good("power", "-m", "still", "wake")
                self.assertTrue(wait_until(lambda: self.count("still") != counted, 60),
                                "it does not go on")
            self.good("reg", "-m", "still", "add", r"HKLM\SYSTEM\Awake", "/v", "Stop", "/t",
                      "REG_DWORD", "/d", "1")
            self.assertEqual(counter.communicate(timeout=60)[0], "counted\n")
            self.assertEqual(counter.returncode, 0)
            self.good("reg", "-m", "still", "delete", r"HKLM\SYSTEM\Awake", "/f")
        self.good("shutdown", "still")

    def hears(self, which):
        """What a program's windows and routines hear, each in its order."""
        listener = self.program_start("hears", which, stdout=subprocess.PIPE, text=True)
        lines = []
        while "ready" not in lines:
            lines.append(listener.stdout.readline().strip())
            self.assertTrue(lines[-1], lines)
        self.good("power", "-m", "hears", "source", "battery", "40")
        self.good("power", "-m", "hears", "sleep", "S1")
        self.good("power", "-m", "hears", "wake")
        lines += listener.stdout.read().replace("\r", "").splitlines()
        listener.stdout.close()
        self.assertEqual(listener.wait(timeout=60), 0, lines)
        self.assertEqual([line for line in lines if "FAILED" in line], [])

        def of(who):
            return [line[len(who) + 1:] for line in lines if line.startswith(who + " ")]
        slept = ["event 10", "event 4", "event 18", "event 7"]
        self.assertEqual(of("window"), slept)
        self.assertEqual(of("routine"), slept)
        self.assertEqual([line for line in of("alone") if "event" in line], slept)
        # What it was, and what it became.
        self.assertEqual([line for line in of("alone") if line.startswith("source")],
                         ["source 0 of 4", "source 1 of 4"])
        self.assertEqual(of("called"), ["percent 100 of 4", "percent 40 of 4"])
        self.good("power", "-m", "hears", "source", "ac")

    def test_windows_hear(self):
        self.boot("hears")
        self.hears(program("power"))
        self.hears(program("power").replace("programs", "programs32"))
        self.assertNotIn("leak", self.good("shutdown", "hears").stderr)

    def test_ended_asleep(self):
        self.boot("ended")
        counter = self.program_start("ended", program("awake"))
        self.assertTrue(wait_until(lambda: self.count("ended"), 60), "it never counted")
        self.good("power", "-m", "ended", "sleep")
        self.stands_still("ended", counter)
        counter.kill()
        counter.wait(timeout=60)
        self.wait_ended("ended", 60)
        self.good("power", "-m", "ended", "wake")
        counter = self.awake("ended", program("awake"))
        self.good("power", "-m", "ended", "sleep")
        self.good("shutdown", "ended")
        self.assertEqual(counter.communicate(timeout=60)[0], "")
        self.assertNotEqual(counter.returncode, 0)

    def test_words(self):
        for words in ((), ("doze",), ("sleep", "S5"), ("sleep", "3"), ("source",),
                      ("source", "sun"), ("watchdog",), ("wake", "up")):
            self.assertEqual(self.cove("power", *words).returncode, 2, words)

    def test_a_request_that_is_kept(self):
        self.boot("kept", driver("rules"))
        self.good("power", "-m", "kept", "watchdog", "1")
        done = self.cove("exec", "-m", "kept", program("rules"), "power-kept")
        self.assertEqual(done.returncode, 70, done.stderr)
        self.assertNotIn("done", done.stdout)
        self.assertIn("DRIVER_POWER_STATE_FAILURE", done.stderr)


if __name__ == "__main__":
    unittest.main()
