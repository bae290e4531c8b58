# SPDX-License-Identifier: MIT
"""The generators of tools/abi on small tables: what comes out, and what is refused.

Faults must name file and line, and with a fault nothing may be written.
"""
import os
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools", "abi"))

import generate  # noqa: E402

EXPORTS = "name\tmodule\targs\tstatus\tntddi\tsymbol\tdoc\n"
SERVICES = "number\tname\targs\tsignature\tstatus\troom\tdoc\n"
USER = "name\tordinal\targs\tstatus\tsymbol\tdoc\n"


class Tables(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.abi = os.path.join(self.folder.name, "abi")
        self.out = os.path.join(self.folder.name, "gen")
        self.docs = os.path.join(self.folder.name, "docs")
        os.makedirs(self.abi)

    def tearDown(self):
        self.folder.cleanup()

    def table(self, name, text):
        path = os.path.join(self.abi, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        return path

    def generate(self):
        return generate.generate(self.abi, self.out, self.docs)

    def written(self, name):
        with open(os.path.join(self.out, name), encoding="utf-8") as made:
            return made.read()

    def refused(self, *expected):
        """Generation fails with exactly these faults and writes nothing."""
        self.assertEqual(self.generate(), list(expected))
        self.assertFalse(os.path.exists(self.out))

    def compile(self, name, *includes):
        """What was generated must pass the house's own warnings."""
        path = os.path.join(self.out, name)
        command = ["clang-19", "-std=gnu17", "-Wall", "-Wextra", "-Wshadow", "-Werror",
                   "-Wmissing-prototypes", "-Wno-missing-field-initializers", "-fPIC",
                   "-I", os.path.join(ROOT, "src/base/include"),
                   "-I", os.path.join(ROOT, "src/kernel/callout/include"),
                   "-I", os.path.join(self.out, "include")]
        for folder in includes:
            command += ["-I", folder]
        result = subprocess.run(command + ["-c", path, "-o", path + ".o"], capture_output=True,
                                text=True, check=False)
        self.assertEqual(result.stderr, "")
        self.assertEqual(result.returncode, 0)
        return path + ".o"


class KernelExports(Tables):
    def test_versions(self):
        """A row's own version wins; the table gives it to rows that have none."""
        self.table("exports/ke.tsv", EXPORTS + "A\tntoskrnl\t0\tdone\t-\t-\tp\n"
                   "B\tntoskrnl\t0\tdone\tNTDDI_WIN8\t-\tp\n"
                   "C\tntoskrnl\t0\tdone\t-\t-\tp\n")
        self.table("versions.tsv", "name\tntddi\tsource\nA\tNTDDI_WIN10_VB\tpage\n"
                   "B\tNTDDI_WIN7\tlib\n")
        self.assertEqual(self.generate(), [])
        rows = self.written("exports_kernel.c")
        self.assertIn('{"A", ddi_entry_A, "ke", 0x0a000008,', rows)
        self.assertIn('{"B", ddi_entry_B, "ke", 0x06020000,', rows)
        self.assertRegex(rows, r'\{"C", ddi_entry_C, "ke", (0x0+|0000000000),')

    def test_a_version_twice(self):
        path = self.table("versions.tsv", "name\tntddi\tsource\nA\tNTDDI_WIN7\tlib\n"
                          "A\tNTDDI_WIN8\tpage\nB\tNTDDI_WIN12\tpage\n")
        self.refused(path + ":3: A already stands at " + path + ":2",
                     path + ':4: ntddi "NTDDI_WIN12" is not a version known here')

    def test_rows_thunks_and_definitions(self):
        self.table("exports/ke.tsv", EXPORTS
                   + "KeTwo\tntoskrnl,hal\t6\tdone\tNTDDI_WIN8\t-\tnf-wdm-ketwo\n"
                   + "# a comment\n"
                   + "KeCount\tntoskrnl\tdata\tdone\t-\tke_count\t-\n"
                   + "__raw\tntoskrnl\traw\tpartial\t-\tke_raw\t-\n"
                   + "KeMany\tntoskrnl\t1+\tpartial\t-\tke_many\t-\n"
                   + "KeGone\thal\t0\tabsent\t-\t-\t-\n"
                   + "KeGoneData\thal\tdata\tabsent\t-\t-\t-\n")
        self.assertEqual(self.generate(), [])
        rows = self.written("exports_kernel.c")
        self.assertIn('{"KeTwo", ddi_entry_KeTwo, "ke", 0x06020000, 3, ABI_DONE, '
                      "ABI_FUNCTION, 6},", rows)
        self.assertIn('{"KeCount", abi_symbol_ke_count, "ke", 0x00000000, 1, ABI_DONE, ABI_DATA',
                      rows)
        self.assertIn('{"KeGoneData", NULL, ', rows)
        self.assertIn('{"KeGone", ddi_entry_KeGone, ', rows)
        names = [line.split('"')[1] for line in rows.splitlines() if line.startswith("    {")]
        self.assertEqual(names, ["KeCount", "KeGone", "KeGoneData", "KeMany", "KeTwo", "__raw"])
        thunks = self.written("ddi_entry.S")
        self.assertIn("ddi_entry ddi_entry_KeTwo, KeTwo, 2, abi_kernel_exports + 4 * 32", thunks)
        self.assertIn("ddi_entry ddi_entry_KeMany, ke_many, DDI_VARIADIC_SLOTS, ", thunks)
        self.assertIn("ddi_absent_stub ddi_entry_KeGone, 1, ddi_absent", thunks)
        self.assertNotIn("raw", thunks)
        self.assertNotIn("KeGoneData", thunks)
        self.assertIn("LIBRARY hal.dll\nEXPORTS\n    KeGone\n    KeGoneData CONSTANT\n    KeTwo\n",
                      self.written("lib/hal.def"))
        self.assertNotIn("KeGone", self.written("lib/ntoskrnl.def"))
        self.compile("exports_kernel.c")
        self.compile("ddi_entry.S")

    def test_room_wins_over_unassigned(self):
        self.table("exports/unassigned.tsv", EXPORTS + "KeOne\tntoskrnl\t0\tabsent\t-\t-\t-\n")
        self.table("exports/ke.tsv", EXPORTS + "KeOne\tntoskrnl\t2\tdone\t-\t-\t-\n")
        self.assertEqual(self.generate(), [])
        self.assertIn('{"KeOne", ddi_entry_KeOne, "ke", 0x00000000, 1, ABI_DONE, '
                      "ABI_FUNCTION, 2},", self.written("exports_kernel.c"))

    def test_two_rooms_with_one_name(self):
        one = self.table("exports/ex.tsv", EXPORTS + "ExOne\tntoskrnl\t0\tdone\t-\t-\t-\n")
        two = self.table("exports/ke.tsv", EXPORTS + "\nExOne\tntoskrnl\t0\tdone\t-\t-\t-\n")
        self.refused("%s:3: ExOne already stands at %s:2" % (two, one))

    def test_name_twice_in_one_room(self):
        path = self.table("exports/ke.tsv", EXPORTS + "KeA\thal\t0\tdone\t-\t-\t-\n" * 2)
        self.refused("%s:3: KeA already stands at %s:2" % (path, path))

    def test_bad_cells(self):
        path = self.table("exports/ke.tsv", EXPORTS
                          + "KeA\tntoskrnl\t0\tdnoe\t-\t-\t-\n"
                          + "KeB\tntoskrl\t0\tdone\t-\t-\t-\n"
                          + "KeC\tntoskrnl\tmany\tdone\t-\t-\t-\n"
                          + "KeD\tntoskrnl\t0\tdone\tNTDDI_WIN9\t-\t-\n"
                          + "Ke E\tntoskrnl\t0\tdone\t-\tx\t-\n"
                          + "KeF\tntoskrnl\t0\n"
                          + "KeG\tntoskrnl\t0\tdone\t-\t-\t-\tmore\n")
        self.refused(
            '%s:2: status "dnoe" is not done, partial or absent' % path,
            '%s:3: module "ntoskrl" is not ntoskrnl, hal or table' % path,
            '%s:4: args "many" is not a count, a count and "+", data or raw' % path,
            '%s:5: ntddi "NTDDI_WIN9" is not a version known here' % path,
            '%s:6: name "Ke E" is not a C name' % path,
            "%s:7: cells missing: status, ntddi, symbol" % path,
            "%s:8: 8 cells for 7 columns" % path)

    def test_missing_columns(self):
        path = self.table("exports/ke.tsv", "# first\nname\tmodule\targs\nKeA\tntoskrnl\t0\n")
        self.refused("%s:2: columns missing: status, ntddi, symbol" % path)

    def test_empty_table(self):
        path = self.table("exports/ke.tsv", "# nothing but this\n")
        self.refused("%s:1: no line naming the columns" % path)


class Names(Tables):
    def test_lookup(self):
        self.table("status.tsv", "name\tvalue\twin32\ttext\n"
                   "STATUS_SUCCESS\t0x0\t0\tIt \"worked\".\n"
                   "STATUS_WAIT_0\t0x0\t0\n"
                   "STATUS_UNSUCCESSFUL\t0xC0000001\t31\tIt did not.\n"
                   "STATUS_ODD\t0xC0000002\t-\t-\n")
        self.table("bugchecks.tsv", "name\tcode\tp1\tp2\tp3\tp4\ttext\n"
                   "IRQL_NOT_LESS_OR_EQUAL\t0xA\taddress\tirql\taccess\tcaller\tToo high.\n"
                   "MANUALLY_INITIATED_CRASH\t0xE2\n")
        self.table("bugcheck_kinds.tsv", "name\tcode\tp1\tp2\tp3\tp4\ttext\n"
                   "MUCH_TOO_HIGH\t0xA\t0x5\thow high\t-\t-\tVery.\n")
        self.table("win32.tsv", "name\tvalue\ttext\nERROR_B\t7\tSeven.\nERROR_A\t5\tFive.\n")
        self.assertEqual(self.generate(), [])
        self.assertIn("#define STATUS_UNSUCCESSFUL ((NTSTATUS)0xC0000001L)",
                      self.written("wdk/shared/ntstatus.h"))
        self.assertIn("((ULONG)0x0000000AL)", self.written("wdk/shared/bugcodes.h"))
        program = os.path.join(self.out, "ask.c")
        with open(program, "w", encoding="utf-8") as out:
            out.write('#include "base/abi_names.h"\n#include <stdio.h>\n'
                      "int main(void)\n{\n"
                      "    static const uint32_t of[] = {0, 0xc0000001, 0xc0000002, 0xc0000003,\n"
                      "                                  0xc0070057};\n"
                      "    for (int i = 0; i < 5; i++) {\n"
                      "        const char *name = abi_status_name(of[i]);\n"
                      '        printf("%s %u [%s]\\n", name ? name : "-",\n'
                      "               (unsigned)abi_status_to_win32(of[i]), "
                      "abi_status_text(of[i]));\n    }\n"
                      "    const struct abi_bugcheck *check = abi_bugcheck_find(10);\n"
                      '    printf("%s %s %s %d\\n", check->name, check->parameter[1],\n'
                      "           check->text, abi_bugcheck_find(11) == 0);\n"
                      "    check = abi_bugcheck_kind(10, 5);\n"
                      '    printf("%s %s %s %d\\n", check->name, check->parameter[1], check->text,\n'
                      "           abi_bugcheck_kind(10, 6) == 0);\n"
                      '    printf("[%s]\\n", abi_bugcheck_find(0xe2)->parameter[3]);\n'
                      '    printf("%s %s %d\\n", abi_win32_name(5), abi_win32_text(7),\n'
                      "           abi_win32_text(6) == 0);\n}\n")
        binary = os.path.join(self.out, "ask")
        subprocess.run(["clang-19", "-o", binary, program,
                        os.path.join(self.out, "status_names.c"),
                        os.path.join(self.out, "bugcheck_names.c"),
                        os.path.join(self.out, "win32_names.c"),
                        "-I", os.path.join(ROOT, "src/base/include")], check=True)
        answer = subprocess.run([binary], capture_output=True, text=True, check=True).stdout
        self.assertEqual(answer.splitlines(), [
            'STATUS_SUCCESS 0 [It "worked".]',
            "STATUS_UNSUCCESSFUL 31 [It did not.]",
            "STATUS_ODD 317 []",
            "- 317 []",
            "- 87 []",
            "IRQL_NOT_LESS_OR_EQUAL irql Too high. 1",
            "MUCH_TOO_HIGH how high Very. 1",
            "[]",
            "ERROR_A Seven. 1"])

    def test_without_tables(self):
        self.assertEqual(self.generate(), [])
        self.compile("status_names.c")
        self.compile("bugcheck_names.c")
        self.compile("win32_names.c")

    def test_faults(self):
        path = self.table("status.tsv", "name\tvalue\twin32\ttext\n"
                          "STATUS_A\t0x1\t0\t-\nSTATUS_A\tC0000001\tx\t-\n")
        self.refused("%s:3: STATUS_A already stands at %s:2" % (path, path),
                     '%s:3: value "C0000001" is not a number from 0 to 0xffffffff' % path,
                     '%s:3: win32 "x" is not a number from 0 to 0xffffffff' % path)


class Services(Tables):
    GATE = ("#include <stdint.h>\nstruct service_entry {\n    const char *name;\n"
            "    uint32_t args;\n    const char *signature;\n"
            "    uint64_t (*invoke)(const uint64_t *arguments);\n};\n")

    def test_both_sides(self):
        self.table("services/nt.tsv", SERVICES
                   + "2\tNtClose\t1\thandle:Handle\tdone\tob\tnf-ntifs-ntclose\n"
                   + "0\tNtYield\t0\t\tabsent\tke\t\n"
                   + "5\tNtTake\t3\tu8:A, u32:B,ptr_out:C\tpartial\tke\t-\n")
        self.assertEqual(self.generate(), [])
        header = self.written("include/abi/services.h")
        self.assertIn("SERVICE_NtClose = 2,", header)
        self.assertIn("SERVICE_COUNT = 6,", header)
        table = self.written("service_table.c")
        self.assertIn("return call_NtTake((uint8_t)args[0], (uint32_t)args[1], "
                      "(uint64_t)args[2]);", table)
        self.assertIn('[0] = {.name = "NtYield", .args = 0, .signature = "", .invoke = NULL}',
                      table)
        self.assertIn("ZwTake(uint8_t a_A, uint32_t a_B, uint64_t a_C)",
                      self.written("zw_entries.c"))
        self.assertNotIn("ZwYield", self.written("zw_entries.c"))
        gate = os.path.join(self.out, "gate")
        os.makedirs(gate)
        with open(os.path.join(gate, "gate.h"), "w", encoding="utf-8") as out:
            out.write(self.GATE)
        self.compile("service_table.c", self.out)
        self.compile("service_stubs.c")
        self.compile("zw_entries.c")

    def test_faults(self):
        path = self.table("services/nt.tsv", SERVICES
                          + "0\tNtA\t2\thandle:H\tdone\tob\t-\n"
                          + "0\tNtA\t1\thandle:H\tdone\tob\t-\n"
                          + "1\tZwB\t1\tu23:X\tgood\tob\t-\n")
        self.refused("%s:2: args is 2 but the signature has 1" % path,
                     "%s:3: NtA already stands at %s:2" % (path, path),
                     "%s:3: 0 already stands at %s:2" % (path, path),
                     "%s:4: ZwB does not begin with Nt" % path,
                     '%s:4: status "good" is not done, partial or absent' % path,
                     '%s:4: signature: "u23:X" is not kind:name with a known kind' % path,
                     "%s:4: args is 1 but the signature has 0" % path)


class UserExports(Tables):
    def test_rows(self):
        self.table("exports/user/kernel32.tsv", USER
                   + "CreateFileW\t-\t7\tdone\tk32_CreateFileW\t-\n"
                   + "HeapAlloc\t-\t3\tforward:NTDLL.RtlAllocateHeap\t-\t-\n"
                   + "Beep\t-\t2\tabsent\t-\t-\n"
                   + "-\t17\t0\tabsent\t-\t-\n"
                   + "_acmdln\t-\tdata\tabsent\t-\t-\n")
        self.assertEqual(self.generate(), [])
        rows = self.written("exports_user.c")
        self.assertIn('{"kernel32.dll", module_0, 5},', rows)
        self.assertIn('{"HeapAlloc", NULL, "NTDLL.RtlAllocateHeap", 0, ABI_DONE, ABI_FUNCTION},',
                      rows)
        self.assertIn('{"Beep", user_absent_0_0, NULL, 0, ABI_ABSENT, ABI_FUNCTION},', rows)
        self.assertIn("{NULL, user_absent_0_4, NULL, 17, ABI_ABSENT, ABI_FUNCTION},", rows)
        self.assertIn('__asm__("k32_CreateFileW")', rows)
        self.assertIn('.asciz "#17"', self.written("user_absent.S"))
        self.compile("exports_user.c")
        self.compile("user_absent.S")

    def test_faults(self):
        path = self.table("exports/user/a.tsv", USER
                          + "One\t5\t1\tdone\t-\t-\nOne\t5\t1\tforward:x\t-\t-\n-\t-\t0\tdone\tx\t-\n")
        self.refused('%s:3: status "forward:x" is not done, partial, absent or forward:DLL.Name'
                     % path,
                     "%s:3: One already stands at %s:2" % (path, path),
                     "%s:3: 5 already stands at %s:2" % (path, path),
                     "%s:4: neither name nor ordinal" % path)


class Whole(Tables):
    def test_unchanged_files_are_not_touched(self):
        self.table("exports/ke.tsv", EXPORTS + "KeA\tntoskrnl\t0\tdone\t-\t-\t-\n")
        self.assertEqual(self.generate(), [])
        paths = [os.path.join(folder, name) for folder, _, names in os.walk(self.out)
                 for name in names]
        for path in paths:
            os.utime(path, (1, 1))
        self.table("exports/ke.tsv", EXPORTS + "KeA\tntoskrnl\t0\tdone\t-\t-\tnf-a\n")
        self.assertEqual(self.generate(), [])
        self.assertEqual([path for path in paths if os.stat(path).st_mtime != 1], [])
        self.table("exports/ke.tsv", EXPORTS + "KeA\tntoskrnl\t1\tdone\t-\t-\t-\n")
        self.assertEqual(self.generate(), [])
        touched = [os.path.basename(path) for path in paths if os.stat(path).st_mtime != 1]
        self.assertEqual(touched, ["exports_kernel.c"])

    def test_status_page(self):
        self.table("exports/ke.tsv", EXPORTS + "KeA\tntoskrnl\t0\tdone\t-\t-\t-\n"
                   "KeB\tntoskrnl\t0\tpartial\t-\t-\t-\nKeC\tntoskrnl\t0\tabsent\t-\t-\t-\n"
                   "FsRtlD\tntoskrnl\t0\tabsent\t-\t-\t-\n_strupr\tntoskrnl\t1\tabsent\t-\t-\t-\n")
        self.assertEqual(self.generate(), [])
        with open(os.path.join(self.docs, "status.md"), encoding="utf-8") as page:
            text = page.read()
        self.assertIn("| ke | 1 | 1 | 3 |", text)
        self.assertIn("<summary>FsRtl (1)</summary>", text)
        self.assertIn("<summary>C runtime (1)</summary>\n\n`_strupr`", text)
        self.assertIn("<summary>Ke (1)</summary>\n\n`KeC`", text)

    def test_the_project_s_own_tables(self):
        self.abi = os.path.join(ROOT, "abi")
        self.assertEqual(self.generate(), [])

    def test_command_line_says_where(self):
        path = self.table("exports/ke.tsv", EXPORTS + "KeA\tx\t0\tdone\t-\t-\t-\n")
        result = subprocess.run(
            [sys.executable, "-B", os.path.join(ROOT, "tools/abi/generate.py"), "--abi", self.abi,
             "--out", self.out], capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stderr, '%s:2: module "x" is not ntoskrnl, hal or table\n' % path)


if __name__ == "__main__":
    unittest.main()
