# SPDX-License-Identifier: MIT
"""`cove inf` and `cove stampinf` as their users call them: lines, JSON, exit codes, files."""
import json
import os
import re
import subprocess
import tempfile
import unittest

COVE = os.environ.get("COVE", "cove")

TEMPLATE = """[Version]
Signature="$WINDOWS NT$"
Class=Sample
ClassGuid={78A1C341-4539-11d3-B88D-00C04FAD5171}
Provider=%P%
DriverVer=
CatalogFile=sample.cat
PnpLockdown=1
[SourceDisksNames]
1=%P%
[SourceDisksFiles]
sample.sys=1,x64
[DestinationDirs]
DefaultDestDir=13
[Manufacturer]
%P%=Models,NT$ARCH$.10.0...16299
[Models.NT$ARCH$.10.0...16299]
%D%=Install,Root\\Sample,Root\\Other
[Install]
CopyFiles=@sample.sys
AddReg=Values
[Values]
HKR,,Text,,x
[Install.Services]
AddService=sample,2,Service
[Install.Filters]
AddFilter=above,,Above
[Above]
FilterPosition=Upper
[Service]
ServiceType=1
StartType=3
ErrorControl=1
ServiceBinary=%13%\\sample.sys
[Install.Wdf]
KmdfLibraryVersion=$KMDFVERSION$
[Strings]
P="Contoso"
D="Sample device"
"""


