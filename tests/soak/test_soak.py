# SPDX-License-Identifier: MIT
"""The soak: what must be flat stays flat. `make soak` runs it long, the tests for a few seconds.

SOAK_MACHINES kills of machines, SOAK_PROGRAMS x SOAK_THREADS threads with SOAK_REQUESTS requests
outstanding, SOAK_OPENS opens and closes; SOAK_SEED. Kills of programs are test_kill's.
"""
import os
import random
import signal
import socket
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "program"))
from kit import EXAMPLE_DRIVERS, LIBEXEC, CoveTest, driver, program, wait_until  # noqa: E402


def number(name, default):
    return int(os.environ.get("SOAK_" + name, default))


SEED = number("SEED", 1)
WORKERS_KEPT = 2  # as many may have come since, and stay
ARENA_KIB = 80 * 1024  # addresses that a thread of the host takes for its heap and stack
STEPS = 22  # bytes that hold.exe prints


def footprint(pid):
    """Of a process: lines of its maps, address space and memory in KiB, descriptors, threads."""
    found = {}
    with open(f"/proc/{pid}/maps", encoding="ascii", errors="replace") as maps:
        found["maps"] = sum(1 for _ in maps)
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
        for line in status:
            word = line.split()
            if word[0] in ("VmSize:", "VmRSS:", "Threads:"):
                found[word[0][:-1]] = int(word[1])
    found["descriptors"] = len(os.listdir(f"/proc/{pid}/fd"))
    return found


