# SPDX-License-Identifier: MIT
"""`cove kd` on machines that run: what it prints of drivers of both compilers, of requests that
wait and of programs; and that whatever is asked, the machine goes on.

COVE names the program; the drivers are the examples' of the build.
"""
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

COVE = os.environ.get("COVE", "cove")
BUILD = os.path.dirname(os.path.dirname(os.path.abspath(COVE)))
MINGW = shutil.which("x86_64-w64-mingw32-gcc-posix") or shutil.which("x86_64-w64-mingw32-gcc")
DDK = "/usr/x86_64-w64-mingw32/include/ddk"

MINGW_DRIVER = r"""
#include <ntddk.h>
enum gnu_kind { GnuOne = 1, GnuTwo };
typedef struct _GNU_EXTENSION {
    LIST_ENTRY List;
    ULONG Low : 3, High : 29;
    UNICODE_STRING Name;
    LONG Counts[4];
    enum gnu_kind Kind;
} GNU_EXTENSION, *PGNU_EXTENSION;
GNU_EXTENSION GnuState = {.Low = 5, .High = 9, .Counts = {-3, 2}, .Kind = GnuTwo};
static VOID NTAPI GnuUnload(PDRIVER_OBJECT driver) { GnuState.Counts[1]++; }
NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    InitializeListHead(&GnuState.List);
    driver->DriverUnload = GnuUnload;
    return STATUS_SUCCESS;
}
"""


