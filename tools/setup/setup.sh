#!/bin/sh
# SPDX-License-Identifier: MIT
# setup.sh - makes sure that the Debian packages Cove is built and tested with are there.
#
# Installs what is missing as root or with a sudo that asks nothing; otherwise says what to
# type and fails. Quick when everything is there: make runs it each time.
set -eu

packages="clang-19 lld-19 llvm-19 libclang-rt-19-dev cmake ninja-build python3
libzydis-dev libcjson-dev libedit-dev libsqlite3-dev libhivex-dev libhivex-bin libssl-dev openssl osslsigncode libcmocka-dev libunicorn-dev nasm gcc-mingw-w64-x86-64-posix gcc-mingw-w64-i686-posix libc6-dev-i386"

missing=""
for package in $packages; do
    status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
    case "$status" in
    *"ok installed") ;;
    *) missing="$missing $package" ;;
    esac
done

# The emulator of 16-bit code is a 32-bit library. It is wanted, not needed (decision 0022): asked for
# only where this system takes such packages already, or COVE_SETUP_EMULATOR=1 says that it may.
emulator=""
if command -v dpkg >/dev/null 2>&1 &&
    ! dpkg-query -W -f '${Status}' libunicorn2:i386 2>/dev/null | grep -q "ok installed"; then
    if dpkg --print-foreign-architectures | grep -qx i386 || [ "${COVE_SETUP_EMULATOR:-}" = 1 ]; then
        emulator="libunicorn2:i386"
    fi
fi
[ -z "$missing$emulator" ] && exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "cove: these packages (Debian's names) are missing:$missing" >&2
    echo "cove: install them with your system's package manager, then run make again" >&2
    exit 1
fi
if [ "$(id -u)" = 0 ]; then
    as_root=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo"
elif [ -z "$missing" ]; then
    exit 0
else
    echo "cove: these packages are missing:$missing" >&2
    echo "cove: install them with: sudo apt-get install$missing" >&2
    exit 1
fi
[ "${COVE_SETUP_EMULATOR:-}" = 1 ] && $as_root dpkg --add-architecture i386
if [ -n "$missing" ]; then
    echo "cove: installing$missing"
    $as_root apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi
if [ -n "$emulator" ]; then
    echo "cove: installing $emulator"
    { $as_root apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends \
            "$emulator" >/dev/null; } ||
        echo "cove: without it: tests on the emulator of 16-bit code are skipped" >&2
fi