class Soak(CoveTest):
    def state(self, name):
        self.wait_ended(name, 60)
        machine = self.machine(name)
        return machine["counts"], footprint(machine["pid"])

    def same(self, name, before, slack_kib=4096, slack_maps=8):
        """Counts exactly as they were, the host's memory nearly."""
        def is_back():
            counts, now = self.state(name)
            more = max(now["Threads"] - before[1]["Threads"], 0)
            return all(counts[what] == before[0][what] for what in counts
                       if what != "pool_bytes") and \
                now["maps"] <= before[1]["maps"] + slack_maps + 4 * more and \
                now["descriptors"] <= before[1]["descriptors"] and \
                more <= WORKERS_KEPT and \
                now["VmSize"] <= before[1]["VmSize"] + slack_kib + more * ARENA_KIB and \
                now["VmRSS"] <= before[1]["VmRSS"] + slack_kib
        self.assertTrue(wait_until(is_back, 30), f"before {before}\nafter  {self.state(name)}")
        print(f"\n{self.id()}: before {before}\n    after  {self.state(name)}", flush=True)

    def boot(self, name, *drivers):
        """With all of the first boot on disk, which a worker would write two seconds later."""
        super().boot(name, *drivers)
        self.good("reg", "-m", name, "add", r"HKLM\SOFTWARE\Soak", "/v", "Begun", "/d", "1", "/f")

    def test_opens(self):
        count = number("OPENS", 20000)
        self.boot("opens", driver("pending"))
        self.good("exec", "-m", "opens", program("soak"), "open", "5000", timeout=600)
        before = self.state("opens")
        self.good("exec", "-m", "opens", program("soak"), "open", str(count), timeout=3600)
        self.same("opens", before)
        self.good("shutdown", "opens")

    def test_many_programs(self):
        programs, threads = number("PROGRAMS", 4), number("THREADS", 20)
        each = -(-number("REQUESTS", 800) // (programs * threads))
        self.boot("many", driver("pending"))
        self.hold_all(2, 10, each)
        self.hold_all(programs, threads, each)
        before = self.state("many")
        for _ in range(number("ROUNDS", 1)):
            self.hold_all(programs, threads, each)
        # What grows with the most that was ever outstanding is kept for the next time.
        self.same("many", before, slack_kib=65536)
        self.good("shutdown", "many")

    def hold_all(self, programs, threads, each):
        running = [self.program_start("many", program("soak"), "hold", str(threads), str(each),
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE)
                   for _ in range(programs)]
        for one in running:
            self.assertEqual(one.stdout.readline().strip(), b"held")
        self.assertGreaterEqual(self.machine("many")["counts"]["irps"], programs * threads * each)
        for one in running:
            one.stdin.close()
        for one in running:
            self.assertEqual(one.wait(timeout=300), 0)
            one.stdout.close()

    def test_plugged(self):
        """Toys come and go while programs open and read them."""
        count = number("PLUGS", 100)
        if os.environ.get("COVE_SANITIZED"):
            self.skipTest("the machine's memory grows by what the sanitizer keeps")
        self.good("boot", "plugged")
        self.good("devcon", "-m", "plugged", "install",
                  os.path.join(EXAMPLE_DRIVERS, "toybus.inf"), r"root\toybus")
        self.good("pnputil", "-m", "plugged", "/add-driver",
                  os.path.join(EXAMPLE_DRIVERS, "toy.inf"))
        self.plug_all(60)
        before = self.state("plugged")
        self.plug_all(count)
        # Where a stack's blocks of pool lie varies, not with how many stacks there were.
        self.same("plugged", before, slack_maps=64)
        self.good("shutdown", "plugged")

    def plug_all(self, count):
        """Two programs: one plugs, in and out, both open and read."""
        reader = self.program_start("plugged", program("plugged"), "0", "3", stdin=subprocess.PIPE,
                                    stdout=subprocess.PIPE)
        plugs = self.good("exec", "-m", "plugged", program("plugged"), str(count), "3",
                          timeout=20000)
        print(plugs.stdout.strip(), flush=True)
        self.assertEqual(reader.communicate(timeout=60)[1], None)
        self.assertEqual(reader.returncode, 0)

    def test_killed_machines(self):
        """At every stage, from its first instruction to a program in the middle of requests."""
        chance = random.Random(SEED)
        for kill in range(number("MACHINES", 10)):
            self.machine_kill(chance, f"seed {SEED}, machine {kill}")
        self.assertTrue(wait_until(lambda: not self.machine_pids(), 20), "machines are left")
        self.boot("after", driver("pending"))
        self.good("exec", "-m", "after", program("pendingtest"))
        self.good("shutdown", "after")

    def machine_kill(self, chance, where):
        stage = chance.randrange(3)
        # The one before may have kept its registry, with the service, before it was killed.
        boot = subprocess.Popen([os.environ["COVE"], "boot", "--fresh", "victim"],
                                env=self.environment, cwd=self.folder, stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if stage == 0: # while it starts
            try:
                boot.wait(chance.random() * 0.1)
            except subprocess.TimeoutExpired:
                pass
            self.kill_all()
            boot.communicate(timeout=30)
            self.kill_all() # it may have come up in between
            return
        _, errors = boot.communicate(timeout=60)
        self.assertEqual(boot.returncode, 0, f"{where}: {errors}")
        hold = None
        if stage == 2:
            path = driver("pending")
            self.good("sc", "-m", "victim", "create", "pending", "binPath=", path)
            self.good("sc", "-m", "victim", "start", "pending")
            hold = self.program_start("victim", program("hold"), stdout=subprocess.PIPE,
                                      stderr=subprocess.DEVNULL)
            for _ in range(chance.randrange(STEPS + 1)):
                os.read(hold.stdout.fileno(), 1)
        self.kill_all()
        if hold is not None:
            hold.stdout.close()
            self.assertNotEqual(hold.wait(timeout=30), 0, where)

    def kill_all(self):
        for pid in self.machine_pids():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        wait_until(lambda: not self.machine_pids() and not self.is_listened(), 20)

    def is_listened(self):
        """A process that was killed has no name any more before its socket is closed."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as probe:
            try:
                probe.connect(os.path.join(self.runtime, "victim.sock"))
            except OSError:
                return False
        return True


if __name__ == "__main__":
    assert os.path.isdir(LIBEXEC)
    unittest.main()
