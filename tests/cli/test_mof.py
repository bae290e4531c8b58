# SPDX-License-Identifier: MIT
"""`cove mof` and `.mof` files among the sources of `cove cc`: what stands in the header."""
import os
import subprocess
import unittest

from cc_kit import COVE, CcCase

CLASSES = r"""
/* class in_a_comment */
#pragma autorecover
[WMI, Locale("MS\\0x409"), HeaderName("DOOR"), guid("{11111111-2222-3333-4444-555555555555}")]
class Vendor_Door
{
    [WmiDataId(2), read] uint32 Width;
    [WmiDataId(1), read, Description("Which, \"left\" or not") : amended ToSubclass] uint8 Side;
};

[WMI, Dynamic, Provider("WMIProv"), GuidName1("HOUSE_GUID"),
 guid("AAAAAAAA-bbbb-cccc-dddd-eeeeeeeeeeee")]
class House : Building
{
    [key, read] string InstanceName;
    [read] boolean Active;
    [WmiDataId(1), read, DefineValues{"HOUSE_WOOD", "HOUSE_STONE"}, ValueMap{"3", "4"}] uint32 Wall;
    [WmiDataId(2), read] Vendor_Door Doors[2];
    [WmiDataId(3), read, MaxLen(15)] string Name = "none";
    [WmiDataId(4), read] datetime Built;
    [WmiDataId(5), read] sint64 Depth;
    [WmiMethodId(1), Implemented] void HousePaint([out, Id(1)] uint16 Left, [in, Id(0)] uint64 Colour);
    [WmiMethodId(2), Implemented] void HouseClose();
};

[WMI, guid("{01234567-89ab-cdef-0123-456789abcdef}")]
class Street
{
    [key, read] string InstanceName;
    [read] boolean Active;
    [WmiDataId(1), read] uint32 Count;
    [WmiDataId(2), read, WmiSizeIs("Count")] uint16 Numbers[];
    [WmiDataId(3), read] string Mayor;
};

class NotForDrivers { uint32 Anything; };
"""

DRIVER = r"""
#include <initguid.h>
#include <ntddk.h>
#include <HOUSESMof.h>
C_ASSERT(sizeof(DOOR) == 8 && FIELD_OFFSET(DOOR, Width) == 4 && DOOR_Width_ID == 2);
C_ASSERT(HOUSE_WOOD == 3 && HOUSE_STONE == 4);
C_ASSERT(FIELD_OFFSET(House, Doors) == 4 && House_Doors_SIZE == 16);
C_ASSERT(FIELD_OFFSET(House, Name) == 20 && House_Name_SIZE == 32);
C_ASSERT(FIELD_OFFSET(House, Built) == 52 && House_Built_SIZE == 50);
C_ASSERT(House_SIZE == 112 && House_Depth_ID == 5);
C_ASSERT(HousePaint == 1 && HouseClose == 2);
C_ASSERT(HousePaint_IN_SIZE == 8 && HousePaint_OUT_SIZE == 2 && HousePaint_OUT_Left_ID == 1);
C_ASSERT(FIELD_OFFSET(Street, Numbers) == 4 && Street_Numbers_ID == 2 && Street_Mayor_ID == 3);
#ifdef Street_SIZE
#error it has none
#endif
static const GUID by_macro = HOUSE_GUID;
NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    PStreet street = (PStreet)path;
    (void)driver;
    return IsEqualGUID(&by_macro, &House_GUID) + street->Numbers[0];
}
"""

# (text, what is said of it)
WRONG = [
    ("[WMI] class A { [WmiDataId(1)] uint32 X; };", "class A has no GUID"),
    ("[WMI, guid(\"{1-2}\")] class A { };", "class A has no GUID"),
    ('[WMI, guid("{01234567-89ab-cdef-0123-456789abcdef}")]\nclass A { [WmiDataId(2)] uint32 X; };',
     "the numbers of class A are not 1, 2, 3 and so on: [2]"),
    ('[WMI, guid("{01234567-89ab-cdef-0123-456789abcdef}")]\nclass A { [WmiDataId(1)] Other X; };',
     "X is of the class Other, which is not here"),
    ("class A {\n uint32 X\n};", "bad.mof:3: ; is wanted where } stands"),
    ("class A {\n", "bad.mof:2: a name is wanted where the end of the file stands"),
    ("instance of A { X = 1; };", "bad.mof:1: only classes are read"),
    ("\n#include \"other.mof\"\n", "bad.mof:2: `#include"),
    ("class A { [Description(\"no end)] };", "is not understood"),
    ("[WMI", "bad.mof:1: ] is wanted"),
    ("class A { uint32 X[1; };", "] is wanted"),
]


class Mof(CcCase):
    def mof(self, *words):
        return subprocess.run([COVE, "mof", *words], cwd=self.folder.name, capture_output=True,
                              text=True, check=False)

    def test_a_driver(self):
        self.file("houses.mof", CLASSES)
        self.file("d.c", DRIVER)
        self.file("d.rc", "MofResourceName MOFDATA Houses.bmf\n")
        self.built("-o", "d.sys", "d.c", "houses.mof", "d.rc")
        with open(self.path("d.sys"), "rb") as image:
            self.assertIn("Vendor_Door".encode("utf-16-le"), image.read())
        self.assertEqual(sorted(os.listdir(self.folder.name)),
                         ["d.c", "d.pdb", "d.rc", "d.sys", "houses.mof", "tmp dir"])

    def test_where_things_go(self):
        self.file("houses.mof", CLASSES)
        os.mkdir(self.path("out"))
        made = self.mof("-h", "out", "-b", "out", "-z", "chosen.h", "houses.mof")
        self.assertEqual((made.returncode, made.stdout + made.stderr), (0, ""))
        self.assertEqual(sorted(os.listdir(self.path("out"))), ["chosen.h", "houses.bmf"])
        with open(self.path("out/chosen.h"), encoding="utf-8") as header:
            text = header.read()
        self.assertNotIn("NotForDrivers", text)
        self.assertNotIn("in_a_comment", text)

    def test_texts_of_windows(self):
        with open(self.path("wide.mof"), "wb") as out:
            out.write(CLASSES.replace("\n", "\r\n").encode("utf-16"))
        self.file("plain.mof", CLASSES)
        for name in ("wide", "plain"):
            self.assertEqual(self.mof("-z", name + ".h", name + ".mof").returncode, 0)
        with open(self.path("wide.h"), encoding="utf-8") as wide, \
                open(self.path("plain.h"), encoding="utf-8") as plain:
            self.assertEqual(wide.read().replace("widemof", "plainmof"), plain.read())

    def test_what_is_wrong(self):
        for text, said in WRONG:
            with self.subTest(text):
                self.file("bad.mof", text)
                result = self.mof("bad.mof")
                self.assertEqual(result.returncode, 1)
                self.assertIn(said, result.stderr)
                self.assertTrue(result.stderr.startswith("cove mof: "), result.stderr)
        self.refused(1, ["-c", "bad.mof"], "is wanted")
        for words, said in (([], "no file"), (["-h"], "-h needs a value"), (["-q"], "-q: -h, -b"),
                            (["none.mof"], "No such file")):
            result = self.mof(*words)
            self.assertEqual(result.returncode, 1)
            self.assertIn(said, result.stderr)

    def test_texts_cut_anywhere(self):
        for end in range(0, len(CLASSES), 37):
            self.file("cut.mof", CLASSES[:end])
            result = self.mof("cut.mof")
            self.assertIn(result.returncode, (0, 1))
            self.assertNotIn("Traceback", result.stderr)


if __name__ == "__main__":
    unittest.main()
