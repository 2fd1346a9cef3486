#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# examples/README.md prints what the program prints, and its traces equal their truth.
cd "$(dirname "$0")/../.." || exit 1
KVM_IPI=${BUILD:-build}/kvm-ipi exec examples/check.sh
