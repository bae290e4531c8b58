#!/bin/sh
# SPDX-License-Identifier: MIT
# setup.sh - makes sure that the Debian packages Cove is built and tested with are there.
#
# Installs what is missing as root or with a sudo that asks nothing; otherwise says what to
# type and fails. Quick when everything is there: make runs it each time.
set -eu

packages="clang-19 lld-19 llvm-19 libclang-rt-19-dev cmake ninja-build python3
libzydis-dev libcjson-dev libedit-dev libsqlite3-dev libhivex-dev libhivex-bin libssl-dev openssl osslsigncode libcmocka-dev nasm gcc-mingw-w64-x86-64-posix gcc-mingw-w64-i686-posix libc6-dev-i386"

missing=""
for package in $packages; do
    status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
    case "$status" in
    *"ok installed") ;;
    *) missing="$missing $package" ;;
    esac
done
[ -z "$missing" ] && exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "cove: these packages (Debian's names) are missing:$missing" >&2
    echo "cove: install them with your system's package manager, then run make again" >&2
    exit 1
fi
if [ "$(id -u)" = 0 ]; then
    as_root=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo"
else
    echo "cove: these packages are missing:$missing" >&2
    echo "cove: install them with: sudo apt-get install$missing" >&2
    exit 1
fi
echo "cove: installing$missing"
$as_root apt-get update -qq
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
