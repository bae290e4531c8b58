# SPDX-License-Identifier: MIT
"""The Framework's half of `cove kd`: drivers, devices in different states, queues with requests,
handles and the recorder of shown.sys, which is installed twice; and that no handle, however wrong,
harms the machine."""
import json
import os
import random
import re
import shutil
import unittest

from kit import BUILD, CoveTest, wait_until

HERE = os.path.dirname(os.path.abspath(__file__))
HARDWARE_ID = r"Root\Shown"


class Wdfkd(CoveTest):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        built = os.path.join(BUILD, "test", "framework")
        for name in ("shown.sys", "shown.pdb", "shown.inf"):
            source = HERE if name.endswith(".inf") else built
            shutil.copyfile(os.path.join(source, name), os.path.join(cls.folder, name))
        inf = os.path.join(cls.folder, "shown.inf")
        for words in (("boot", "shown"),
                      ("devcon", "-m", "shown", "install", inf, HARDWARE_ID),
                      ("devcon", "-m", "shown", "install", inf, HARDWARE_ID)):
            done = cls.cove(*words)
            if done.returncode:
                raise AssertionError(f"{words}: {done.stdout}{done.stderr}")

    def kd(self, commands):
        return self.good("kd", "-m", "shown", "-c", commands).stdout

    def kd_json(self, command):
        return json.loads(self.good("kd", "-m", "shown", "--json", "-c", command).stdout)

    def devices(self):
        """Handles: the one that stays awake, its child, the one that sleeps."""
        found = [each["handle"] for each in self.kd_json("!wdfdriverinfo shown")["children"]
                 if each["type"] == "WDFDEVICE"]
        self.assertEqual(len(found), 3)
        kinds = [self.kd_json(f"!wdfdevice {each}")["kind"] for each in found]
        child = found[kinds.index("PDO")]
        awake = self.kd_json(f"!wdfdevice {child}")["parent"]
        return awake, child, next(each for each in found if each not in (awake, child))

    def test_drivers(self):
        text = self.kd("!wdfldr")
        self.assertRegex(text, r"LIBRARY_MODULE +0x[0-9a-f]{16}\n  Version +v1\.33\n")
        self.assertIn("  Associated Clients: 1\n", text)
        self.assertRegex(text, r"\n  shown\.sys +v1\.33 0x[0-9a-f]{16} 0x[0-9a-f]{16} "
                               r"0x[0-9a-f]{16} 0x[0-9a-f]{8}\n")
        self.assertRegex(self.kd("!wdfldr SHOWN.sys"),
                         r"(?m)^Service +\\Registry\\Machine\\.*\\Services\\shown$")
        text = self.kd("!wdfdriverinfo shown 1")
        self.assertRegex(text, r"Default driver image name: +shown\n")
        self.assertRegex(text, r"\n +Version +v1\.33 build\(\d+\)\n")
        self.assertRegex(text, r"\nWDF objects: \d+\n")
        self.assertEqual(len(re.findall(r"\n    !WDFDEVICE 0x[0-9a-f]{16}\n", text)), 3)
        self.assertIn(" SHOWN_CONTEXT (size is 0x28 bytes)\n", text)
        # With the files beside it, callbacks have names; the only driver needs none.
        text = self.kd(f".sympath {self.folder}; !wdfdriverinfo shown 30; !wdfgetdriver")
        self.assertIn("EvtCleanupCallback", text)
        self.assertIn("shown!ShownEvtCleanup\n", text)
        self.assertIn("Default driver: shown\n", text)
        failed = self.cove("kd", "-m", "shown", "-c", "!wdfdriverinfo nobody")
        self.assertIn("No driver nobody is bound to the Framework", failed.stdout)

    def test_devices(self):
        awake, child, asleep = self.devices()
        text = self.kd(f".sympath {self.folder}; !wdfdevice {awake} 1f")
        self.assertIn("Pnp state:  119 ( WdfDevStatePnpStarted )\n"
                      "Power state:  307 ( WdfDevStatePowerD0 )\n"
                      "Power Pol state:  565 ( WdfDevStatePwrPolStarted )\n", text)
        self.assertIn("No pended pnp or power irps\n"
                      "Device is the power policy owner for the stack\n", text)
        self.assertIn("Pnp state history:\n[0] WdfDevStatePnpObjectCreated (0x100)\n"
                      "[1] WdfDevStatePnpInit (0x105)\n", text)
        self.assertRegex(text, r"EvtDeviceSelfManagedIoInit: \(0x[0-9a-f]{16}\) "
                               r"shown!ShownEvtSelfManagedIoInit\n")
        text = self.kd(f"!wdfdevice {child}")
        self.assertIn(f"Parent WDFDEVICE {awake[2:]}\nParent states:\n"
                      "   Pnp state:  119 ( WdfDevStatePnpStarted )\n", text)
        slept = wait_until(lambda: "WdfDevStatePowerDx )" in self.kd(f"!wdfdevice {asleep}"), 60)
        self.assertTrue(slept, self.kd(f"!wdfdevice {asleep} f"))
        text = wait_until(lambda: (lambda t: t if "WdfDevStatePwrPolWaitingUnarmed )" in t
                                   else None)(self.kd(f"!wdfdevice {asleep} f")), 60)
        self.assertIn("Idle: to D3 after 1 ms", text)
        self.assertIn("WdfDevStatePowerGotoDx (0x31a)\n", text)
        # Power-managed, and its device is in Dx.
        text = self.kd(f"!wdfdevicequeues {asleep}")
        self.assertIn("Manual, Power-managed, PowerOff, Can accept, Can dispatch, "
                      "ExecutionLevelDispatch, SynchronizationScopeNone\n", text)

    def test_queues(self):
        awake, _, _ = self.devices()
        queues = self.kd_json(f"!wdfdevicequeues {awake}")
        self.assertEqual(len(queues), 2)
        held = next(each for each in queues if each["dispatch"] == "Sequential")
        text = self.kd(f".sympath {self.folder}; !wdfqueue {held['handle']}")
        self.assertIn("Sequential, Not power-managed, PowerOn, Can accept, Can dispatch, "
                      "ExecutionLevelDispatch, SynchronizationScopeQueue\n"
                      "    Number of driver owned requests: 1\n", text)
        self.assertIn("    Number of waiting requests: 2\n", text)
        self.assertRegex(text, r"EvtIoWrite: \(0x[0-9a-f]{16}\) shown!ShownEvtIoWrite\n")
        owned = held["owned"][0]
        text = self.kd(f".sympath {self.folder}; !wdfrequest {owned['handle']}")
        self.assertIn(f"!IRP {owned['irp'].replace('0x', '0x' + '0' * (18 - len(owned['irp'])))}\n",
                      text)
        self.assertIn("State: owned by the driver; Received, Cancelable\n", text)
        self.assertIn("shown!ShownEvtRequestCancel\n", text)
        self.assertIn("IRP_MJ_WRITE(4)", self.kd(f"!irp {owned['irp']}"))
        text = self.kd(f"!wdfrequest {held['waiting'][0]['handle']}")
        self.assertIn("State: waiting in its queue; Received\n", text)
        # What the driver made itself went to its own I/O target.
        tree = self.kd_json(f"!wdfhandle {awake} 10")["children"]
        sent = [each["handle"] for each in tree if each["type"] == "WDFREQUEST"]
        self.assertEqual(len(sent), 3)
        text = self.kd(f"!wdfrequest {sent[0]}")
        self.assertRegex(text, r"!WDFIOTARGET 0x[0-9a-f]{16}\n"
                               r"    State: not in a queue; Allocated by the driver\n")

    def test_objects(self):
        awake, _, _ = self.devices()
        text = self.kd(f"!wdfhandle {awake} 10")
        self.assertIn(f"handle {awake}, type is WDFDEVICE\n", text)
        self.assertIn(f"Child WDFHANDLEs of {awake}:\n    WDFDEVICE {awake}\n", text)
        self.assertIn("        !WDFQUEUE 0x", text)
        address = re.search(r"!wdfobject (0x[0-9a-f]+)", text)[1]
        text = self.kd(f"!wdfkd.wdfobject {address}")
        self.assertIn(f"The type for object {address} is WDFDEVICE\n"
                      "State: FxObjectStateCreated (0x1)\n", text)
        failed = self.cove("kd", "-m", "shown", "-c", f"!wdfqueue {awake}")
        self.assertNotEqual(failed.returncode, 0)
        self.assertIn(f"{awake} is a WDFDEVICE, not a WDFQUEUE\n", failed.stdout)

    def test_log(self):
        text = self.kd("!wdflogdump shown")
        self.assertRegex(text, r"^Log at 0x[0-9a-f]{16}\nThere are \d+ log records\n\n"
                               r"--- start of log ---\n\d+: ")
        self.assertTrue(text.endswith("---- end of log ----\n"))
        numbers = [each["number"] for each in self.kd_json("!wdflogdump")]
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(numbers))))
        self.assertIn("EnableInterfaces on Done to Started", text)

    def test_wrong_handles(self):
        awake, _, _ = self.devices()
        picked = random.Random(5)
        good = int(awake, 16)
        # Each of these at every place inside an object, beside it, and anywhere at all.
        places = [good - 8 * i for i in range(-40, 200)]
        places += [good ^ 1 << picked.randrange(64) for _ in range(40)]
        places += [picked.getrandbits(64) | 7 for _ in range(40)]
        for name in ("wdfhandle", "wdfqueue", "wdfdevice", "wdfrequest", "wdfdevicequeues"):
            commands = "; ".join(f"!{name} 0x{each & 0xffffffffffffffff:x}"
                                 for each in picked.sample(places, 60) + places[:60])
            self.cove("kd", "-m", "shown", "-c", commands)
        self.cove("kd", "-m", "shown", "-c",
                  "; ".join(f"!wdfobject 0x{~each & 0xffffffffffffffff:x}" for each in places))
        self.assertIn("shown.sys", self.kd("!wdfldr"))


class Gone(CoveTest):
    def test_no_framework(self):
        """Nothing is said of a Framework that is not there."""
        self.good("boot", "bare")
        failed = self.cove("kd", "-m", "bare", "-c", "!wdfldr; !wdfhandle 7; !wdflogdump x")
        self.assertNotEqual(failed.returncode, 0)
        self.assertEqual(failed.stdout.count("is not loaded"), 3, failed.stdout)
        self.good("shutdown", "bare")


if __name__ == "__main__":
    unittest.main()
