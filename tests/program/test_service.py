# SPDX-License-Identifier: MIT
"""Services that are programs: a program's calls, `cove sc`, boot and shutdown."""
import json
import os
import shutil
import signal
import unittest

from kit import BUILD, EXAMPLE_DRIVERS, CoveTest, driver, program, wait_until
from package import package

# Toys' buses; another class and another hardware ID start nothing.
ITS_SERVICE = r"""
[Its_Service]
ServiceType=0x10
StartType=3
ErrorControl=1
ServiceBinary=%11%\service.exe serve well
AddTrigger=Other_Class,Other_Device,Bus
FailureActions=Its_Failures
[Its_Failures]
ResetPeriod=0xffffffff
Action=1,0
[Other_Class]
TriggerType=1
Action=1
SubType={11111111-2222-3333-4444-555555555555}
[Other_Device]
TriggerType=1
Action=2
SubType={5b1f0c7a-2d53-4c1e-9a0d-6e41773a1001}
DataItem=2,"Root\Another"
[Bus]
TriggerType=1
Action=1
SubType={5b1f0c7a-2d53-4c1e-9a0d-6e41773a1001}
DataItem=2,"Root\ToyBus"
"""


def program32(name):
    return os.path.join(BUILD, "test", "programs32", name + ".exe")


