# SPDX-License-Identifier: MIT
"""C that Microsoft's compiler takes and clang refuses: what `cove cc` makes of it.

What it compiles to is shown by running it: the same changes are made to a program of this system.
"""
import os
import subprocess
import sys
import unittest

from cc_kit import COVE, CcCase

LENIENT = os.path.join(os.path.dirname(os.path.realpath(COVE)), "..", "share", "cove", "wdk",
                       "bin", "lenient", "lenient.py")

CASTS = r"""
#include <stdio.h>
#include <string.h>
typedef unsigned char *PUCHAR;
typedef void *PVOID;
typedef int (*compare)(const char *, const char *);
struct box { void *inside; int (*call)(const char *, const char *); unsigned number; };
#define STEP(type, at) (*((type *)(at))++)
#define TAKE(at) taken((PVOID *)&(PVOID)(at))
static int taken(PVOID *at) { *at = (char *)*at + 1; return 1; }
static int calls;
static struct box *chosen(struct box *box) { calls++; return box; }
int main(void)
{
    const char *text = "((int *)p)++ \" ( )"; /* (int *)text += 2; */
    unsigned words[4] = {0x11223344, 0x55667788, 0x99aabbcc, 0xddeeff00};
    register char *at = (char *)words;
    struct box box = {0};
    int sum = 0;
    (PUCHAR)at += 4;                     printf("%x\n", *(unsigned *)at);
    printf("%x\n", *((unsigned *)at)++); printf("%d\n", (int)(at - (char *)words));
    *((unsigned short *)at)++ = 0x7777;  printf("%x\n", words[2]);
    --(unsigned *)(at);                  printf("%d\n", (int)(at - (char *)words));
    (struct box *)box.inside
        = &box;
    (compare)chosen((struct box *)box.inside)->call = strcmp;
    printf("%d %d\n", calls, box.call("a", "a"));
    (int)box.number = -1;                printf("%u\n", box.number);
    at = (char *)words;
    sum = STEP(unsigned char,
               at) + STEP(short, at) + TAKE(at); printf("%x %d\n", sum, (int)(at - (char *)words));
    *((char *)((unsigned *)at)++) = 0;   printf("%d %s\n", (int)(at - (char *)words), text);
    ((struct box *)(box.inside))->number = (unsigned)(size_t)((char *)box.inside += 0);
    return __LINE__ != 34 || box.number != (unsigned)(size_t)&box;
}
"""
PRINTED = """55667788
55667788
8
99aa7777
6
1 0
4294967295
2278 4
8 ((int *)p)++ " ( )
"""

# (what stands in a function, what clang says of it): an error before and after.
REFUSED = [
    ("(char)box->number = 1;", "assignment to cast is illegal"),
    ("(unsigned)box->three = 1;", "assignment to cast is illegal"),
    ("(int)3 = 4;", "expression is not assignable"),
    ("(PVOID)(char *)at = 0;", "expression is not assignable"),
    ("(char *)(at ? at : at) = 0;", "expression is not assignable"),
    ("take(&(call)(at));", "cannot take the address of an rvalue"),
    ("take(&(PVOID)call(at));", "cannot take the address of an rvalue"),
    ("(PVOID)at = nothing;", "undeclared identifier 'nothing'"),
    ("(PVOID)at += 1 1;", "expected ';'"),
]


