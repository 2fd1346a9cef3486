# SPDX-License-Identifier: GPL-2.0-only
# How often diff is wrong: thousands of generated recordings, so it is no part of make check.

## compare-check: how often diff calls equal systems different, and how often it finds a change
.PHONY: compare-check
compare-check: all $(BUILD)/mktrace
	$(Q)BUILD=$(BUILD) KVM_IPI=$(PROGRAM) MKTRACE=$(BUILD)/mktrace tests/compare/budget.sh