class Services(CoveTest):
    def passes(self, path):
        # In its own folder: it starts itself.
        done = self.good("run", driver("wdm1"), "--", path, cwd=os.path.dirname(path))
        self.assertIn("all checks passed", done.stdout)

    def test_a_program_and_its_service(self):
        self.passes(program("service"))

    def test_with_32_bits(self):
        self.passes(program32("service"))

    def create(self, machine, name, *words):
        path = os.path.join(self.folder, "service.exe")
        if not os.path.exists(path):
            shutil.copy(program("service"), path)
        self.good("sc", "-m", machine, "create", name, "binPath=", path + " serve well", *words)

    def state(self, machine, name):
        for service in json.loads(self.good("sc", "-m", machine, "--json", "query", name).stdout):
            return service
        return None

    def running(self, machine, name):
        state = wait_until(lambda: (lambda s: s if s["state"] == 4 else None)(
            self.state(machine, name)), 60)
        self.assertIsNotNone(state, self.cove("log", "-m", machine, "--once").stdout)
        return state

    def test_the_tool(self):
        self.boot("tool")
        self.create("tool", "Its", "DisplayName=", "Its display", "depend=", "wdm1")
        done = self.cove("sc", "-m", "tool", "start", "Its")
        self.assertIn("StartService FAILED 1075", done.stdout)
        self.good("sc", "-m", "tool", "create", "wdm1", "binPath=", driver("wdm1"))
        done = self.good("sc", "-m", "tool", "start", "Its", "an argument")
        self.assertIn("TYPE               : 10  WIN32_OWN_PROCESS", done.stdout)
        its = self.running("tool", "Its")
        self.assertEqual(self.state("tool", "wdm1")["state"], 4)
        shown = self.good("sc", "-m", "tool", "queryex", "Its").stdout
        self.assertIn("PID                : %d" % its["process_id"], shown)
        self.assertIn("(STOPPABLE, PAUSABLE, ACCEPTS_SHUTDOWN)", shown)
        shown = self.good("sc", "-m", "tool", "qc", "Its").stdout
        self.assertIn("DEPENDENCIES       : wdm1", shown)
        self.assertIn("DISPLAY_NAME       : Its display", shown)
        done = self.cove("sc", "-m", "tool", "stop", "wdm1")
        self.assertIn("ControlService FAILED 1051", done.stdout)
        done = self.good("sc", "-m", "tool", "pause", "Its")
        self.assertIn("STATE              : 7  PAUSED", done.stdout)
        self.good("sc", "-m", "tool", "continue", "Its")
        self.good("sc", "-m", "tool", "control", "Its", "130")
        done = self.cove("sc", "-m", "tool", "control", "Its", "200")
        self.assertIn("ControlService FAILED 13", done.stdout)
        self.assertEqual(self.state("tool", "Its")["state"], 4)
        self.good("sc", "-m", "tool", "stop", "Its")
        self.wait_ended("tool")
        its = wait_until(lambda: (lambda s: s if s["state"] == 1 else None)(
            self.state("tool", "Its")))
        self.assertEqual((its["win32_exit_code"], its["service_exit_code"]), (1066, 42))
        self.good("sc", "-m", "tool", "delete", "Its")
        self.good("shutdown", "tool")

    def heard(self, machine, what):
        """The last thing that happened to the service shows in its state."""
        state = wait_until(lambda: (lambda s: s if s["service_exit_code"] == what else None)(
            self.state(machine, "Its")), 60)
        self.assertIsNotNone(state, self.state(machine, "Its"))

    def test_events(self):
        """Power and devices, as controls."""
        self.boot("events")
        self.create("events", "Its")
        self.good("sc", "-m", "events", "start", "Its")
        self.running("events", "Its")
        self.good("devcon", "-m", "events", "install",
                  os.path.join(EXAMPLE_DRIVERS, "toybus.inf"), "root\\toybus")
        self.heard("events", 0x8000)  # DBT_DEVICEARRIVAL
        self.good("devcon", "-m", "events", "remove", "root\\toybus")
        self.heard("events", 0x8004)  # DBT_DEVICEREMOVECOMPLETE
        self.good("power", "-m", "events", "sleep")
        self.good("power", "-m", "events", "wake")
        self.heard("events", 0x1007)  # PBT_APMRESUMESUSPEND
        self.good("sc", "-m", "events", "stop", "Its")
        self.wait_ended("events")
        self.good("shutdown", "events")
        steps = [line.rsplit(" ", 1)[1] for line in
                 self.good("log", "-m", "events").stdout.splitlines() if "service: step" in line]
        # Before it slept it was told, and when it was back, by itself and by somebody.
        at = steps.index("1004")
        self.assertEqual(steps[at:at + 3], ["1004", "1012", "1007"], steps)

    def test_killed(self):
        self.boot("killed")
        self.create("killed", "Its")
        self.good("sc", "-m", "killed", "start", "Its")
        self.running("killed", "Its")
        pids = [int(pid) for pid in os.listdir("/proc") if pid.isdigit() and self.is_its(pid, "killed")]
        self.assertEqual(len(pids), 1)
        os.kill(pids[0], signal.SIGKILL)
        its = wait_until(lambda: (lambda s: s if s["state"] == 1 else None)(
            self.state("killed", "Its")))
        self.assertEqual(its["win32_exit_code"], 1067)  # ERROR_PROCESS_ABORTED
        self.good("sc", "-m", "killed", "start", "Its")
        self.running("killed", "Its")
        self.good("shutdown", "killed")

    def is_its(self, pid, machine):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                words = file.read().split(b"\0")
        except OSError:
            return False
        return (words[0] == b"cove-program" and words[-2].endswith(b"/service.exe") and
                os.path.join(self.runtime, machine + ".sock").encode() in words)

    def test_with_the_machine(self):
        """It starts when the machine does, and hears of its end."""
        self.boot("kept")
        # On drive C:, because a folder of the host is not lent to the next machine.
        shutil.copy(program("service"),
                    os.path.join(self.runtime, "state", "kept", "drive-c", "Windows", "System32"))
        self.good("sc", "-m", "kept", "create", "Its", "binPath=",
                  r"%SystemRoot%\System32\service.exe serve well", "start=", "auto")
        self.good("shutdown", "kept")
        self.good("boot", "kept")
        self.running("kept", "Its")
        self.good("shutdown", "kept")

    def test_from_an_inf(self):
        """A package's service starts when a device of a class arrives, or is there at boot; it is
        started again when it died, and hears of the machine's end."""
        self.boot("triggered")
        shutil.copy(program("service"), os.path.join(
            self.runtime, "state", "triggered", "drive-c", "Windows", "System32"))
        inf = package(os.path.join(self.folder, "triggered"), "triggered",
                      services="AddService=,2\nAddService=Its,,Its_Service", more=ITS_SERVICE)
        self.good("devcon", "-m", "triggered", "install", inf, "root\\triggered")
        self.assertEqual(self.state("triggered", "Its")["state"], 1)
        self.good("devcon", "-m", "triggered", "install",
                  os.path.join(EXAMPLE_DRIVERS, "toybus.inf"), "root\\toybus")
        first = self.running("triggered", "Its")
        pids = [int(pid) for pid in os.listdir("/proc")
                if pid.isdigit() and self.is_its(pid, "triggered")]
        self.assertEqual(len(pids), 1)
        os.kill(pids[0], signal.SIGKILL)
        again = wait_until(lambda: (lambda s: s if s["state"] == 4 and s["process_id"] !=
                                    first["process_id"] else None)(
            self.state("triggered", "Its")), 60)
        self.assertIsNotNone(again, self.state("triggered", "Its"))
        self.good("shutdown", "triggered")
        self.assertIn("service: step 5\n", self.good("log", "-m", "triggered").stdout)
        self.good("boot", "triggered")
        self.running("triggered", "Its")
        self.good("shutdown", "triggered")


if __name__ == "__main__":
    unittest.main()
