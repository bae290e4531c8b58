# SPDX-License-Identifier: MIT
"""What a Plug and Play driver of the Framework tells of itself, asked with `cove wmi`: its blocks,
values that are set, and the switch that users have over its idling."""
import json
import os
import shutil
import unittest

from kit import BUILD, CoveTest

HERE = os.path.dirname(os.path.abspath(__file__))
NUMBERS = "{7e117a1e-0001-4000-8000-000000000001}"
CONTEXT = "{7e117a1e-0002-4000-8000-000000000002}"
DEVICE_ENABLE = "{827c0a6f-feb0-11d0-bd26-00aa00b7b32a}"
HARDWARE_ID = r"Root\Telltale"


class Wmi(CoveTest):
    def ask(self, *words):
        return json.loads(self.good("wmi", "-m", "telltale", "--json", *words).stdout)

    def values(self, guid):
        found = {each["instance"]: each["data"].replace(" ", "") for each in self.ask("query", guid)}
        return [found[name] for name in sorted(found)], sorted(found)

    def blocks(self):
        return {each["guid"].lower(): each for each in self.ask("list")}

    def test_tells(self):
        for name in ("telltale.sys", "telltale.inf"):
            source = HERE if name.endswith(".inf") else os.path.join(BUILD, "test", "framework")
            shutil.copyfile(os.path.join(source, name), os.path.join(self.folder, name))
        self.good("boot", "telltale")
        self.good("devcon", "-m", "telltale", "install",
                  os.path.join(self.folder, "telltale.inf"), HARDWARE_ID)
        blocks = self.blocks()
        self.assertEqual(blocks[NUMBERS]["instances"], 2, blocks)
        self.assertEqual(blocks[CONTEXT]["instances"], 1, blocks)

        values, names = self.values(NUMBERS)
        self.assertEqual(values, ["11111111", "22222222"])
        # Instances are named after the device's instance path.
        self.assertRegex(names[1].upper(), r"^ROOT\\SAMPLE\\0000_1$")
        self.assertEqual(self.values(CONTEXT)[0], ["11223344"])
        self.good("wmi", "-m", "telltale", "set", NUMBERS, names[1], "78563412")
        self.assertEqual(self.values(NUMBERS)[0], ["11111111", "78563412"])
        refused = self.cove("wmi", "-m", "telltale", "set", NUMBERS, names[0], "78")
        self.assertNotEqual(refused.returncode, 0)
        refused = self.cove("wmi", "-m", "telltale", "set", CONTEXT,
                            self.values(CONTEXT)[1][0], "78563412")
        self.assertNotEqual(refused.returncode, 0)

        values, names = self.values(DEVICE_ENABLE)
        self.assertEqual(values, ["01"])
        self.good("wmi", "-m", "telltale", "set", DEVICE_ENABLE, names[0], "00")
        self.assertEqual(self.values(DEVICE_ENABLE)[0], ["00"])
        # The user's choice outlasts the driver.
        self.good("devcon", "-m", "telltale", "disable", HARDWARE_ID)
        self.assertNotIn(NUMBERS, self.blocks())
        self.good("devcon", "-m", "telltale", "enable", HARDWARE_ID)
        self.assertEqual(self.values(DEVICE_ENABLE)[0], ["00"])
        self.assertEqual(self.values(NUMBERS)[0], ["11111111", "22222222"])
        self.good("devcon", "-m", "telltale", "remove", HARDWARE_ID)
        self.assertNotIn(NUMBERS, self.blocks())
        self.good("shutdown", "telltale")


if __name__ == "__main__":
    unittest.main()
