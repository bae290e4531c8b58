# SPDX-License-Identifier: MIT
"""What the tests of the command and of programs share.

COVE is the path of the command, FILES the folder of the test programs and drivers, EXAMPLES
that of the examples' ones (all set by CTest). Every test class has a runtime folder of its
own, so tests may run side by side. Nothing here sleeps for a fixed time: what is not there
yet is asked for again until a deadline.
"""
import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import unittest

COVE = os.environ["COVE"]
BUILD = os.path.dirname(os.path.dirname(COVE))
DRIVERS = os.path.join(BUILD, "test", "drivers")
PROGRAMS = os.path.join(BUILD, "test", "programs")
EXAMPLE_DRIVERS = os.path.join(BUILD, "drivers")
EXAMPLE_PROGRAMS = os.path.join(BUILD, "apps")
LIBEXEC = os.path.join(BUILD, "libexec", "cove")


def driver(name):
    for folder in (DRIVERS, EXAMPLE_DRIVERS):
        path = os.path.join(folder, name + ".sys")
        if os.path.exists(path):
            return path
    raise FileNotFoundError(name + ".sys")


def program(name):
    for folder in (PROGRAMS, EXAMPLE_PROGRAMS):
        path = os.path.join(folder, name + ".exe")
        if os.path.exists(path):
            return path
    raise FileNotFoundError(name + ".exe")


def wait_until(condition, seconds=10):
    """Asks until the condition holds; answers its value, or the last one at the deadline."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value or time.monotonic() > deadline:
            return value


@contextlib.contextmanager
def disturbed(child):
    """The host's signals to a process meanwhile, two a millisecond or as many as come."""
    ended = threading.Event()

    def disturb():
        while not ended.wait(0.0005):
            os.kill(child.pid, signal.SIGRTMIN + 2)

    disturber = threading.Thread(target=disturb)
    disturber.start()
    try:
        yield
    finally:
        ended.set()
        disturber.join()


def is_of_intel():
    """Who made the processor; another maker's are as AMD's are."""
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
        return "GenuineIntel" in file.read()


class CoveTest(unittest.TestCase):
    """A temporary folder, and a runtime folder in which machines live."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="cove-test-")
        cls.runtime = os.path.join(cls.folder, "run")
        os.mkdir(cls.runtime, 0o700)
        cls.environment = {key: value for key, value in os.environ.items()
                           if key not in ("COVE_MACHINE", "COVE_CRASH_FILE")}
        cls.environment["COVE_RUNTIME_DIR"] = cls.runtime

    @classmethod
    def tearDownClass(cls):
        cls.cove("shutdown", "--all")
        for pid in cls.machine_pids():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        shutil.rmtree(cls.folder, ignore_errors=True)

    @classmethod
    def machine_pids(cls):
        """Machine processes of this class that still live, found by their socket's path."""
        pids = []
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            try:
                with open(f"/proc/{entry}/cmdline", "rb") as file:
                    words = file.read().split(b"\0")
            except OSError:
                continue
            if words[0] == b"cove-machine" and any(
                    word.startswith(cls.runtime.encode()) for word in words):
                pids.append(int(entry))
        return pids

    @classmethod
    def cove(cls, *arguments, timeout=60, cwd=None, **options):
        """Runs the command to its end."""
        return subprocess.run([COVE, *arguments], env=cls.environment, cwd=cwd or cls.folder,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout,
                              text=True, errors="replace", stdin=subprocess.DEVNULL, **options)

    def good(self, *arguments, **options):
        done = self.cove(*arguments, **options)
        self.assertEqual(done.returncode, 0, f"{arguments}\n{done.stdout}\n{done.stderr}")
        return done

    def boot(self, name, *drivers):
        self.good("boot", name)
        for path in drivers:
            service = os.path.splitext(os.path.basename(path))[0]
            self.good("sc", "-m", name, "create", service, "binPath=", path)
            self.good("sc", "-m", name, "start", service)

    def machine(self, name):
        """What `cove ps --json` says of one machine; None when it does not run."""
        for machine in json.loads(self.good("ps", "--json").stdout):
            if machine["machine"] == name:
                return machine
        return None

    def program_start(self, machine, *arguments, **options):
        """Starts a Windows program as the command does, but as our own child."""
        command = [os.path.join(LIBEXEC, "cove-program"), "--socket",
                   os.path.join(self.runtime, machine + ".sock"), *arguments]
        options.setdefault("stdin", subprocess.DEVNULL)
        return subprocess.Popen(command, env=self.environment, cwd=self.folder, **options)

    def wait_ended(self, machine, seconds=20):
        """Waits until no program lives on the machine."""
        state = wait_until(lambda: (lambda m: m if not m["programs"] else None)(
            self.machine(machine)), seconds)
        self.assertIsNotNone(state, "a program is still there")
        return state
