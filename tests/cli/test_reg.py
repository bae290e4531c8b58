# SPDX-License-Identifier: MIT
"""`cove reg` on machines that are kept: its verbs, .reg files, hives; what boot finds again."""
import base64
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
import xml.etree.ElementTree

COVE = os.environ.get("COVE", "cove")
KEY = r"HKLM\SOFTWARE\Test"
LONG = r"HKEY_LOCAL_MACHINE\SOFTWARE\Test"
DONE = "The operation completed successfully.\n"


class Reg(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="cove-reg-")
        cls.environment = dict(os.environ, COVE_RUNTIME_DIR=cls.folder, COVE_MACHINE="reg")
        cls.environment.pop("COVE_STATE_DIR", None)
        cls.run_cove("boot", "reg")

    @classmethod
    def tearDownClass(cls):
        cls.run_cove("shutdown", "reg")
        shutil.rmtree(cls.folder)

    @classmethod
    def run_cove(cls, *words, **options):
        return subprocess.run([COVE, *words], env=cls.environment, cwd=cls.folder, text=True,
                              capture_output=True, timeout=60, **options)

    def reg(self, *words, code=0, **options):
        options.setdefault("stdin", subprocess.DEVNULL)
        if "input" in options:
            del options["stdin"]
        result = self.run_cove("reg", *words, **options)
        self.assertEqual(result.returncode, code, f"{words}: {result.stdout}{result.stderr}")
        return result.stdout + result.stderr

    def setUp(self):
        self.run_cove("reg", "delete", KEY, "/f", stdin=subprocess.DEVNULL)

    def path(self, name):
        return os.path.join(self.folder, name)

    def file(self, name, text, encoding="utf-8"):
        with open(self.path(name), "wb") as out:
            out.write(text.encode(encoding))
        return self.path(name)

    def values(self, key=KEY):
        return {value["name"]: (value["type"], value["data"])
                for value in json.loads(self.reg("query", key, "--json"))[0]["values"]}

    # ---- verbs

    def test_add_and_query(self):
        self.assertEqual(self.reg("add", KEY + r"\Sub", "/v", "text", "/d", "a b"), DONE)
        self.reg("add", KEY, "/v", "number", "/t", "REG_DWORD", "/d", "0x12")
        self.reg("add", KEY, "/ve", "/d", "standard")
        self.assertEqual(self.reg("query", KEY), f"""
{LONG}
    number    REG_DWORD    0x12
    (Default)    REG_SZ    standard

{LONG}\\Sub

""")
        self.assertEqual(self.reg("query", KEY, "/s"), f"""
{LONG}
    number    REG_DWORD    0x12
    (Default)    REG_SZ    standard

{LONG}\\Sub
    text    REG_SZ    a b

""")
        self.assertEqual(self.reg("query", KEY, "/v", "NUMBER"),
                         f"\n{LONG}\n    number    REG_DWORD    0x12\n\n")
        self.assertIn("unable to find", self.reg("query", KEY, "/v", "none", code=1))
        self.assertIn("unable to find", self.reg("query", KEY + r"\None", code=1))
        self.assertIn("Invalid key name", self.reg("query", r"HKXX\a", code=1))
        self.assertIn("Invalid syntax", self.reg("query", KEY, "/nonsense", code=1))

    def test_every_type(self):
        samples = {
            "REG_SZ": ("text", "text"), "REG_EXPAND_SZ": ("%windir%", "%windir%"),
            "REG_MULTI_SZ": (r"one\0two", r"one\0two"), "REG_DWORD": ("300", "0x12c"),
            "REG_QWORD": ("0x123456789abcdef0", "0x123456789abcdef0"),
            "REG_DWORD_BIG_ENDIAN": ("258", "0x102"), "REG_BINARY": ("00ffA0", "00FFA0"),
            "REG_NONE": ("1234", "1234"),
        }
        for kind, (given, _) in samples.items():
            self.reg("add", KEY, "/v", kind, "/t", kind, "/d", given, "/f")
        self.assertEqual(self.values(),
                         {kind: (kind, shown) for kind, (_, shown) in samples.items()})
        self.assertIn("numeric", self.reg("add", KEY, "/v", "x", "/t", "REG_DWORD", "/d", "zz",
                                          code=1))
        self.assertIn("hexadecimal", self.reg("add", KEY, "/v", "x", "/t", "REG_BINARY", "/d",
                                              "0g", code=1))
        self.reg("add", KEY, "/v", "sep", "/t", "REG_MULTI_SZ", "/s", ";", "/d", "a;b")
        self.assertIn("a|b", self.reg("query", KEY, "/v", "sep", "/se", "|"))

    def test_questions(self):
        self.reg("add", KEY, "/v", "v", "/d", "1")
        said = self.reg("add", KEY, "/v", "v", "/d", "2", code=1)
        self.assertIn("overwrite(Yes/No)? ".replace("(", " ("), said)
        self.assertIn("canceled", said)
        self.assertEqual(self.values()["v"][1], "1")
        self.reg("add", KEY, "/v", "v", "/d", "2", input="yes\n")
        self.assertEqual(self.values()["v"][1], "2")
        self.reg("delete", KEY, "/v", "v", input="No\n", code=1)
        self.reg("delete", KEY, "/v", "v", "/f")
        self.assertEqual(self.values(), {})
        self.assertIn("unable to find", self.reg("delete", KEY, "/v", "v", "/f", code=1))
        self.reg("add", KEY, "/v", "a", "/d", "1")
        self.reg("add", KEY + r"\Deep\Er", "/v", "b", "/d", "1")
        self.reg("delete", KEY, "/va", "/f")
        self.assertEqual(self.values(), {})
        self.reg("delete", KEY, "/f")
        self.assertIn("unable to find", self.reg("query", KEY, code=1))

    def test_finding(self):
        self.reg("add", KEY + r"\Apple", "/v", "Pear", "/d", "plum")
        said = self.reg("query", KEY, "/s", "/f", "PL")
        self.assertIn(r"Test\Apple", said)
        self.assertIn("2 match(es)", said)  # the key and the data
        self.assertIn("1 match(es)", self.reg("query", KEY, "/s", "/f", "pl", "/k"))
        self.assertIn("1 match(es)", self.reg("query", KEY, "/s", "/f", "pl", "/d"))
        self.assertIn("0 match(es)", self.reg("query", KEY, "/s", "/f", "PL", "/c", code=1))
        self.assertIn("0 match(es)", self.reg("query", KEY, "/s", "/f", "plu", "/e", "/d", code=1))
        self.assertIn("1 match(es)", self.reg("query", KEY, "/s", "/f", "pl?m", "/e", "/d"))

    def test_copy_and_compare(self):
        self.reg("add", KEY + r"\A\Sub", "/v", "x", "/d", "1")
        self.reg("copy", KEY + r"\A", KEY + r"\B", "/s", "/f")
        self.assertIn("Identical", self.reg("compare", KEY + r"\A", KEY + r"\B", "/s"))
        self.reg("add", KEY + r"\B\Sub", "/v", "x", "/d", "2", "/f")
        self.reg("add", KEY + r"\B\Sub", "/v", "y", "/d", "2")
        said = self.reg("compare", KEY + r"\A", KEY + r"\B", "/s", code=2)
        self.assertIn(f"< Value:  {LONG}\\A\\Sub  x  REG_SZ  1", said)
        self.assertIn(f"> Value:  {LONG}\\B\\Sub  x  REG_SZ  2", said)
        self.assertIn(f"> Value:  {LONG}\\B\\Sub  y  REG_SZ  2", said)
        self.assertIn("Different", said)

    # ---- files

    def test_import_every_form(self):
        body = ('Windows Registry Editor Version 5.00\r\n\r\n; a remark\r\n'
                f'[{LONG}\\Im]\r\n@="default"\r\n"q\\"uo\\\\te"="\\"C:\\\\x\\""\r\n'
                '"d"=dword:0000000a\r\n"b"=hex:01,02,\\\r\n  03\r\n'
                '"e"=hex(2):25,00,61,00,25,00,00,00\r\n"n"=hex(0):\r\n"ü€😀"="ü€😀"\r\n')
        expected = {"": ("REG_SZ", "default"), 'q"uo\\te': ("REG_SZ", '"C:\\x"'),
                    "d": ("REG_DWORD", "0xa"), "b": ("REG_BINARY", "010203"),
                    "e": ("REG_EXPAND_SZ", "%a%"), "n": ("REG_NONE", ""),
                    "ü€😀": ("REG_SZ", "ü€😀")}
        for encoding in ("utf-8", "utf-8-sig", "utf-16"):
            self.assertEqual(self.reg("import", self.file("in.reg", body, encoding)), DONE)
            self.assertEqual(self.values(KEY + r"\Im"), expected, encoding)
            self.reg("delete", KEY, "/f")
        old = f'REGEDIT4\n\n[{LONG}\\Im]\n"a"="é"\n"m"=hex(7):61,00,62,63,00,00\n'
        self.reg("import", self.file("old.reg", old, "latin-1"))
        self.assertEqual(self.values(KEY + r"\Im"),
                         {"a": ("REG_SZ", "é"), "m": ("REG_MULTI_SZ", r"a\0bc")})
        gone = f'Windows Registry Editor Version 5.00\n[{LONG}\\Im]\n"a"=-\n[-{LONG}\\Other]\n'
        self.reg("add", KEY + r"\Other\Deep")
        self.reg("import", self.file("gone.reg", gone))
        self.assertEqual(list(self.values(KEY + r"\Im")), ["m"])
        self.assertIn("unable to find", self.reg("query", KEY + r"\Other", code=1))

    def test_bad_files_change_nothing(self):
        head = f'Windows Registry Editor Version 5.00\n[{LONG}]\n"before"="x"\n'
        for line, says in (('"a"=dword:xyz', "line 4"), ('"a"="no end', "line 4"),
                           ('rubbish', "line 4"), ('"a"=hex:1,zz', "hexadecimal"),
                           ('[no end', "between [ and ]")):
            said = self.reg("import", self.file("bad.reg", head + line), code=1)
            self.assertIn(says, said)
            self.assertIn("bad.reg", said)
            self.reg("query", KEY, code=1)
        self.assertIn("first line", self.reg("import", self.file("no.reg", "hello"), code=1))
        self.assertIn("No such file", self.reg("import", self.path("none.reg"), code=1))

    def test_export_import_round_trip(self):
        self.reg("add", KEY + r"\A [b] \C", "/v", "quo\"te\\", "/d", "x\\\"y")
        self.reg("add", KEY, "/v", "long", "/t", "REG_BINARY", "/d", "5a" * 700)
        self.assertEqual(self.reg("export", KEY, self.path("out.reg")), DONE)
        with open(self.path("out.reg"), "rb") as file:
            text = file.read().decode("utf-16")
        self.assertTrue(text.startswith("Windows Registry Editor Version 5.00\r\n\r\n[HKEY_"))
        self.assertLessEqual(max(map(len, text.split("\r\n"))), 80)
        before = self.reg("query", KEY, "/s")
        self.reg("delete", KEY, "/f")
        self.reg("import", self.path("out.reg"))
        self.assertEqual(self.reg("query", KEY, "/s"), before)
        self.reg("export", KEY, self.path("out.reg"), code=1)  # asks
        self.reg("export", KEY, self.path("out.reg"), "/y")

    def test_hives(self):
        self.reg("add", KEY + r"\From\Sub", "/v", "ü", "/d", "€")
        self.reg("add", KEY + r"\From", "/v", "n", "/t", "REG_DWORD", "/d", "7")
        hive = self.path("test.hiv")
        self.assertEqual(self.reg("save", KEY + r"\From", hive), DONE)
        seen = subprocess.run(["hivexml", hive], capture_output=True, check=True).stdout.decode()
        self.assertIn('<node name="Sub"', seen)
        self.assertIn('key="n" value="7"', seen)
        self.reg("load", KEY + r"\To", hive)
        self.assertIn("Identical", self.reg("compare", KEY + r"\From", KEY + r"\To", "/s"))
        self.reg("add", KEY + r"\To", "/v", "extra", "/d", "1")
        self.reg("restore", KEY + r"\To", hive)
        self.assertIn("Identical", self.reg("compare", KEY + r"\From", KEY + r"\To", "/s"))
        # All of the machine's.
        self.reg("export", "HKLM", self.path("all.hiv"), "--hive")
        seen = subprocess.run(["hivexml", self.path("all.hiv")], capture_output=True, check=True)
        self.assertIn(b"ControlSet001", seen.stdout)
        self.assertIn("no hive", self.reg("load", KEY, self.file("x.hiv", "no"), code=1))

    def test_hives_of_hivex(self):
        """Each type, big values and names of any letters, ours read by hivex and hivex's by us."""
        sizes = (0, 4, 5, 16343, 16344, 16345, 20000, 32688, 32689, 100000)
        big = {f"big{size}": bytes((i * 7 + i // 251) & 255 for i in range(size))
               for size in sizes}
        lines = ["Windows Registry Editor Version 5.00", "", f"[{LONG}\\From]"]
        lines += [f'"{name}"=hex:' + ",".join(f"{byte:02x}" for byte in data)
                  for name, data in big.items()]
        lines += [f'"type{kind:x}"=hex({kind:x}):01,02,03,04,05' for kind in
                  (0, 6, 8, 9, 10, 0x1234)]
        lines += ["", f"[{LONG}\\From\\Grüße €\\日本 𝄞]", '"näme 日"="wört 𝄞"', ""]
        self.reg("import", self.file("all.reg", "\r\n".join(lines)))
        hive = self.path("ours.hiv")
        self.reg("save", KEY + r"\From", hive)
        root = xml.etree.ElementTree.fromstring(subprocess.run(
            ["hivexml", hive], capture_output=True, check=True).stdout).find("node")
        seen = {value.get("key"): value for value in root.findall("value")}
        for name, data in big.items():
            self.assertEqual(base64.b64decode(seen[name].get("value")), data, name)
        self.assertEqual([seen["type" + kind].get("type") for kind in "6 8 9 a 1234".split()],
                         ["link", "resource-list", "resource-description",
                          "resource-requirements", "unknown"])
        deep = root.find("node/node")
        self.assertEqual((deep.get("name"), deep.find("value").get("key"),
                          deep.find("value").get("value")), ("日本 𝄞", "näme 日", "wört 𝄞"))
        self.reg("load", KEY + r"\To", hive)
        self.assertIn("Identical", self.reg("compare", KEY + r"\From", KEY + r"\To", "/s"))
        # What hivex writes: a key of ours grows one of its own.
        script = self.file("script", "cd \\\nadd Added\ncd Added\nsetval 7\n@\nstring:default\n"
                           "e\nexpandstring:%x%\nd\ndword:0x12345678\n"
                           "m\nhex:7:61,00,00,00,62,00,00,00,00,00\nl\nhex:6:5c,00,52,00\n"
                           "n\nhex:0:01,02\nb\nhex:3:" +
                           ",".join("%02x" % (i & 255) for i in range(64)) + "\ncommit\n")
        subprocess.run(["hivexsh", "-w", "-f", script, hive], check=True)
        self.reg("load", KEY + r"\Theirs", hive)
        self.assertEqual(self.values(KEY + r"\Theirs\Added"), {
            "": ("REG_SZ", "default"), "e": ("REG_EXPAND_SZ", "%x%"),
            "d": ("REG_DWORD", "0x12345678"), "m": ("REG_MULTI_SZ", r"a\0b"),
            "l": ("REG_LINK", r"\R"), "n": ("REG_NONE", "0102"),
            "b": ("REG_BINARY", "".join("%02X" % (i & 255) for i in range(64)))})
        self.reg("delete", KEY + r"\Theirs\Added", "/f")
        self.assertIn("Identical", self.reg("compare", KEY + r"\From", KEY + r"\Theirs", "/s"))

    # ---- what is kept

    def test_the_usual_keys(self):
        control = r"HKLM\SYSTEM\CurrentControlSet\Control"
        classes = json.loads(self.reg("query", control + r"\Class", "/s", "--json"))
        by_name = {v["data"]: key["key"].rsplit("\\", 1)[1] for key in classes
                   for v in key["values"] if v["name"] == "Class"}
        self.assertEqual(by_name["System"], "{4d36e97d-e325-11ce-bfc1-08002be10318}")
        self.assertEqual(by_name["Net"], "{4d36e972-e325-11ce-bfc1-08002be10318}")
        self.assertGreater(len(by_name), 70)
        self.assertIn("Boot Bus Extender", self.reg("query", control + r"\ServiceGroupOrder"))
        self.assertEqual(self.values(r"HKLM\SYSTEM\Select")["Current"], ("REG_DWORD", "0x1"))

    def test_shutdown_and_boot(self):
        self.reg("add", KEY, "/v", "kept", "/d", "yes")
        self.run_cove("shutdown", "reg")
        self.assertEqual(self.run_cove("boot", "reg").returncode, 0)
        self.assertEqual(self.values(), {"kept": ("REG_SZ", "yes")})
        # An import is on disk when it says so: nothing but the process is needed to lose it.
        self.reg("add", KEY, "/v", "more", "/d", "now")
        pid = json.loads(self.run_cove("ps", "--json").stdout)[0]["pid"]
        os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while json.loads(self.run_cove("ps", "--json").stdout) and time.monotonic() < deadline:
            pass
        self.assertEqual(self.run_cove("boot", "--windows", "10", "reg").returncode, 0)
        self.assertEqual(self.values()["more"], ("REG_SZ", "now"))
        version = self.values(r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion")
        self.assertEqual(version["ProductName"][1], "Windows 10 Pro")

    def test_services_are_kept(self):
        source = self.file("kept.c", "#include <wdm.h>\n"
                           "static void NTAPI unload(PDRIVER_OBJECT driver) {}\n"
                           "NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING key)"
                           "{ driver->DriverUnload = unload; return STATUS_SUCCESS; }\n")
        driver = self.path("kept.sys")

        def sc(*words):
            result = self.run_cove("sc", "-m", "services", *words)
            self.assertEqual(result.returncode, 0, f"{words}: {result.stdout}{result.stderr}")

        built = self.run_cove("cc", "-o", driver, source)
        self.assertEqual(built.returncode, 0, built.stderr)
        self.run_cove("boot", "--fresh", "services")
        sc("create", "kept", "binPath=", driver)
        sc("start", "kept")
        self.run_cove("shutdown", "services")
        # A new process, to which nobody has lent the folder of the driver yet.
        self.run_cove("boot", "services")
        sc("start", "kept")
        sc("stop", "kept")
        self.run_cove("shutdown", "services")
        self.run_cove("forget", "services")

    def test_fresh_and_forget(self):
        def boot(*words):
            result = self.run_cove("boot", *words)
            self.assertEqual(result.returncode, 0, result.stderr)

        boot("other")
        self.reg("-m", "other", "add", KEY, "/v", "v", "/d", "1")
        refused = self.run_cove("forget", "other")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("is running", refused.stderr)
        self.run_cove("shutdown", "other")
        boot("--fresh", "other")
        self.reg("-m", "other", "query", KEY, code=1)
        self.run_cove("shutdown", "other")
        self.assertTrue(os.path.exists(self.path("other.ring")))
        self.assertEqual(self.run_cove("forget", "other").returncode, 0)
        for name in "state/other", "other.log", "other.ring":
            self.assertFalse(os.path.exists(self.path(name)), name)
        self.assertIn("keeps nothing", self.run_cove("forget", "other").stderr)
        # A file that is none of ours is said, and not touched.
        os.makedirs(self.path("state/other"))
        with open(self.path("state/other/registry.db"), "w", encoding="ascii") as file:
            file.write("my notes " * 1000)
        refused = self.run_cove("boot", "other")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("--fresh", refused.stderr)
        with open(self.path("state/other/registry.db"), encoding="ascii") as file:
            self.assertEqual(file.read(), "my notes " * 1000)
        boot("--fresh", "other")
        self.run_cove("shutdown", "other")


if __name__ == "__main__":
    unittest.main()
