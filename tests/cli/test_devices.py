# SPDX-License-Identifier: MIT
"""A bus and its children on a machine that stays: their power, what they tell by WMI, and the
same after the machine was shut down and booted again."""
import json
import os
import re
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "program"))

from kit import EXAMPLE_DRIVERS, CoveTest, program, wait_until  # noqa: E402

STATE = "{5b1f0c7a-2d53-4c1e-9a0d-6e41773a1004}"
TOY = r"TOYBUS\TOY\7"


class Devices(CoveTest):
    def bus(self, machine):
        """A machine with a bus and one toy on it."""
        self.good("boot", machine)
        self.good("devcon", "-m", machine, "install",
                  os.path.join(EXAMPLE_DRIVERS, "toybus.inf"), r"root\toybus")
        self.good("pnputil", "-m", machine, "/add-driver",
                  os.path.join(EXAMPLE_DRIVERS, "toy.inf"))
        self.plug(machine)

    def plug(self, machine):
        self.good("exec", "-m", machine, program("toybustest"), "plug", "7")
        self.assertTrue(wait_until(lambda: TOY in self.states(machine)), "the toy does not start")

    def states(self, machine):
        """Device to D-state."""
        status = json.loads(self.good("power", "-m", machine, "--json", "status").stdout)
        return {item["device"].upper(): item["state"] for item in status["devices"]}

    def test_power(self):
        self.bus("powered")
        self.assertEqual(self.states("powered")[TOY], 0)
        self.good("power", "-m", "powered", "sleep")
        self.assertEqual(self.states("powered")[TOY], 3)
        self.good("power", "-m", "powered", "wake")
        self.assertEqual(self.states("powered")[TOY], 0)
        self.good("power", "-m", "powered", "hibernate")
        self.assertEqual(self.states("powered")[TOY], 3)
        self.good("shutdown", "powered")

    def test_wmi(self):
        self.bus("telling")
        wmi = ("wmi", "-m", "telling")
        blocks = json.loads(self.good("wmi", "-m", "telling", "--json", "list").stdout)
        self.assertEqual([(b["guid"], b["driver"], b["instances"]) for b in blocks],
                         [(STATE, r"\Driver\toy", 1)])
        answer = self.good(*wmi, "query", STATE).stdout
        self.assertRegex(answer.upper(), re.escape(TOY))
        self.assertIn("00 00 00 00 64 00 00 00", answer)
        instance = answer.splitlines()[0]
        self.good(*wmi, "set", STATE, instance, "00000000 02000000")
        self.assertIn("00 00 00 00 02 00 00 00", self.good(*wmi, "query", STATE).stdout)
        for words, code in ((("query", "{0}"), 1), (("query", STATE[:-2] + "5}"), 1),
                            (("set", STATE, "nobody", "00"), 1), (("set", STATE, instance, "0"), 2),
                            (("query",), 2), (("look",), 2)):
            self.assertEqual(self.cove(*wmi, *words).returncode, code, words)
        self.good("exec", "-m", "telling", program("toybustest"), "unplug", "7")
        self.assertTrue(wait_until(
            lambda: "no device provides any" in self.good(*wmi, "list").stdout))
        self.good("shutdown", "telling")

    def test_boot_again(self):
        self.bus("again")
        self.good("shutdown", "again")
        self.good("boot", "again")
        self.assertEqual(list(self.states("again").values()), [0], "the bus is not started")
        self.plug("again")
        tree = self.good("devcon", "-m", "again", "tree").stdout
        self.assertRegex(tree, r"(?s)afterthought +upper filter.*toy +function driver.*"
                               r"toylower +lower filter.*PDO +toybus")
        self.good("shutdown", "again")
        self.good("forget", "again")


if __name__ == "__main__":
    unittest.main()
