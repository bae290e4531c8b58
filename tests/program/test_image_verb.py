# SPDX-License-Identifier: MIT
"""`cove image`: what a driver file says about itself, and who signed it."""
import json
import os
import shutil
import struct
import subprocess
import unittest
import unittest.mock

from kit import CoveTest, driver


def run(*words):
    return subprocess.run(words, capture_output=True, text=True)


class Image(CoveTest):
    def json_of(self, *words):
        return json.loads(self.good("image", "--json", *words).stdout)

    def test_headers_and_tables(self):
        image = self.json_of(driver("wdm1"))[0]
        self.assertEqual(image["machine"], "x64")
        self.assertEqual(image["subsystem"], 1)
        self.assertTrue(image["relocations"])
        self.assertTrue(image["checksum"]["right"])
        self.assertEqual(image["signature"], {"state": "none", "text": "not signed"})
        self.assertIn(".text", [section["name"] for section in image["sections"]])
        self.assertNotIn("damage", image)

    def test_imports_have_a_state_and_a_version(self):
        image = self.json_of(driver("newer"))[0]
        found = {one["name"]: one for one in image["imports"]}
        self.assertEqual(found["ExAllocatePool2"]["since"],
                         "Windows 10, version 2004 (10.0.19041)")
        self.assertEqual(found["KeQuerySystemTimePrecise"]["since"], "Windows 8 (6.2.9200)")
        self.assertEqual(found["ExAllocatePool2"]["state"], "done")
        self.assertNotIn("since", found["ExFreePoolWithTag"])

    def test_what_an_older_windows_lacks(self):
        done = self.cove("image", "--windows", "8", driver("newer"))
        self.assertEqual(done.returncode, 1)
        newer = [line.split()[1] for line in done.stdout.splitlines() if "(NEWER)" in line]
        self.assertEqual(newer, ["ExAllocatePool2"])
        self.good("image", "--windows", "10:2004", driver("newer"))

    def test_several_files_and_lines_for_people(self):
        text = self.good("image", driver("wdm1"), driver("ntddi")).stdout
        self.assertEqual(text.count("  machine    x64, subsystem 1"), 2)
        self.assertEqual(text.count("  signature  not signed\n"), 2)
        self.assertRegex(text, r"\n    ntoskrnl\.exe +IoCreateDevice +done ")

    def test_files_that_are_no_images(self):
        done = self.cove("image", __file__)
        self.assertEqual(done.returncode, 1)
        self.assertIn("e_magic at 0x0", done.stderr)
        done = self.cove("image", "/nowhere/x.sys")
        self.assertEqual(done.returncode, 1)
        self.assertIn("/nowhere/x.sys: No such file", done.stderr)
        self.assertEqual(self.cove("image").returncode, 2)

    def test_the_line_when_it_is_loaded(self):
        done = self.good("run", driver("wdm1"))
        self.assertRegex(done.stderr, r"img\| wdm1\.sys: x64, linker [0-9.]+, not signed\n")
        self.assertNotIn("img|", self.good("run", "--quiet", driver("wdm1")).stderr)


@unittest.skipUnless(shutil.which("osslsigncode") and shutil.which("openssl"),
                     "osslsigncode and openssl sign the drivers of this test")
