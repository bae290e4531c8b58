# SPDX-License-Identifier: MIT
"""Installing packages: what INFs can ask for, interrupted installations, two at once."""
import json
import os
import signal
import socket
import struct
import subprocess
import threading
import unittest

from kit import COVE, CoveTest, program, wait_until
from package import CLASS, package

WIRE_CONTROL = 7


class SetupTest(CoveTest):
    machine_name = "setup"

    def setUp(self):
        self.good("boot", self.machine_name, "--fresh")
        self.addCleanup(self.cove, "shutdown", self.machine_name)

    def devcon(self, *words, code=0):
        done = self.cove("devcon", "-m", self.machine_name, *words)
        self.assertEqual(done.returncode, code, f"{words}\n{done.stdout}\n{done.stderr}")
        return done

    def inf(self, name, folder="", **fields):
        return package(os.path.join(self.folder, self.id(), folder or name), name, **fields)

    def devices(self, pattern="@ROOT\\*"):
        return json.loads(self.devcon("--json", "findall", pattern).stdout)

    def packages(self):
        return json.loads(self.devcon("--json", "dp_enum").stdout)

    def drive(self, *path):
        return os.path.join(self.runtime, "state", self.machine_name, "drive-c", *path)

    def store_files(self):
        """Every file that an installation may have put on drive C:."""
        found = []
        for folder in ("Windows/INF", "Windows/System32/drivers", "Windows/System32/DriverStore"):
            for where, _, names in os.walk(self.drive(folder)):
                found += [os.path.relpath(os.path.join(where, name), self.drive())
                          for name in names]
        return sorted(name for name in found if not name.endswith("setupapi.dev.log"))

    def ask(self, *words):
        """A request at the control door; answers the JSON, or None when the machine ended."""
        text = b"".join(word.encode() + b"\0" for word in words)
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as door:
            door.connect(os.path.join(self.runtime, self.machine_name + ".sock"))
            door.send(struct.pack("<IIII", WIRE_CONTROL, 0, 0, len(text)) + text)
            answer = door.recv(1 << 17)
        return json.loads(answer[16:]) if answer else None

    def registry(self, key):
        done = self.cove("reg", "-m", self.machine_name, "query", key)
        return done.stdout


