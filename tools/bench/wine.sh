#!/bin/sh
# SPDX-License-Identifier: MIT
# wine.sh BUILD-FOLDER ROUNDS - the same driver and program under Wine's winedevice, where
# Wine is installed. Prints each round's nanoseconds per call, "--" between one core and two.
set -eu
build=$1
rounds=$2
command -v wine >/dev/null 2>&1 || exit 0

WINEPREFIX=$(mktemp -d)
export WINEPREFIX WINEDEBUG=-all DISPLAY=
trap 'wineserver -k >/dev/null 2>&1 || true; rm -rf "$WINEPREFIX"' EXIT
wine wineboot -i >/dev/null 2>&1
wineserver -w
cp "$build/bench/benchdrv.sys" "$WINEPREFIX/drive_c/windows/system32/drivers/"
wine sc create benchdrv type= kernel binPath= 'C:\windows\system32\drivers\benchdrv.sys' >/dev/null 2>&1 || true
wine sc start benchdrv >/dev/null 2>&1 || true
taskset -c 0 wine "$build/bench/benchapp.exe" "$rounds"
echo --
wine "$build/bench/benchapp.exe" "$rounds"
