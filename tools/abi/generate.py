# SPDX-License-Identifier: MIT
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--abi"); parser.add_argument("--out")
args = parser.parse_args()
