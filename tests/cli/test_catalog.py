# SPDX-License-Identifier: MIT
"""`cove inf2cat`: catalogs made, signed by osslsigncode, read back, and damaged."""
import os
import shutil
import subprocess
import tempfile
import unittest

COVE = os.environ.get("COVE", "cove")

INF = """[Version]
Signature="$WINDOWS NT$"
Class=Sample
ClassGuid={78A1C341-4539-11d3-B88D-00C04FAD5171}
Provider=Contoso
DriverVer=11/20/2026,1.0
CatalogFile=Sample.cat
[SourceDisksNames]
1=Disk
[SourceDisksFiles]
SAMPLE.SYS=1,X64
read me.txt=1
[SourceDisksFiles.x86]
old.sys=1
[Manufacturer]
Contoso=Models,NTamd64
[Models.NTamd64]
Device=Install,Root\\Sample,Root\\Other
"""
SOURCE = "long DriverEntry(void *driver, void *path) { return 0; }\n"


class Catalog(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="cove-catalog-")
        self.addCleanup(shutil.rmtree, self.folder)
        os.mkdir(self.path("x64"))
        self.file("sample.inf", INF)
        self.file("Read Me.txt", "hello\n")
        self.file("a.c", SOURCE)
        self.cove("cc", "-g0", "-o", "x64/sample.sys", "a.c")

    def path(self, name):
        return os.path.join(self.folder, name)

    def file(self, name, data):
        with open(self.path(name), "wb") as out:
            out.write(data.encode() if isinstance(data, str) else data)

    def bytes(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def cove(self, *words, code=0, **variables):
        """code None: any but 0."""
        result = subprocess.run([COVE, *words], cwd=self.folder, text=True, capture_output=True,
                                env=dict(os.environ, **variables), check=False)
        if code is None:
            self.assertNotEqual(result.returncode, 0)
        else:
            self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result.stdout + result.stderr

    def tool(self, *words):
        result = subprocess.run(words, cwd=self.folder, text=True, capture_output=True, check=False)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result.stdout + result.stderr

    def signed(self):
        """signed.cat, by a certificate that nobody vouches for."""
        self.cove("inf2cat", ".")
        self.tool("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem",
                  "-out", "own.pem", "-days", "2", "-subj", "/CN=Test Signer", "-addext",
                  "extendedKeyUsage=codeSigning")
        self.tool("osslsigncode", "sign", "-certs", "own.pem", "-key", "key.pem", "-h", "sha256",
                  "-in", "Sample.cat", "-out", "signed.cat")

    def test_made(self):
        self.assertEqual(self.cove("inf2cat", "."), "./Sample.cat: 3 files\n")
        said = self.cove("inf2cat", "--show", "Sample.cat", "sample.inf", "Read Me.txt",
                         "x64/sample.sys").splitlines()
        self.assertEqual(said[0], "Sample.cat: not signed")
        self.assertEqual([line[67:] for line in said[1:4]],
                         ["sample.inf", "sample.sys", "Read Me.txt"])
        self.assertEqual(said[4:], ["sample.inf: listed", "Read Me.txt: listed",
                                    "x64/sample.sys: listed"])
        listed = self.bytes("Sample.cat")
        for text in ("root\\sample", "root\\other", "2:10.0"):
            self.assertIn(text.encode("utf-16-le"), listed)

    def test_systems(self):
        self.assertIn("sample.inf:14: old.sys is not in the package",
                      self.cove("inf2cat", "/driver:.", "/os:10_X64,7_X86", code=1))
        self.file("old.sys", "MZ no image")
        self.assertEqual(self.cove("inf2cat", "/driver:.", "/os:10_X64,7_X86"),
                         "./Sample.cat: 4 files\n")
        self.assertIn("2:10.0,2:6.1".encode("utf-16-le"), self.bytes("Sample.cat"))
        self.assertIn("no system", self.cove("inf2cat", "--os", "95_X64", ".", code=2))

    def test_signed(self):
        self.signed()
        # Another program's word: the list is right, and the image is in it.
        self.tool("osslsigncode", "verify", "-CAfile", "own.pem", "-in", "signed.cat")
        self.tool("osslsigncode", "verify", "-CAfile", "own.pem", "-catalog", "signed.cat",
                  "-in", "x64/sample.sys")
        self.assertTrue(self.cove("inf2cat", "--show", "signed.cat", "x64/sample.sys").startswith(
            "signed.cat: test signed by Test Signer\n"))
        # A signature in the image changes nothing of what the catalog lists.
        self.tool("osslsigncode", "sign", "-certs", "own.pem", "-key", "key.pem", "-in",
                  "x64/sample.sys", "-out", "embedded.sys")
        self.cove("inf2cat", "--show", "signed.cat", "embedded.sys")

    def test_changed(self):
        self.signed()
        self.file("Read Me.txt", "changed\n")
        image = bytearray(self.bytes("x64/sample.sys"))
        image[0x300] ^= 1
        self.file("x64/sample.sys", image)
        said = self.cove("inf2cat", "--show", "signed.cat", "Read Me.txt", "x64/sample.sys",
                         "sample.inf", code=1)
        self.assertIn("Read Me.txt: not listed, or changed\n", said)
        self.assertIn("x64/sample.sys: not listed, or changed\n", said)
        self.assertIn("sample.inf: listed\n", said)
        listed = self.bytes("signed.cat").replace("Read Me.txt".encode("utf-16-le"),
                                                  "Read It.txt".encode("utf-16-le"))
        self.file("changed.cat", listed)
        self.assertIn("but the list was changed",
                      self.cove("inf2cat", "--show", "changed.cat", code=1))

    def test_machine_asks(self):
        """What a machine takes: whose signature, and only what was signed."""
        self.file("sample.inf", INF + "[Install]\n")
        self.signed()
        os.replace(self.path("signed.cat"), self.path("Sample.cat"))
        places = {"COVE_RUNTIME_DIR": self.path("run"), "XDG_STATE_HOME": self.path("state"),
                  "COVE_MACHINE": "signing"}
        os.mkdir(self.path("run"))
        said = {}
        for signing in ("on", "test"):
            self.cove("boot", "signing", "--fresh", "--signing", signing, **places)
            try:
                if signing == "on":
                    said["untrusted"] = self.cove("pnputil", "/add-driver", "sample.inf", code=None,
                                                  **places)
                    places["COVE_ROOTS"] = self.path("own.pem")
                said[signing] = self.cove("pnputil", "/add-driver", "sample.inf", **places)
                said["list"] = self.cove("pnputil", "/enum-drivers", **places)
                self.file("Read Me.txt", "changed\n")
                said["changed"] = self.cove("pnputil", "/add-driver", "sample.inf", code=None,
                                            **places)
                self.file("Read Me.txt", "hello\n")
            finally:
                self.cove("shutdown", "signing", **places)
            self.assertIn("added successfully", said[signing])
            self.assertRegex(said["list"], r"Signer Name: +Test Signer")
            self.assertIn("read me.txt is not in the catalog, or was changed", said["changed"])
            self.assertIn("Failed to add", said["changed"])
        self.assertIn("nobody vouches for \"Test Signer\"", said["untrusted"])
        self.assertIn("Failed to add", said["untrusted"])

    def test_refusals(self):
        self.file("bad.cat", "no catalog")
        self.assertIn("no PKCS #7", self.cove("inf2cat", "--show", "bad.cat", code=1))
        self.file("sample.inf", INF.replace("CatalogFile=Sample.cat\n", ""))
        self.assertIn("no CatalogFile", self.cove("inf2cat", ".", code=1))
        os.remove(self.path("sample.inf"))
        self.assertIn("has no INF file", self.cove("inf2cat", ".", code=1))
        self.assertIn("usage", self.cove("inf2cat", code=2))

    def test_damaged(self):
        """No damage brings the reader down: it says so, or reads what is left."""
        self.cove("inf2cat", ".")
        good = self.bytes("Sample.cat")
        for at in range(0, len(good), 7):
            bad = bytearray(good)
            bad[at] ^= 0x81
            self.file("bad.cat", bad)
            self.file("cut.cat", good[:at])
            for name in ("bad.cat", "cut.cat"):
                result = subprocess.run([COVE, "inf2cat", "--show", name, "sample.inf"],
                                        cwd=self.folder, capture_output=True, check=False)
                self.assertIn(result.returncode, (0, 1), (at, name))


if __name__ == "__main__":
    unittest.main()