class Inf(SetupTest):
    """Each kind of entry, seen by the driver or on drive C:."""

    def log_of(self, name):
        log = subprocess.Popen([COVE, "log", "-m", self.machine_name], text=True,
                               env=self.environment, stdout=subprocess.PIPE)
        first = log.stdout.readline()  # it has begun
        self.good("shutdown", self.machine_name)
        text = first + log.stdout.read()
        log.stdout.close()
        log.wait(timeout=20)
        return text

    def test_registry_reaches_the_driver(self):
        self.devcon("install", self.inf(
            "one", install="AddReg=SwReg",
            hw="[Device.NT.HW]\nAddReg=HwReg\n[HwReg]\nHKR,,Greeting,,\"from hw\"\n",
            more='[SwReg]\nHKR,,Greeting,,"from sw"\n'), "root\\one")
        log = self.log_of("one")
        # Once each: the stack is built once.
        self.assertEqual(log.count("packaged: the software key says from sw"), 1)
        self.assertEqual(log.count("packaged: the hardware key says from hw"), 1)

    def test_each_part(self):
        """What each part of an install section leaves in the registry."""
        interface = "{aaaaaaaa-1111-2222-3333-444444444444}"
        self.devcon("install", self.inf(
            "one",
            install="AddReg=SwReg\nAddProperty=Props\nFeatureScore=80",
            service="DisplayName=\"Shown\"\nDescription=\"Told\"\nLoadOrderGroup=Group\n"
                    "Dependencies=other,+AGroup\nSecurity=\"D:P(A;;GA;;;SY)\"\nAddReg=SvcReg\n"
                    "DelayedAutoStart=1\nRequiredPrivileges=SeA,SeB",
            services="AddService=one,2,Service,EventLog\nAddService=boots,,Boots",
            hw="[Device.NT.HW]\nAddReg=HwReg\nDelReg=HwDel\n"
               "[HwReg]\nHKR,,Number,0x10001,0x1234\nHKR,,Bytes,1,1,2,ff\n"
               "HKR,,List,0x10000,a,b\nHKR,Sub,Text,0x20000,\"%%windir%%\"\n"
               "HKR,,Gone,,x\nHKR,,Kept,,first\nHKR,,Kept,2,second\n"
               "HKR,,DeviceCharacteristics,0x10001,0x100\n[HwDel]\nHKR,,Nothing\n"
               "[Device.NT.Interfaces]\nAddInterface=" + interface + ",ref,Interface\n"
               "[Device.NT.Wdf]\nKmdfService=one,Wdf\n[Wdf]\nKmdfLibraryVersion=1.15\n"
               "[Device.NT.Events]\nAddEventProvider="
               "{bbbbbbbb-1111-2222-3333-444444444444},Events\n",
            more="[SwReg]\nHKLM,\"Software\\Maker\\Deep\",Value,,1\n"
                 "[SwReg.Security]\n\"D:P(OD;CI;KW;;;BU)(A;CI;GA;;;SY)(A;CI;GA;;;BA)\"\n"
                 "[SvcReg]\nHKR,Parameters,P,0x10001,7\n"
                 "[EventLog]\nAddReg=EventReg\n[EventReg]\nHKR,,TypesSupported,0x10001,7\n"
                 "[Props]\n{cccccccc-1111-2222-3333-444444444444},5,18,,\"prop\"\n"
                 "[Interface]\nAddReg=IfReg\n[IfReg]\nHKR,,FriendlyName,,Face\n"
                 "[Boots]\nServiceType=1\nStartType=1\nErrorControl=0\n"
                 "ServiceBinary=%12%\\boots.sys\nLoadOrderGroup=Group\n"
                 "[Events]\nProviderName=Prov\nResourceFile=%13%\\one.sys\n"
                 "AddChannel=Prov/Admin,1,Channel\nImportChannel=System\n"
                 "[Channel]\nEnabled=1\nValue=17\n"), "root\\one")
        service = "HKLM\\SYSTEM\\CurrentControlSet\\Services\\"
        device = "HKLM\\SYSTEM\\CurrentControlSet\\Enum\\ROOT\\SYSTEM\\0000"
        winevt = "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WINEVT\\"
        face = ("HKLM\\SYSTEM\\CurrentControlSet\\Control\\DeviceClasses\\" + interface +
                "\\##?#ROOT#SYSTEM#0000#" + interface)
        for key, wanted in (
                (service + "one", (
                    r"Type +REG_DWORD +0x1", r"Start +REG_DWORD +0x3", r"ErrorControl +REG_DWORD +0x1",
                    r"ImagePath +REG_EXPAND_SZ +\\SystemRoot\\System32\\DriverStore\\.*\\one\.sys",
                    r"DisplayName +REG_SZ +Shown", r"Description +REG_SZ +Told",
                    r"Group +REG_SZ +Group", r"DependOnService +REG_MULTI_SZ +other",
                    r"DependOnGroup +REG_MULTI_SZ +AGroup", r"DelayedAutostart +REG_DWORD +0x1",
                    r"RequiredPrivileges +REG_MULTI_SZ +SeA.+SeB", r"Owners +REG_MULTI_SZ +oem0\.inf")),
                (service + "one\\Parameters", (r"P +REG_DWORD +0x7",)),
                (service + "one\\Parameters\\Wdf", (r"KmdfLibraryVersion +REG_SZ +1\.15",)),
                (service + "one\\Security", (r"Security +REG_BINARY +01",)),
                (service + "boots", (r"ImagePath +REG_EXPAND_SZ +\\SystemRoot\\System32\\drivers"
                                     r"\\boots\.sys", r"Tag +REG_DWORD +0x1")),
                (service + "EventLog\\System\\one", (r"TypesSupported +REG_DWORD +0x7",)),
                (device, (r"DeviceCharacteristics +REG_DWORD +0x100", r"Mfg +REG_SZ +Test Maker",
                          r"DeviceDesc +REG_SZ +one device", r"ConfigFlags +REG_DWORD +0x0")),
                (device + "\\Device Parameters", (
                    r"Number +REG_DWORD +0x1234", r"Bytes +REG_BINARY +0102FF",
                    r"List +REG_MULTI_SZ +a.+b", r"Kept +REG_SZ +first")),
                (device + "\\Device Parameters\\Sub", (r"Text +REG_EXPAND_SZ +%windir%",)),
                (device + "\\Properties\\{cccccccc-1111-2222-3333-444444444444}\\0005", (
                    r"\(Default\) +\S+ +7000720",)),
                ("HKLM\\SOFTWARE\\Maker\\Deep", (r"Value +REG_SZ +1",)),
                (face, (r"DeviceInstance +REG_SZ +ROOT\\SYSTEM\\0000",)),
                (face + "\\#ref", (r"SymbolicLink +REG_SZ +\\\\\?\\ROOT#SYSTEM#0000#\S+\\ref",)),
                (face + "\\#ref\\Device Parameters", (r"FriendlyName +REG_SZ +Face",)),
                (winevt + "Publishers\\{bbbbbbbb-1111-2222-3333-444444444444}", (
                    r"\(Default\) +REG_SZ +Prov", r"ResourceFileName +REG_EXPAND_SZ +C:\\.*one\.sys")),
                (winevt + "Publishers\\{bbbbbbbb-1111-2222-3333-444444444444}\\ChannelReferences", (
                    r"Count +REG_DWORD +0x2",)),
                (winevt + "Channels\\Prov/Admin", (r"Enabled +REG_DWORD +0x1",))):
            text = self.registry(key)
            for row in wanted:
                with self.subTest(key=key, row=row):
                    self.assertRegex(text, row)
        out = self.cove("pnputil", "-m", self.machine_name, "/enum-interfaces").stdout
        self.assertRegex(out, r"Interface Path: +\\\\\?\\ROOT#SYSTEM#0000#\S+\\ref\n")
        self.devcon("remove", "root\\one")
        self.assertNotIn("DeviceInstance", self.registry(face))

    def test_resources(self):
        self.devcon("install", self.inf(
            "one", install="LogConfig=Conf",
            more="[Conf]\nConfigPriority=HARDWIRED\nIOConfig=2f8-2ff\nIRQConfig=5\n"), "root\\one")
        text = self.registry("HKLM\\SYSTEM\\CurrentControlSet\\Enum\\ROOT\\SYSTEM\\0000\\LogConf")
        # One list of two: port 2f8 to 2ff and interrupt 5.
        self.assertRegex(text, r"BasicConfigVector +REG_RESOURCE_REQUIREMENTS_LIST +68000000")
        self.assertIn("F802000000000000FF02000000000000", text)
        self.assertIn("0500000005000000", text)
        done = self.good("exec", "-m", self.machine_name, program("resources"),
                         "ROOT\\SYSTEM\\0000")
        self.assertIn("all checks passed", done.stdout)

    def test_destinations(self):
        self.devcon("install", self.inf("one", dirid=12), "root\\one")
        self.assertTrue(os.path.exists(self.drive("Windows/System32/drivers/one.sys")))
        self.assertEqual(self.devices()[0]["problem"], 0)

    def test_extension_and_filters(self):
        ext = self.inf(
            "ext", ids=("root\\one",), class_name="Extension",
            class_guid="{e2f84ce7-8efa-411c-aa69-97454ca4cb57}",
            version_more="ExtensionId={11111111-2222-3333-4444-555555555555}",
            services="AddService=ext,,Service",
            hw="[Device.NT.Filters]\nAddFilter=ext,,Filter\n",
            more="[Filter]\nFilterPosition=Upper\n")
        self.devcon("dp_add", ext)
        self.devcon("install", self.inf("one"), "root\\one")
        device = self.devices()[0]
        self.assertEqual([row["driver"] for row in device["stack"][1:]], ["one", "ext"])
        self.assertEqual(device["upper_filters"], ["ext"])
        self.assertRegex(device["extensions"][0], r"^oem0\.inf:")
        # An extension that comes later reaches devices that are there.
        late = self.inf(
            "late", ids=("root\\one",), class_name="Extension",
            class_guid="{e2f84ce7-8efa-411c-aa69-97454ca4cb57}",
            version_more="ExtensionId={11111111-2222-3333-4444-666666666666}",
            services="AddService=late,,Service",
            hw="[Device.NT.Filters]\nAddFilter=late,,Filter\n",
            more="[Filter]\nFilterPosition=Lower\n")
        done = self.cove("pnputil", "-m", self.machine_name, "/add-driver", late, "/install")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual([row["driver"] for row in self.devices()[0]["stack"][1:]],
                         ["late", "one", "ext"])

    def test_best_driver(self):
        """Rank before date before version."""
        vague = self.inf("vague", ids=("x\\nothing,root\\one",), date="01/01/2026",
                         version="9.0.0.0")
        exact = self.inf("exact", ids=("root\\one",), date="01/01/2020", version="1.0.0.0")
        later = self.inf("later", ids=("root\\one",), date="01/01/2021", version="0.1.0.0")
        newer = self.inf("newer", ids=("root\\one",), date="01/01/2021", version="0.2.0.0")
        self.devcon("install", vague, "root\\one")
        expected = ["vague"]
        for inf, name in ((exact, "exact"), (later, "later"), (newer, "newer")):
            done = self.cove("pnputil", "-m", self.machine_name, "/add-driver", inf, "/install")
            self.assertEqual(done.returncode, 0, done.stdout)
            self.assertEqual(self.devices()[0]["service"], name)
            expected.insert(0, name)
        done = self.cove("pnputil", "-m", self.machine_name, "/add-driver", vague, "/install")
        self.assertEqual(done.returncode, 259 & 0xff, done.stdout)
        nodes = self.devcon("drivernodes", "root\\one").stdout
        order = [line.split()[3] for line in nodes.splitlines() if "description is" in line]
        self.assertEqual(order, expected)

    def test_refusals(self):
        """Nothing of a refused package is left, and the words say what to do."""
        cases = (
            (dict(services="AddService=other,,Service"), "no function driver"),
            (dict(services="AddService=one,2,Nowhere"), "(?i)nowhere|no section"),
            (dict(models="%Device%=Missing,root\\one"), r"\[Missing\]"),
            (dict(source_files="one.sys=1\nother.sys=1", files="one.sys\nother.sys"),
             "no file other.sys"),
            (dict(version_more="[Broken"), "one.inf"),
            (dict(class_guid=""), "ClassGuid|GUID"),
        )
        for index, (fields, wanted) in enumerate(cases):
            with self.subTest(wanted=wanted):
                inf = self.inf("one", folder=str(index), **fields)
                done = self.devcon("install", inf, "root\\one", code=2)
                self.assertRegex(done.stderr, wanted)
                self.assertEqual(self.devices(), [])
        done = self.devcon("install", self.inf("one", folder="id"), "root\\two", code=2)
        self.assertIn("root\\two", done.stderr)

    def test_other_targets(self):
        for decoration in ("NTx86", "NTarm64", "NTamd64.10.0...99999"):
            inf = self.inf("one", folder=decoration)
            with open(inf, encoding="utf-8") as file:
                text = file.read()
            with open(inf, "w", encoding="utf-8") as file:
                file.write(text.replace("NTamd64", decoration))
            done = self.devcon("install", inf, "root\\one", code=2)
            self.assertIn("no models section serves this machine", done.stderr)

    def test_include_and_needs(self):
        """machine.inf comes with the machine: its NO_DRV says that there is no driver."""
        self.devcon("install", self.inf(
            "one", services="Include=machine.inf\nNeeds=NO_DRV.Services\nAddService=one,2,Service"),
            "root\\one")
        self.assertEqual(self.devices()[0]["service"], "one")
        done = self.devcon("install", self.inf(
            "two", services="Include=nowhere.inf\nNeeds=X\nAddService=two,2,Service"),
            "root\\two", code=2)
        self.assertIn("nowhere.inf", done.stderr)

    def test_null_driver(self):
        inf = self.inf("one", services="AddService=,2", binaries=(), install="", files="",
                       source_files="", more="")
        self.devcon("dp_add", inf)

    def test_coinstallers_are_not_run(self):
        self.devcon("install", self.inf(
            "one", source_files="one.sys=1\nWdfCoInstaller01011.dll=1",
            more="[Device.NT.CoInstallers]\nCopyFiles=Co\n[Co]\nWdfCoInstaller01011.dll\n"),
            "root\\one")
        with open(self.drive("Windows/INF/setupapi.dev.log"), encoding="utf-8") as file:
            log = file.read()
        self.assertRegex(log, r"WdfCoInstaller01011\.dll is listed in line \d+ but nothing copies")
        self.assertIn("[Device.NT.CoInstallers] is not carried out", log)


