# SPDX-License-Identifier: MIT
"""Compiles wdf_layout.c for each version of KMDF, in C and C++, and as the Framework is.

The lengths of the table are written here a second time: drivers that others have built claim
them, so no change of the generator may move one.
"""
import argparse
import concurrent.futures
import os
import subprocess
import sys

COUNTS = {9: 396, 11: 432, 13: 438, 15: 444, 17: 444, 19: 446, 21: 448, 23: 451, 25: 453,
          27: 453, 29: 454, 31: 458, 33: 458}
PE = ["--target=x86_64-pc-windows-msvc", "-nostdlibinc", "-fms-extensions", "-fms-compatibility",
      "-fasync-exceptions", "-fsyntax-only", "-Wall", "-Wextra", "-Werror",
      "-Wno-unused-parameter", "-Wno-microsoft-include"]


def compile_one(job):
    command, what = job
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return what, done.returncode, done.stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clang", required=True)
    parser.add_argument("--wdk", required=True, help="the kit's include folder, laid out")
    parser.add_argument("--generated", required=True, help="folder of abi/wdf_asserts.h")
    arguments = parser.parse_args()
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "wdf_layout.c")
    # Not as system headers: what warns in them is to be seen.
    paths = [os.path.join(arguments.wdk, f) for f in ("wdf/kmdf", "km", "shared", "crt")]
    include = [flag for path in paths + [arguments.generated] for flag in ("-I", path)]
    jobs = []
    for minor, count in sorted(COUNTS.items()):
        version = ["-DKMDF_VERSION_MAJOR=1", "-DKMDF_VERSION_MINOR=%d" % minor]
        required = [[]] + ([["-DKMDF_MINIMUM_VERSION_REQUIRED=25"],
                            ["-DKMDF_MINIMUM_VERSION_REQUIRED=%d" % minor]] if minor >= 25 else [])
        for language in ("c", "c++"):
            for more in required:
                jobs.append(([arguments.clang, *PE, *include, *version, *more, "-x", language,
                              "-DCOUNT=%d" % count, source],
                             "1.%d %s %s" % (minor, language, " ".join(more))))
    jobs.append(([arguments.clang, *PE, *include, "-DFX_FRAMEWORK=1", "-DCOUNT=458", source],
                 "the Framework"))
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for what, status, text in pool.map(compile_one, jobs):
            if status:
                failed += 1
                print("%s:\n%s" % (what, text[:2000]))
    print("%d of %d compilations failed" % (failed, len(jobs)))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