class Inf(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.file("sample.inx", TEMPLATE)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def file(self, name, text):
        with open(self.path(name), "wb") as out:
            out.write(text.encode() if isinstance(text, str) else text)

    def text(self, name):
        with open(self.path(name), "rb") as file:
            return file.read().decode()

    def cove(self, *words, code=0, **variables):
        environment = {name: value for name, value in os.environ.items()
                       if name not in ("Platform", "PRIVATE_DRIVER_PACKAGE")
                       and not name.startswith("STAMPINF")}
        environment.update(variables)
        result = subprocess.run([COVE, *words], cwd=self.folder.name, env=environment, text=True,
                                capture_output=True, check=False)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result.stdout + result.stderr

    def stamped(self, *words, **variables):
        self.cove("stampinf", "sample.inx", "sample.inf", *words, **variables)
        return self.text("sample.inf")

    def test_stamp(self):
        text = self.stamped("-a", "x64", "-d", "11/20/2026", "-v", "1.2.3.4", "-k", "1.15")
        self.assertEqual(text, TEMPLATE.replace("$ARCH$", "amd64").replace("$KMDFVERSION$", "1.15")
                         .replace("DriverVer=\n", "DriverVer=11/20/2026,1.2.3.4\n"))
        self.assertEqual(self.cove("inf", "check", "--h", "sample.inf"), "")

    def test_stamp_environment(self):
        text = self.stamped(STAMPINF_DATE="01/02/2003", STAMPINF_VERSION="9.8", Platform="arm64")
        self.assertIn("DriverVer=01/02/2003,9.8\n", text)
        self.assertIn("Models,NTarm64.10.0", text)
        text = self.stamped("-d", "*", "-v", "*", "-c", "other.cat")
        self.assertRegex(text, r"DriverVer=\d\d/\d\d/\d{4},\d+\.\d+\.\d+\.\d+\n")
        self.assertIn("CatalogFile=other.cat\n", text)
        self.assertIn("CatalogFile=delta.cat\n", self.stamped(PRIVATE_DRIVER_PACKAGE="1"))
        self.assertIn("$KMDFVERSION$", text)

    def test_stamp_in_place(self):
        self.file("ntverp.h", "#define VER_PRODUCTMAJORVERSION 10\n#define VER_PRODUCTMINORVERSION 0\n"
                  "#define VER_PRODUCTBUILD 19041 /* x */\n#define  VER_PRODUCTBUILD_QFE 5\n")
        said = self.cove("stampinf", "-f", "sample.inx", "-a", "x86", "-i", ".", "-n", "-d",
                         "1/2/2026")
        self.assertIn("DriverVer=1/2/2026,10.0.19041.5", said)
        self.assertIn("NTx86.10.0...16299", self.text("sample.inx"))

    def test_stamp_refusals(self):
        for words, code, text in ((("-a", "z80"), 1, "no architecture"),
                                  (("-d", "today"), 1, "mm/dd/yyyy"),
                                  (("-s", "Nothing"), 1, "no section [Nothing]"),
                                  (("-k",), 2, "-k needs a word"),
                                  (("-z",), 2, "usage:")):
            said = self.cove("stampinf", "sample.inx", "out.inf", *words, code=code)
            self.assertIn(text, said)
            self.assertFalse(os.path.exists(self.path("out.inf")))
        self.assertIn("none.inx", self.cove("stampinf", "none.inx", "out.inf", code=1))

    def test_check(self):
        self.stamped("-a", "amd64", "-k", "1.15")
        self.assertEqual(self.cove("inf", "check", "--w", "sample.inf"), "")
        said = self.cove("inf", "check", "--w", "sample.inx", code=1)
        self.assertIn("sample.inx:17: error 1274 arch-unresolved: ", said)
        self.assertEqual(self.cove("inf", "check", "/w", "/stampinf", "sample.inx"), "")
        self.file("bad.inf", self.text("sample.inf").replace("%D%=", "%None%=")
                  .replace("PnpLockdown=1\n", ""))
        said = self.cove("inf", "check", "bad.inf", code=1).splitlines()
        self.assertEqual([line.split(": ")[:2] for line in said],
                         [["bad.inf:1", "warning 1324 lockdown"],
                          ["bad.inf:17", "error 1235 string-undefined"]])
        self.assertIn("%None%", said[1])
        found = json.loads(self.cove("inf", "check", "--json", "bad.inf", code=1))
        self.assertEqual((found[1]["code"], found[1]["line"], found[1]["level"]),
                         (1235, 17, "error"))
        self.assertIn("provider-other",
                      self.cove("inf", "check", "--provider", "Fabrikam", "sample.inf", code=1))

    def test_check_unreadable(self):
        self.file("bad.inf", "[Version\n")
        self.assertRegex(self.cove("inf", "check", "bad.inf", code=1),
                         r"^bad\.inf:1: error 1002 unreadable: .*\]")
        self.cove("inf", "check", "nothing.inf", code=1)
        self.cove("inf", "check", code=2)
        self.assertIn("/w error", self.cove("inf", "check", "--code", "1324"))

    def test_included(self):
        """INFs of the machine are found; what they do not have is said."""
        text = self.stamped("-a", "amd64", "-k", "1.15")
        needs = "AddService=sample,2,Service\n"
        self.file("a.inf", text.replace(needs, "Include=machine.inf\nNeeds=NO_DRV.Services\n")
                  .replace("[Service]\n", "[Unused]\n"))
        self.assertNotIn("error", self.cove("inf", "check", "--k", "a.inf"))
        self.assertIn("function driver", self.cove("inf", "show", "a.inf"))
        self.file("b.inf", text.replace(needs, needs + "Include=machine.inf\nNeeds=NoSuch\n"))
        self.assertIn("1315 needs-missing", self.cove("inf", "check", "--w", "b.inf", code=1))
        self.file("c.inf", text.replace(needs, needs + "Include=nosuch.inf\n"))
        self.assertIn("1202 include-unknown", self.cove("inf", "check", "--w", "c.inf", code=1))

    def test_show(self):
        self.stamped("-a", "amd64", "-d", "11/20/2026", "-v", "1.2.3.4")
        said = self.cove("inf", "show", "sample.inf")
        self.assertEqual(said, """sample.inf
  provider Contoso, class Sample {78A1C341-4539-11d3-B88D-00C04FAD5171}
  version 1.2.3.4 of 11/20/2026, catalog sample.cat
  device "Sample device" of Contoso
    id        Root\\Sample
    id        Root\\Other
    section   [Install]
    copy      x64\\sample.sys -> driver store\\sample.sys
    service   sample, type 1, start 3, function driver: %13%\\sample.sys
    filter    above, upper
    set       HKR\\:Text, type 1, 4 bytes
""")
        old = self.cove("inf", "show", "--target", "amd64:10.0.10240", "sample.inf")
        self.assertIn("serves nothing on this target", old)
        self.assertIn("serves nothing", self.cove("inf", "show", "--target", "x86", "sample.inf"))
        found = json.loads(self.cove("inf", "show", "--json", "sample.inf"))
        self.assertEqual(found[0]["models"][0]["services"][0]["name"], "sample")
        self.assertIn("no target", self.cove("inf", "show", "--target", "z80", "x", code=2))
        self.file("bad.inf", "[A]\n")
        self.assertTrue(re.search("bad.inf: no .Version. section",
                                  self.cove("inf", "show", "bad.inf", code=1)))


if __name__ == "__main__":
    unittest.main()