class Signing(SetupTest):
    def test_not_signed(self):
        """Test-signed at once in test-signing mode; out of it not installed, not loaded any more."""
        inf = self.inf("one")
        self.devcon("install", inf, "root\\one")
        self.assertEqual(self.packages()[0]["signer"], "Cove Test Certificate")
        # The catalog is a real one and lists the files; beside the INF nothing has come.
        catalogs = [path for path in self.store_files() if path.endswith("one.cat")]
        self.assertEqual(len(catalogs), 1)
        said = self.good("inf2cat", "--show", self.drive(catalogs[0]), inf,
                         os.path.join(os.path.dirname(inf), "one.sys")).stdout
        self.assertIn("test signed", said)
        self.assertIn("Cove Test Certificate", said)
        self.assertEqual([name for name in os.listdir(os.path.dirname(inf)) if "cat" in name], [])
        self.good("shutdown", self.machine_name)
        self.good("boot", self.machine_name, "--signing", "on")
        device = self.devices()[0]
        self.assertEqual((device["problem"], device["problem_status"]), (52, 0xc0000428))
        self.assertIn("The device has the following problem: 52",
                      self.devcon("status", "root\\one").stdout)
        other = self.inf("two")
        done = self.devcon("dp_add", other, code=2)
        self.assertIn("the package is not signed", done.stderr)
        self.good("shutdown", self.machine_name)
        self.good("boot", self.machine_name)
        self.assertEqual(self.devices()[0]["problem"], 0)

    def tool(self, *words):
        subprocess.run(words, check=True, cwd=self.folder, stdout=subprocess.DEVNULL,
                       stderr=subprocess.PIPE)

    def signed(self, name):
        """A package whose catalog is signed by a certificate of its own, own.pem."""
        inf = self.inf(name, version_more=f"CatalogFile={name}.cat")
        folder = os.path.dirname(inf)
        self.good("inf2cat", folder)
        catalog = os.path.join(folder, name + ".cat")
        self.tool("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem",
                  "-out", "own.pem", "-days", "9", "-subj", "/CN=Test Signer", "-addext",
                  "extendedKeyUsage=codeSigning")
        self.tool("osslsigncode", "sign", "-certs", "own.pem", "-key", "key.pem", "-h", "sha256",
                  "-in", catalog, "-out", "signed.cat")
        os.replace(os.path.join(self.folder, "signed.cat"), catalog)
        return inf

    def test_signed(self):
        inf = self.signed("one")
        self.devcon("install", inf, "root\\one")
        self.assertEqual(self.packages()[0]["signer"], "Test Signer")
        self.assertIn("Inf is digitally signed", self.devcon("drivernodes", "root\\one").stdout)
        # A signed driver is better than one that is not, whatever its date.
        self.good("shutdown", self.machine_name)
        self.good("boot", self.machine_name, "--signing", "off")
        newer = self.inf("newer", ids=("root\\one",), date="01/01/2027")
        done = self.cove("pnputil", "-m", self.machine_name, "/add-driver", newer, "/install")
        self.assertEqual(done.returncode, 259 & 0xff)
        # Out of test-signing mode its signer has to be vouched for.
        self.good("shutdown", self.machine_name)
        self.good("boot", self.machine_name, "--fresh", "--signing", "on")
        done = self.devcon("dp_add", inf, code=2)
        self.assertIn('nobody vouches for "Test Signer"', done.stderr)
        self.environment["COVE_ROOTS"] = os.path.join(self.folder, "own.pem")
        try:
            self.devcon("install", inf, "root\\one")
        finally:
            del self.environment["COVE_ROOTS"]
        self.assertEqual(self.devices()[0]["problem"], 0)

    def test_changed_after_signing(self):
        inf = self.signed("one")
        with open(inf, "a", encoding="utf-8") as file:
            file.write("; changed\n")
        done = self.devcon("install", inf, "root\\one", code=2)
        self.assertIn("one.inf", done.stderr)
        self.assertEqual(self.packages(), [])
        self.good("shutdown", self.machine_name)
        self.good("boot", self.machine_name, "--signing", "off")
        self.devcon("install", inf, "root\\one")

    def test_mode_of_a_run(self):
        inf = self.inf("one")
        self.good("run", "--quiet", "--signing", "off", inf)
        done = self.cove("run", "--signing", "on", inf)
        self.assertEqual(done.returncode, 1)
        self.assertIn("the package is not signed", done.stderr)
        self.assertEqual(self.cove("run", "--signing", "maybe", inf).returncode, 2)