class Signatures(CoveTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        made = cls.made
        cls.do("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout",
               made("root.key"), "-out", made("root.pem"), "-days", "2", "-subj", "/CN=Test Root",
               "-addext", "extendedKeyUsage=codeSigning")
        cls.do("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-keyout", made("leaf.key"),
               "-out", made("leaf.csr"), "-subj", "/CN=Test Publisher/O=Nobody")
        cls.do("openssl", "x509", "-req", "-in", made("leaf.csr"), "-CA", made("root.pem"),
               "-CAkey", made("root.key"), "-CAcreateserial", "-out", made("leaf.pem"),
               "-days", "2")

    @classmethod
    def made(cls, name):
        return os.path.join(cls.folder, name)

    @classmethod
    def do(cls, *words):
        done = run(*words)
        assert done.returncode == 0, done.stderr + done.stdout

    def signed(self, name, *options, certificate="root"):
        path = self.made(name + ".sys")
        self.do("osslsigncode", "sign", "-certs", self.made(certificate + ".pem"), "-key",
                self.made(certificate + ".key"), *options, "-in", driver("wdm1"), "-out", path)
        return path

    def signature(self, path):
        return json.loads(self.good("image", "--json", path).stdout)[0]["signature"]

    def test_signed_by_oneself(self):
        path = self.signed("own", "-h", "sha256")
        found = self.signature(path)
        self.assertEqual((found["state"], found["signer"], found["issuer"], found["digest"]),
                         ("test", "Test Root", "Test Root", "sha256"))
        self.assertTrue(found["hash_right"] and found["signature_right"])
        self.assertNotIn("time", found)
        self.assertIn("img| own.sys: x64, linker", self.good("run", path).stderr)
        self.assertIn('test signed by "Test Root"\n', self.good("run", path).stderr)

    def test_with_and_without_its_root(self):
        found = self.signature(self.signed("chain", "-h", "sha1", "-ac", self.made("root.pem"),
                                           certificate="leaf"))
        self.assertEqual((found["state"], found["signer"], found["issuer"]),
                         ("test", "Test Publisher", "Test Root"))
        found = self.signature(self.signed("leaf", "-h", "sha384", certificate="leaf"))
        self.assertEqual((found["state"], found["digest"]), ("signed", "sha384"))
        self.assertTrue(found["hash_right"] and found["signature_right"])

    def test_changed_afterwards(self):
        path = self.signed("changed", "-h", "sha256")
        data = bytearray(open(path, "rb").read())
        data[0x500] ^= 1
        with open(path, "wb") as file:
            file.write(data)
        found = self.signature(path)
        self.assertFalse(found["hash_right"])
        self.assertTrue(found["signature_right"])  # of what was signed, which this is no more
        self.assertIn("the image was changed afterwards", found["text"])

    def test_a_forged_hash(self):
        """The image's new hash written over the signed one: the signature is wrong then."""
        path = self.signed("forged", "-h", "sha256")
        data = bytearray(open(path, "rb").read())
        verify = run("osslsigncode", "verify", "-in", path).stdout
        digest = [line for line in verify.splitlines() if line.startswith("Current message digest")]
        at = data.find(bytes.fromhex(digest[0].split(":")[1].strip()))
        self.assertGreater(at, 0)
        data[at] ^= 1
        with open(path, "wb") as file:
            file.write(data)
        found = self.signature(path)
        self.assertFalse(found["hash_right"])
        self.assertFalse(found["signature_right"])

    def test_time_stamp(self):
        self.do("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout",
                self.made("tsa.key"), "-out", self.made("tsa.pem"), "-days", "2", "-subj",
                "/CN=Test Clock", "-addext", "extendedKeyUsage=critical,timeStamping")
        path = self.made("stamped.sys")
        done = run("osslsigncode", "sign", "-certs", self.made("root.pem"), "-key",
                   self.made("root.key"), "-h", "sha256", "-TSA-certs", self.made("tsa.pem"),
                   "-TSA-key", self.made("tsa.key"), "-TSA-time", "1700000000", "-in",
                   driver("wdm1"), "-out", path)
        if done.returncode:
            self.skipTest("this osslsigncode has no clock of its own")
        found = self.signature(path)
        self.assertEqual(found["time"], "2023-11-14 22:13:20 UTC")
        self.assertIn("at 2023-11-14", found["text"])

    def test_damaged_tables(self):
        path = self.signed("damaged", "-h", "sha256")
        with open(path, "rb") as file:
            good = file.read()
        optional = struct.unpack_from("<I", good, 0x3c)[0] + 24
        table, size = struct.unpack_from("<II", good, optional + 112 + 32)
        for step in range(0, min(size, 1600), 3):
            data = bytearray(good)
            data[table + step] ^= 0xff
            with open(path, "wb") as file:
                file.write(data)
            # libcrypto loses some bytes of a structure that it could not read to its end.
            with unittest.mock.patch.dict(self.environment, {"ASAN_OPTIONS": "detect_leaks=0"}):
                done = self.cove("image", "--json", path)
            self.assertIn(done.returncode, (0, 1), "byte %d: %s" % (step, done.stderr))
            state = json.loads(done.stdout)[0]["signature"]
            self.assertIn(state["state"], ("none", "unreadable", "test", "signed"))
        with open(path, "wb") as file:
            file.write(good[:table + size // 2])
        done = self.cove("image", path)
        self.assertIn("CertificateTable", done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
