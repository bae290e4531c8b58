# SPDX-License-Identifier: MIT
"""Compiles each header of the driver kit alone: for PE and natively, in C and C++.

A header that needs another one before it, or warns, fails. Folders of parts (wdm/, ntifs/)
are not looked at: their headers are included through the one they belong to.
"""
import argparse
import concurrent.futures
import glob
import os
import subprocess
import sys

PE = ["--target=x86_64-pc-windows-msvc", "-nostdlibinc", "-fms-extensions",
      "-fms-compatibility", "-fasync-exceptions"]
NATIVE = ["-fms-extensions", "-fshort-wchar", "-D_GNU_SOURCE", "-Wno-microsoft"]
COMMON = ["-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter"]
LANGUAGES = (["-x", "c", "-std=gnu17"], ["-x", "c++", "-std=c++17"])


def compile_header(job):
    compiler, flags, name = job
    done = subprocess.run([compiler, *flags, *COMMON, "-"], input="#include <%s>\n" % name,
                          capture_output=True, text=True, check=False)
    return name, flags, done.returncode, done.stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clang", required=True)
    parser.add_argument("--wdk", required=True, help="include/wdk")
    parser.add_argument("--generated", required=True, help="folder of ntstatus.h")
    arguments = parser.parse_args()

    def includes(*folders):
        paths = [os.path.join(arguments.wdk, folder) for folder in folders]
        return [flag for path in paths + [arguments.generated] for flag in ("-I", path)]

    jobs = []
    for folder in ("km", "shared", "crt"):
        for path in sorted(glob.glob(os.path.join(arguments.wdk, folder, "*.h"))):
            name = os.path.basename(path)
            if name.startswith("pshpack") or name == "poppack.h":
                continue  # halves of a pair
            for language in LANGUAGES:
                jobs.append((arguments.clang, PE + includes("crt", "km", "shared") + language,
                             name))
                if folder != "crt":
                    jobs.append((arguments.clang, NATIVE + includes("km", "shared") + language,
                                 name))
    if not jobs:
        sys.exit("no headers below " + arguments.wdk)
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, flags, status, text in pool.map(compile_header, jobs):
            if status:
                failed += 1
                print("%s (%s, %s):\n%s" % (name, "PE" if "-nostdlibinc" in flags else "native",
                                            flags[flags.index("-x") + 1], text[:2000]))
    print("%d of %d compilations failed" % (failed, len(jobs)))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