class Interrupted(SetupTest):
    def boot_again(self):
        """The process that ended may hold its socket for a moment yet."""
        self.assertTrue(wait_until(
            lambda: self.cove("boot", self.machine_name).returncode == 0))

    def state(self):
        return (self.store_files(), [device["instance"] for device in self.devices()],
                [row["published"] for row in self.packages()])

    def test_each_step_fails(self):
        """With every step failing once: nothing is left; then it installs."""
        inf = self.inf("one", dirid=12, install="AddReg=R",
                       more='[R]\nHKLM,"Software\\T\\Deep",V,,1\n')
        before = self.state()
        self.ask("setup-fault", "0", "0")
        step, good = 0, 0
        while step < 200:
            step += 1
            self.ask("setup-fault", str(step), "0")
            done = self.cove("devcon", "-m", self.machine_name, "install", inf, "root\\one")
            steps = self.ask("setup-fault", "0", "0")["steps"]
            files, devices, packages = self.state()
            if done.returncode == 0:  # only a file's last renaming cannot fail any more
                good += 1
                self.assertEqual(self.devices()[0]["problem"], 0)
                self.devcon("remove", "root\\one")
                os.unlink(self.drive("Windows/System32/drivers/one.sys"))
            else:
                self.assertEqual(devices, [], step)
            if packages:
                self.assertEqual(packages, ["oem0.inf"])
                self.devcon("dp_delete", "oem0.inf")
            self.assertEqual(self.state(), before, step)
            if done.returncode == 0 and steps < step:
                break
        self.assertGreater(step, 30)
        self.assertLess(good, 8)

    def test_dies_at_each_step(self):
        """The process ends at every third step: the next boot finds it whole or sweeps it."""
        inf = self.inf("one", dirid=12)
        step, whole, absent = 1, 0, 0
        while step < 200:
            self.ask("setup-fault", "0", str(step))
            done = self.cove("devcon", "-m", self.machine_name, "install", inf, "root\\one")
            if done.returncode == 0:
                break
            self.boot_again()
            files, devices, packages = self.state()
            if devices:
                self.assertEqual(self.devices()[0]["problem"], 0, step)
                self.assertIn("Windows/System32/drivers/one.sys", files)
                self.devcon("remove", "root\\one")
                whole += 1
            else:
                self.assertNotIn("Windows/System32/drivers/one.sys", files, step)
                absent += 1
            self.assertFalse([name for name in files if name.endswith((".new", "pending.txt"))],
                             step)
            self.assertEqual("oem0.inf" in packages, "Windows/INF/oem0.inf" in files)
            self.cove("devcon", "-m", self.machine_name, "dp_delete", "oem0.inf")
            # A file in DIRID 12 stays when its package goes, as on the original.
            path = self.drive("Windows/System32/drivers/one.sys")
            if os.path.exists(path):
                os.unlink(path)
            step += 3
        self.assertGreater(absent, 3)
        self.assertLess(step, 200)

    def test_killed(self):
        """kill -9 at any time during installations."""
        infs = [self.inf(f"dev{index}") for index in range(6)]
        for round_ in range(4):
            pid = self.machine(self.machine_name)["pid"]
            installer = threading.Thread(target=lambda: [
                self.cove("devcon", "-m", self.machine_name, "install", inf, f"root\\dev{index}")
                for index, inf in enumerate(infs)])
            installer.start()
            wait_until(lambda: os.path.exists(self.drive(f"Windows/INF/oem{round_}.inf")), 5)
            os.kill(pid, signal.SIGKILL)
            installer.join()
            self.boot_again()
            packages = {row["published"] for row in self.packages()}
            for device in self.devices():
                self.assertEqual(device["problem"], 0, device)
                self.assertIn(device["inf"], packages)
            files = self.store_files()
            self.assertFalse([name for name in files if name.endswith((".new", "pending.txt"))])
            self.assertEqual({f"Windows/INF/{name}" for name in packages},
                             {name for name in files if name.startswith("Windows/INF/oem")})

    def test_two_at_once(self):
        infs = [self.inf(f"dev{index}") for index in range(8)]
        jobs = [subprocess.Popen([COVE, "devcon", "-m", self.machine_name, "install", inf,
                                  f"root\\dev{index}"], env=self.environment, cwd=self.folder,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
                for index, inf in enumerate(infs)]
        for job in jobs:
            out, _ = job.communicate(timeout=60)
            self.assertEqual(job.returncode, 0, out)
        devices = self.devices()
        self.assertEqual(sorted(device["service"] for device in devices),
                         [f"dev{index}" for index in range(8)])
        self.assertEqual({device["problem"] for device in devices}, {0})
        self.assertEqual(len({device["driver"] for device in devices}), 8)
        self.assertEqual(len({row["published"] for row in self.packages()}), 8)


class Run(CoveTest):
    def test_packages_of_a_run(self):
        folder = os.path.join(self.folder, "run")
        inf = package(folder, "one", ids=("root\\one", "root\\other"))
        done = self.cove("run", inf, "--", os.path.join(
            os.path.dirname(COVE), "..", "test", "programs", "console.exe"), "err")
        self.assertEqual(done.returncode, 9, done.stderr)
        self.assertNotIn("left", done.stderr)
        done = self.good("run", "--quiet", inf)
        self.assertEqual(done.stderr, "")

    def test_a_package_that_is_none(self):
        path = os.path.join(self.folder, "text.inf")
        with open(path, "w", encoding="utf-8") as file:
            file.write("no package\n")
        done = self.cove("run", path)
        self.assertEqual(done.returncode, 1)
        self.assertIn("text.inf", done.stderr)


if __name__ == "__main__":
    unittest.main()
