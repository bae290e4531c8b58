#!/bin/sh
# SPDX-License-Identifier: MIT
# demo.sh BUILD-FOLDER - a driver, a machine, a Windows program, side by side.
set -eu
build=$1
here=$(cd "$(dirname "$0")/../.." && pwd)
cove=$build/bin/cove

say() {
    printf '\n\033[1m%s\033[0m\n' "$*"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say '1. a WDM driver is compiled into a real .sys'
echo "\$ cove cc -o wdm1.sys examples/wdm1/wdm1.c"
"$cove" cc -o "$work/wdm1.sys" "$here/examples/wdm1/wdm1.c"
file "$work/wdm1.sys" 2>/dev/null || ls -l "$work/wdm1.sys"

say '2. a Windows program is compiled by mingw-w64'
echo "\$ x86_64-w64-mingw32-gcc -o wdm1test.exe examples/wdm1/wdm1test.c"
x86_64-w64-mingw32-gcc -o "$work/wdm1test.exe" "$here/examples/wdm1/wdm1test.c"

say '3. a machine boots, loads the driver, runs the program, unloads, shuts down'
echo "\$ cove run wdm1.sys -- wdm1test.exe      (dbg| lines are the driver's DbgPrint)"
"$cove" run "$work/wdm1.sys" -- "$work/wdm1test.exe"

say '4. all four transfer methods, and a program that lies about its buffers'
"$cove" run --quiet "$build/drivers/transfers.sys" -- "$build/apps/transferstest.exe"

say '5. requests that wait: overlapped, cancelled, through a completion port'
"$cove" run --quiet "$build/drivers/pending.sys" -- "$build/apps/pendingtest.exe"

say 'Next: README.md, or write your own driver and `cove run` it.'