class Kd(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="cove-kd-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.environment = dict(os.environ, COVE_RUNTIME_DIR=cls.folder, COVE_MACHINE="kd",
                               XDG_STATE_HOME=cls.folder)
        cls.run_cove("boot", "kd")
        cls.addClassCleanup(cls.run_cove, "shutdown", "kd")
        # Copies, so that a build that goes on beside the test does not change them.
        for name in ("wdm1", "pending"):
            for suffix in (".sys", ".pdb"):
                shutil.copy2(os.path.join(BUILD, "drivers", name + suffix), cls.folder)
            cls.start(name, os.path.join(cls.folder, name + ".sys"))

    @classmethod
    def run_cove(cls, *words, code=0):
        result = subprocess.run([COVE, *words], env=cls.environment, cwd=cls.folder, text=True,
                                capture_output=True, timeout=120)
        if code is not None and result.returncode != code:
            raise AssertionError(f"{words}: {result.returncode} {result.stdout}{result.stderr}")
        return result.stdout

    @classmethod
    def start(cls, name, path):
        cls.run_cove("sc", "create", name, "binPath=", path)
        cls.run_cove("sc", "start", name)

    def kd(self, commands, code=0):
        return self.run_cove("kd", "-c", commands, code=code)

    def kd_json(self, command):
        return json.loads(self.run_cove("kd", "--json", "-c", command))

    # ---- modules and symbols

    def test_lm(self):
        lines = self.kd("lm").splitlines()
        self.assertRegex(lines[0], r"^start +end +module name$")
        self.assertTrue([line for line in lines if re.match(
            r"[0-9a-f]{8}`[0-9a-f]{8} [0-9a-f]{8}`[0-9a-f]{8}   wdm1 +\(deferred\)", line)])
        self.assertTrue([line for line in lines if re.search(r"  nt +\(export symbols\)", line)])
        self.assertNotIn("wdm1", self.kd("lm m pend*"))
        details = self.kd("lmv m wdm1")
        self.assertIn("(private pdb symbols)  " + os.path.join(self.folder, "wdm1.pdb"), details)
        self.assertIn("Image path: " + os.path.join(self.folder, "wdm1.sys"), details)
        names = {module["name"] for module in self.kd_json("lm")}
        self.assertLessEqual({"nt", "hal", "wdm1", "pending"}, names)

    def test_symbols_that_lie_elsewhere(self):
        folder = os.path.join(self.folder, "elsewhere")
        os.mkdir(folder)
        shutil.copy2(os.path.join(BUILD, "drivers", "transfers.sys"), folder)
        self.start("transfers", os.path.join(folder, "transfers.sys"))
        self.assertIn("its PDB (transfers.pdb) was not found", self.kd("lmv m transfers"))
        self.assertNotIn("transfers!", self.kd("!drvobj transfers 2"))
        drivers = os.path.join(BUILD, "drivers")
        found = self.kd(f".sympath /nowhere; .sympath + {drivers}; !drvobj transfers 2")
        self.assertIn(f"Symbol search path is: /nowhere:{drivers}\n", found)
        self.assertIn("\ttransfers!DriverEntry\n", found)
        self.assertIn("transfers!DriverEntry", self.run_cove("kd", "-y", drivers, "-c",
                                                              "!drvobj transfers 2"))
        # One of that name that is another driver's is not believed.
        shutil.copy2(os.path.join(drivers, "wdm1.pdb"), os.path.join(folder, "transfers.pdb"))
        self.assertNotIn("transfers!", self.kd("!drvobj transfers 2"))

    def test_x_and_ln(self):
        found = self.kd("x wdm1!Wdm1*").splitlines()
        names = [line.split()[1] for line in found]
        self.assertIn("wdm1!Wdm1Read", names)
        self.assertNotIn("wdm1!DriverEntry", names)
        self.assertEqual(names, [name for name in names if name.startswith("wdm1!Wdm1")])
        self.assertEqual([line.split()[1] for line in self.kd("x wdm1!wdm1????").splitlines()],
                         ["wdm1!Wdm1Read", "wdm1!Wdm1Grow"])
        self.assertIn("nt!IofCallDriver", self.kd("x nt!Iof*"))
        near = self.kd("ln wdm1!Wdm1Read+3")
        self.assertRegex(near, r"^\([0-9a-f`]{17}\)   wdm1!Wdm1Read\+0x3   \|  \([0-9a-f`]{17}\)   ")
        self.assertIn("Exact matches:\n    wdm1!Wdm1Read", self.kd("ln wdm1!Wdm1Read"))

    def test_imports_point_at_the_kernel(self):
        row = self.kd("dps wdm1!__imp_IoCreateDevice l1")
        self.assertRegex(row, r"^[0-9a-f`]{17}  [0-9a-f`]{17} nt!IoCreateDevice\n$")

    # ---- drivers and devices

    def test_drvobj(self):
        text = self.kd("!drvobj wdm1 7")
        self.assertRegex(text, r"^Driver object \([0-9a-f]{16}\) is for:\n \\Driver\\wdm1\n")
        self.assertRegex(text, r"\nDriverEntry:   [0-9a-f]{16}\twdm1!DriverEntry\n")
        self.assertIn("\nDriverStartIo: 00000000\t\n", text)
        self.assertRegex(text, r"\nDriverUnload:  [0-9a-f]{16}\twdm1!Wdm1Unload\n")
        rows = re.findall(r"^\[([0-9a-f]{2})\] (IRP_MJ_\w+) +[0-9a-f]{16}\t(\S+)$", text, re.M)
        self.assertEqual([int(row[0], 16) for row in rows], list(range(28)))
        routines = {row[1]: row[2] for row in rows}
        self.assertEqual(routines["IRP_MJ_READ"], "wdm1!Wdm1Read")
        self.assertEqual(routines["IRP_MJ_DEVICE_CONTROL"], "wdm1!Wdm1DeviceControl")
        self.assertEqual(routines["IRP_MJ_PNP"], "nt!IopInvalidDeviceRequest")
        self.assertEqual(set(routines.values()) - {"nt!IopInvalidDeviceRequest"},
                         {"wdm1!Wdm1Create", "wdm1!Wdm1Close", "wdm1!Wdm1Read", "wdm1!Wdm1Write",
                          "wdm1!Wdm1DeviceControl"})
        # By address, and as JSON.
        address = re.match(r"Driver object \((\w+)\)", text)[1]
        self.assertEqual(self.kd(f"!drvobj {address} 7"), text)
        self.assertEqual(self.kd_json("!drvobj \\Driver\\wdm1")["unload_symbol"],
                         "wdm1!Wdm1Unload")

    def test_devices(self):
        device = self.kd_json("!drvobj wdm1")["devices"][0]
        self.assertEqual(device["name"], "\\Device\\Wdm1")
        plain = device["address"][2:].zfill(16)
        text = self.kd("!devobj wdm1")
        self.assertTrue(text.startswith(
            f"Device object ({plain}) is for:\n Wdm1 \\Driver\\wdm1 DriverObject "))
        self.assertIn("Device queue is not busy.\n", text)
        self.assertEqual(self.kd(f"!devobj {plain}"), text)
        stack = self.kd("!devstack wdm1").splitlines()
        self.assertRegex(stack[0], r"!DevObj +!DrvObj +!DevExt +ObjectName")
        self.assertRegex(stack[1], rf"^> {plain}  \\Driver\\wdm1 +[0-9a-f]{{16}}  Wdm1$")

    def test_devnode(self):
        text = self.kd("!devnode 0 1")
        self.assertRegex(text, r"^Dumping IopRootDeviceNode \(= 0x[0-9a-f]{16}\)\n"
                               r"DevNode 0x[0-9a-f]{16} for PDO 0x[0-9a-f]{16}\n"
                               r'  InstancePath is "HTREE\\ROOT\\0"\n'
                               r"  State = DeviceNodeStarted \(0x308\)\n")
        root = self.kd_json("!devnode 0 1")[0]
        self.assertIn('DeviceInst is "HTREE\\ROOT\\0"', self.kd("!devstack " + root["pdo"]))
        self.assertIn("is no device node", self.kd("!devnode 12345", code=1))

    def test_the_node_of_a_driver(self):
        self.run_cove("devcon", "install", os.path.join(BUILD, "drivers", "toybus.inf"),
                      r"root\toybus")
        text = self.kd("!devnode 0 1")
        child = re.search(r"\n  DevNode 0x([0-9a-f]{16}) for PDO 0x([0-9a-f]{16})\n"
                          r'    InstancePath is "(ROOT\\[^"]+)"\n    ServiceName is "toybus"\n'
                          r"    State = DeviceNodeStarted \(0x308\)\n", text)
        self.assertTrue(child, text)
        node, device, instance = child.groups()
        self.assertIn(f'DevNode 0x{node} for PDO 0x{device}\n  InstancePath is "{instance}"\n',
                      self.kd("!devnode " + node))
        chosen = self.kd("!devnode 0 1 toybus")
        self.assertIn(instance, chosen)
        self.assertNotIn("HTREE", chosen)
        self.assertNotIn(instance, self.kd("!devnode 0 11"))  # what is not started
        stack = self.kd("!devstack " + device).splitlines()
        self.assertRegex(stack[1], r"^  [0-9a-f]{16}  \\Driver\\toybus ")
        self.assertRegex(stack[2], rf"^> {device}  \\Driver\\PnpManager ")
        self.assertEqual(stack[3:], [f"!DevNode {node} :", f'  DeviceInst is "{instance}"',
                                     '  ServiceName is "toybus"'])
        self.assertIn(" DevNode " + node, self.kd("!devobj " + device))
        self.assertIn("AttachedDevice (Upper) ", self.kd("!devobj " + device))

    def test_objects(self):
        text = self.kd("!object \\Device")
        self.assertRegex(text, r"^Object: [0-9a-f]{16}  Type: \([0-9a-f]{16}\) Directory\n"
                               r"    ObjectHeader: [0-9a-f]{16} \(new version\)\n"
                               r"    HandleCount: \d+  PointerCount: \d+\n"
                               r"    Directory Object: [0-9a-f]{16}  Name: Device\n")
        self.assertRegex(text, r"\n    [0-9a-f]{16} Device        Wdm1\n")
        link = self.kd("!object \\??\\Wdm1")
        self.assertIn("    Target String is '\\Device\\Wdm1'\n", link)
        self.assertIn("\\Driver\\wdm1", self.kd("!object 0 Driver"))
        self.assertIn("Object \\Device\\Nobody not found", self.kd("!object \\Device\\Nobody", 1))

    # ---- types and values

    def test_dt(self):
        text = self.kd("dt nt!_FILE_OBJECT")
        self.assertIn("   +0x000 Type             : Int2B\n", text)
        self.assertIn("   +0x008 DeviceObject     : Ptr64 _DEVICE_OBJECT\n", text)
        self.assertIn("   +0x0c0 IrpList          : _LIST_ENTRY\n", text)
        driver = self.kd_json("!drvobj wdm1")["address"]
        values = self.kd(f"dt nt!_DRIVER_OBJECT {driver}")
        self.assertIn('+0x038 DriverName       : _UNICODE_STRING "\\Driver\\wdm1"\n', values)
        self.assertRegex(values, r"\+0x068 DriverUnload     : 0x[0-9a-f`]{17} +wdm1!Wdm1Unload\n")
        one = self.kd(f"dt nt!_DRIVER_OBJECT DriverName {driver}")
        self.assertEqual(one.count("\n"), 1)
        deep = self.kd(f"dt -r1 nt!_DRIVER_OBJECT DriverName {driver}")
        self.assertRegex(deep, r"\n      \+0x000 Length           : 0x18\n")
        own = self.kd("dt wdm1!_WDM1_EXTENSION")
        self.assertRegex(own, r"^   \+0x000 \w+ +: ")
        self.assertIn("nt!_IRP\n", self.kd("dt nt!_IR*"))
        self.assertIn("not found", self.kd("dt wdm1!_NOBODY", code=1))

    def test_sizes_agree_with_the_driver_kit(self):
        """The same offsets in the kernel's types and in a driver's own PDB."""
        ours = self.kd("dt nt!_IRP").splitlines()
        theirs = self.kd("dt wdm1!_IRP").splitlines()
        self.assertGreater(len(ours), 20)
        self.assertEqual(ours, theirs)

    def test_values(self):
        self.assertEqual(self.kd("? 0n10 + 10"),
                         "Evaluate expression: 26 = 00000000`0000001a\n")
        self.assertRegex(self.kd("? wdm1!Wdm1Read - wdm1"),
                         r"^Evaluate expression: \d+ = 00000000`[0-9a-f]{8}\n$")
        self.assertIn("  Decimal: 473988706\n", self.kd(".formats 1c407e62"))
        self.assertRegex(self.kd("db wdm1 l4"), r"^[0-9a-f`]{17}  4d 5a [0-9a-f]{2} [0-9a-f]{2} +MZ")
        self.assertRegex(self.kd("vertarget"), r"Kernel Version 22621 MP \(\d+ procs\) Free x64")
        self.assertIn("STATUS_ACCESS_DENIED", self.kd("!error c0000022"))

    # ---- programs, requests, handles, pool

    def test_a_request_that_waits(self):
        program = subprocess.Popen(
            [COVE, "exec", os.path.join(BUILD, "test", "programs", "hold.exe")], env=self.environment, cwd=self.folder,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 30
            waiting = []
            while not waiting and time.monotonic() < deadline and program.poll() is None:
                waiting = [irp for irp in self.kd_json("!irpfind")
                           if irp.get("driver_name") == "\\Driver\\pending" and
                           self.waits_for_ever(irp["address"])]
            if not waiting:
                self.fail(f"no request waits; the program: {program.poll()}")
            address = waiting[0]["address"][2:].zfill(16)
            self.look_at_request(address, waiting[0])
        finally:
            program.terminate()
            program.wait(timeout=60)

    def waits_for_ever(self, address):
        """IOCTL_PENDING_WAIT with an event, which hold.exe never cancels."""
        text = self.run_cove("kd", "--json", "-c", "!irp " + address, code=None)
        irp = json.loads(text) if text.startswith("{") else {}
        return irp.get("user_event", "0x0") != "0x0" and any(
            location["arguments"]["3"] == "0x222080" for location in irp["locations"])

    def look_at_request(self, address, irp):
        text = self.kd(f"!irp {address} 1")
        self.assertRegex(text, r"^Irp is active with \d+ stacks \d+ is current \(= 0x[0-9a-f]{16}\)\n")
        self.assertRegex(text, r"\n>\[IRP_MJ_\w+\([0-9a-f]+\), N/A\(0\)\]\n +[0-9a-f]+ +[0-9a-f]+ "
                               r"[0-9a-f]{16} [0-9a-f]{16} [0-9a-f]+-[0-9a-f]+.* pending\n"
                               r"\t +\\Driver\\pending\t")
        self.assertRegex(text, r"\nCancelRoutine = [0-9a-f]{16} ")
        line = [row for row in self.kd("!irpfind").splitlines() if row.startswith(address)]
        self.assertEqual(len(line), 1)
        self.assertIn("current stack belongs to  \\Driver\\pending", line[0])
        found = self.kd_json(f"!irpfind 0 0 thread {irp['thread']}")
        self.assertIn(irp["address"], [item["address"] for item in found])
        # The thread, its process, and the file by the process's handles.
        thread = self.kd(f"!thread {irp['thread']}")
        self.assertRegex(thread, r"^THREAD [0-9a-f]{16}  Cid [0-9a-f]{4,}\.[0-9a-f]{4,}  Teb: ")
        self.assertIn("    " + address, thread)
        process = [item for item in self.kd_json("!process 0 0") if item["image"] == "hold.exe"][0]
        listed = self.kd("!process 0 0 hold.exe")
        self.assertIn("**** NT ACTIVE PROCESS DUMP ****\nPROCESS ", listed)
        self.assertIn("    Image: hold.exe\n", listed)
        self.assertIn("THREAD ", self.kd(f"!process {process['address']} 2"))
        files = [item for item in self.kd_json(f"!handle 0 3 {process['address']} File")
                 if item["name"].startswith("\\Device\\Pending")]
        self.assertTrue(files)
        self.assertRegex(self.kd(f"!handle 0 3 {process['address']} File"),
                         r"\n[0-9a-f]{4,}: Object: [0-9a-f]{16}  GrantedAccess: [0-9a-f]{8}")
        file = self.kd(f"!fileobj {files[0]['object']}")
        self.assertIn("\\Driver\\pending", file)
        self.assertIn("FO_HANDLE_CREATED", file)

    def test_pool(self):
        text = self.kd("!poolused")
        self.assertRegex(text, r"\n Tag    Allocs     Used    Allocs     Used\n")
        self.assertRegex(text, r"\n TOTAL +\d+ +\d+ +\d+ +\d+\n$")
        device = self.kd_json("!drvobj wdm1")["devices"][0]["address"]
        page = self.kd("!pool " + device)
        self.assertRegex(page, r"\n\*[0-9a-f]{16} size: +[0-9a-f]+  \(Allocated\) \*\w+")
        self.assertIn("is not pool", self.kd("!pool wdm1", code=1))

    @unittest.skipUnless(MINGW and os.path.isdir(DDK), "mingw-w64's ddk is not there")
    def test_a_driver_of_mingw(self):
        source = os.path.join(self.folder, "gnu.c")
        with open(source, "w", encoding="ascii") as file:
            file.write(MINGW_DRIVER)
        image = os.path.join(self.folder, "gnu.sys")
        subprocess.run([MINGW, "-w", "-g", "-O1", "-nostdlib", "-shared", "-I" + DDK,
                        "-Wl,--subsystem,native", "-Wl,-e,DriverEntry", "-o", image, source,
                        "-lntoskrnl"], check=True)
        self.start("gnu", image)
        self.assertRegex(self.kd("!drvobj gnu 2"), r"\nDriverUnload:  [0-9a-f]{16}\tgnu!GnuUnload\n")
        self.assertIn("(coff symbols)", self.kd("lmv m gnu"))
        state = self.kd("dt gnu!GnuState")
        self.assertIn("+0x010 Low              : 0x5\n", state)
        self.assertIn("+0x010 High             : 0x9\n", state)
        self.assertIn("+0x028 Counts           : [4] 0n-3\n", state)
        self.assertIn(" : 2 ( GnuTwo )\n", state)
        self.assertIn("   GnuOne = 0n1\n", self.kd("dt gnu!gnu_kind"))
        # The file changes: its symbols are no longer believed.
        with open(image, "r+b") as file:
            data = bytearray(file.read())
            at = int.from_bytes(data[0x3c:0x40], "little") + 8
            data[at] ^= 1
            file.seek(0)
            file.write(data)
        self.assertIn("its file is not the one that was loaded", self.kd("lmv m gnu"))
        self.assertRegex(self.kd("!drvobj gnu 2"), r"\nDriverUnload:  [0-9a-f]{16}\tgnu\+0x1")

    # ---- what is wrong

    def test_errors_are_lines(self):
        for command in ("? nobody", "db 0 l10", "db ffffffffffffffff l10", "!drvobj 12",
                        "!devobj 4a0000000000", "!irp 0", "!irp wdm1", "!object 1", "!thread 1",
                        "!process ffff", "!fileobj 7fffffffffff", "!pool 0", "dt nt!_IRP 1",
                        "!handle 0 3 5", "bp wdm1!Wdm1Read", "!nothing", "nonsense"):
            with self.subTest(command=command):
                self.assertNotEqual(self.kd(command, code=1).strip(), "")
        self.assertIn("come with a later version", self.kd("bp wdm1!Wdm1Read", code=1))

    def test_lines_from_a_pipe(self):
        result = subprocess.run([COVE, "kd"], env=self.environment, text=True, timeout=60,
                                input="? 1\n? 2\nq\n? 3\n", capture_output=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(re.findall(r"expression: (\d)", result.stdout), ["1", "2"])

    def test_a_prompt_at_a_terminal(self):
        script = ("import os,pty,sys\npid, fd = pty.fork()\n"
                  "if not pid:\n    os.execv(sys.argv[1], [sys.argv[1], 'kd'])\n"
                  "text = b''\n"
                  "def until(what):\n    global text\n"
                  "    while what not in text:\n        text += os.read(fd, 4096)\n"
                  "until(b'kd> ')\nos.write(fd, b'? 0n21*2\\r')\nuntil(b'0000002a')\n"
                  "os.write(fd, b'q\\r')\n"
                  "sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))\n")
        result = subprocess.run([sys.executable, "-c", script, COVE], timeout=60,
                                env=dict(self.environment, TERM="xterm"), capture_output=True)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_wild_addresses(self):
        """Whatever is pointed at, the machine goes on and the debugger ends by itself."""
        chosen = random.Random(4)
        modules = self.kd_json("lm")
        bases = [int(module["start"], 16) for module in modules]
        bases += [int(self.kd_json("!drvobj wdm1")["address"], 16), 0x4a0000000000, 0x4b0000000000,
                  0x200000000000, 0xfffff78000000000, 0, 0x7ffe0000, 0x7fffffffffff]
        verbs = ["!drvobj", "!devobj", "!devstack", "!object", "!irp", "!fileobj", "!thread",
                 "!process", "!pool", "!devnode", "!handle 0 3", "dps", "da", "du", "ln", "db",
                 "dt nt!_IRP", "dt -r3 nt!_DEVICE_OBJECT", "? poi", "!irpfind 0 0 device"]
        for _ in range(12):
            commands = []
            for _ in range(40):
                address = (chosen.choice(bases) + chosen.choice((0, 1, 8, 0x90, 0xfff, 0x1000,
                           chosen.randrange(1 << 20), -8))) & (1 << 64) - 1
                commands.append(f"{chosen.choice(verbs)} ({address:x})"
                                if chosen.random() < .2 else f"{chosen.choice(verbs)} {address:x}")
            self.kd("; ".join(commands), code=None)
        self.assertIn("wdm1", self.kd("!drvobj wdm1"))


class Alone(unittest.TestCase):
    def test_no_machine(self):
        result = subprocess.run([COVE, "kd", "-m", "nobody", "-c", "lm"], text=True,
                                env=dict(os.environ, COVE_RUNTIME_DIR=tempfile.gettempdir()),
                                capture_output=True, timeout=60)
        self.assertEqual(result.returncode, 1)
        self.assertIn("no machine 'nobody' is running", result.stderr)

    def test_help(self):
        result = subprocess.run([COVE, "kd", "--help"], text=True, capture_output=True, timeout=60)
        self.assertEqual(result.returncode, 0)
        self.assertIn("usage: cove kd [-m NAME]", result.stdout)


if __name__ == "__main__":
    unittest.main()
