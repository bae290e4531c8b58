#!/bin/sh
# SPDX-License-Identifier: MIT
# tidy.sh - house rules that the compiler cannot hold; prints what breaks them.
set -u
cd "$(dirname "$0")/../.."
broken=0

complain() {
    echo "tidy: $*"
    broken=1
}

files=$(git ls-files '*.c' '*.h' | grep -v '^include/wdk/')
clang-format-19 --dry-run --Werror $files >/dev/null 2>&1 || {
    for file in $files; do
        clang-format-19 --dry-run --Werror "$file" >/dev/null 2>&1 || complain "$file: not formatted (clang-format-19 -i)"
    done
}

# Contract functions are defined in facades only.
for file in $(grep -lE '^[A-Z_]+ NTAPI [A-Z]|^(NTSTATUS|VOID|LONG|ULONG|BOOLEAN|PVOID) NTAPI' $(git ls-files 'src/kernel/*.c' 'src/gate/*.c' | grep -v -e '_ddi\.c$' -e '/test/' -e '/callout/') 2>/dev/null); do
    complain "$file: NTAPI outside a _ddi.c file"
done

for folder in $(git ls-files | xargs -n1 dirname | sort -u | grep -E '^(src|include|tests|tools|examples|abi|docs|programs)(/|$)' | grep -vE '/(include|test)(/|$)|^include/wdk/km/|^src/front/[a-z0-9]+/include'); do
    [ -e "$folder/README.md" ] || complain "$folder: no README.md"
done

grep -nE '\b(usleep|nanosleep|sleep)\(' $(git ls-files 'src/*/test/*.c' 'tests/*.c') /dev/null 2>/dev/null |
    while read -r line; do echo "tidy: a test that sleeps: $line"; done

exit $broken