class Lenient(CcCase):
    def test_casts_that_are_used_as_lvalues(self):
        self.file("casts.c", CASTS)
        native = ["clang-19", "-fms-extensions", "-fno-strict-aliasing", "-c", "casts.c"]
        first = subprocess.run(native, cwd=self.folder.name, capture_output=True, text=True,
                               check=False)
        self.assertEqual(first.returncode, 1)
        self.file("said", first.stderr)
        made = subprocess.run([sys.executable, "-B", LENIENT, "made.i", "said", *native],
                              cwd=self.folder.name, capture_output=True, text=True, check=False)
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertIn("casts.c:20: warning: a cast is used as an lvalue", made.stderr)
        self.assertNotIn("error", made.stderr)
        subprocess.run(["clang-19", "-w", "-fno-strict-aliasing", "-o", "casts", "made.i"],
                       cwd=self.folder.name, check=True)
        ran = subprocess.run([self.path("casts")], capture_output=True, text=True, check=False)
        self.assertEqual(ran.stdout, PRINTED)
        self.assertEqual(ran.returncode, 0)

    def test_in_a_driver(self):
        self.file("part.h", "#define STEP(at) (*((unsigned char **)(at))++)\n"
                  "static int part(char **at)\n{\n    return *STEP(at);\n}\n")
        self.file("d.c", '#include "part.h"\nint DriverEntry(char *d, char *p)\n{\n'
                  "    if (d = p) p = d;\n    (short *)p += 1;\n    d = p - 1.5 + part(&d);\n"
                  "    return __LINE__;\n}\n")
        self.refused(1, ["-c", "d.c"], "d.c:6:", "d.c:5:5: error: assignment to cast")
        self.file("d.c", '#include "part.h"\nint DriverEntry(char *d, char *p)\n{\n'
                  "    if (d = p) p = d;\n    (short *)p += 1;\n    d = p - 1 + part(&d);\n"
                  "    return __LINE__;\n}\n")
        result = self.built("-o", "d.sys", "d.c", quiet=False)
        self.assertIn("d.c:4:11: warning: using the result of an assignment", result.stderr)
        self.assertIn("./part.h:4: warning: a cast is used as an lvalue", result.stderr)
        self.assertIn("d.c:5: warning: a cast is used as an lvalue", result.stderr)
        self.assertNotIn("__builtin", result.stderr)
        self.assertNotIn("generated", result.stderr)
        # A warning that was asked to be an error stays one.
        self.refused(1, ["-Werror", "-c", "d.c"], "d.c:4:11: error: using the result")

    def test_bodies_of_try_that_clang_dies_of(self):
        body = ("#include <ntddk.h>\n"
                "EXTERN NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)\n{\n"
                '    const char *text = "__try { }";\n'
                "    __try {\n        __try {\n            ASSERT(driver != NULL);\n        } "
                "__except (path->Length ? 1 : 0) {\n            return __LINE__;\n        }\n"
                "        NT_ASSERT(text[0] == '_');\n"
                "    } __finally {\n        path->Length = '}';\n    }\n    CAST\n"
                "    return STATUS_SUCCESS;\n}\n")
        for name, extern in (("t.c", ""), ("t.cpp", 'extern "C"')):
            self.file(name, body.replace("EXTERN", extern).replace("CAST", ""))
            self.built("-o", "t.sys", name)
            self.built("-O2", "-DDBG=1", "-o", "t.sys", name)
        self.file("t.c", body.replace("EXTERN", "").replace("CAST", "(PUCHAR)text += 1;"))
        result = self.built("-o", "t.sys", "t.c", quiet=False)
        self.assertNotIn("error", result.stderr)
        self.assertIn("t.c:15: warning: a cast is used as an lvalue", result.stderr)

    def test_a_structure_returned_that_a_finally_uses(self):
        self.file("s.c", "#include <ntddk.h>\nIO_STATUS_BLOCK ended(int a)\n{\n"
                  "    IO_STATUS_BLOCK block = {0};\n"
                  "    struct { PVOID p[4]; } big = {0};\n"
                  "    __try { block.Status = a; } __finally { block.Information = 3; }\n"
                  "    return block;\n}\n"
                  "struct big { PVOID p[4]; } large(PVOID a)\n{\n    struct big big = {{0}};\n"
                  "    __try { big.p[0] = a; } __finally { big.p[1] = a; }\n    return big;\n}\n")
        self.built("-c", "s.c")
        self.built("-O2", "-c", "s.c")

    def test_what_stays_an_error(self):
        for words, said in REFUSED:
            with self.subTest(words):
                self.file("r.c", "typedef void *PVOID;\n"
                          "struct box { int number; unsigned three:3; };\n"
                          "int take(void *);\nvoid *call(char *);\n"
                          "void f(char *at, struct box *box)\n{ " + words + " }\n")
                result = self.cc("-c", "r.c")
                self.assertEqual(result.returncode, 1)
                self.assertIn(said, result.stderr)
                self.assertIn("r.c:6:", result.stderr)
                self.assertNotIn("Traceback", result.stderr)
                self.assertFalse(os.path.exists(self.path("r.obj")))

    def test_sources_that_end_early(self):
        for text in ["int f(char *p) { ((int *)p", "int f(char *p) { (int *)p += ", "\"", "'(",
                     '#include "none.h"\nint f(int *a); int f(long *a) { return *a; }\n',
                     "int f(int *a);\nint f(long *a", "\0(int)\0 = 1;"]:
            with self.subTest(text):
                self.file("e.c", text)
                result = self.cc("-c", "e.c")
                self.assertEqual(result.returncode, 1)
                self.assertIn("error", result.stderr)
                self.assertNotIn("Traceback", result.stderr)

    def test_parameters_that_differ_from_the_declaration(self):
        self.file("key.h", "#define IN\nextern int key_open(IN void **parent,\n"
                  "    IN char *name\n    );\nint key_close(long *key);\n")
        self.file("key.c", '#include "key.h"\n'
                  "int key_open(IN void *parent, IN char *name)\n{ return parent == name; }\n"
                  "int key_close(unsigned long *key) { return key != 0; }\n"
                  "int DriverEntry(void *d, char *p) { return key_open(d, p) + __LINE__; }\n")
        result = self.built("-O2", "-o", "key.sys", "key.c", quiet=False)
        self.assertIn("key.c:2: warning: the parameters of 'key_open' are not those of its "
                      "declaration at ./key.h:2", result.stderr)
        self.assertIn("key.c:4: warning: the parameters of 'key_close'", result.stderr)
        self.assertNotIn("error", result.stderr)
        # Results that differ are an error, and so is what else is wrong with the source.
        self.file("other.c", "int f(int *a);\nlong f(long *a) { return *a; }\n")
        self.refused(1, ["-c", "other.c"], "other.c:2:6: error: conflicting types for 'f'")
        self.file("both.c", "int f(int *a);\nint f(long *a) { return *b; }\n")
        self.refused(1, ["-c", "both.c"], "conflicting types for 'f'", "undeclared identifier 'b'")


if __name__ == "__main__":
    unittest.main()
