# SPDX-License-Identifier: GPL-2.0-only
## coverage: lines of input/ and decode/ that tests reach; fails below 95 % or when a line is not explained

COV_BUILD := $(BUILD)/cov
COV_SCRIPTS := salvage damage faults
COV_ENV = BUILD=$(COV_BUILD) KVM_IPI=$(COV_BUILD)/kvm-ipi MKTRACE=$(COV_BUILD)/mktrace \
	OPINION=$(COV_BUILD)/opinion-tracecmd LARGE=0

.PHONY: coverage
coverage:
	+$(Q)$(MAKE) BUILD=$(COV_BUILD) CFLAGS='-O0 -g --coverage' check-build
	$(Q)find $(COV_BUILD) -name '*.gcda' -delete
# Whether they pass is make check's business: here limits of file sizes hit the counters' files, too.
	$(Q)$(COV_ENV) prove -j$(CHECK_JOBS) -Q $(COV_BUILD)/unit $(COV_SCRIPTS:%=tests/t/%.t) >$(COV_BUILD)/log 2>&1 || true
	$(Q)tests/coverage/refuse.sh $(COV_BUILD)
	$(Q)tests/coverage/coverage.sh $(COV_BUILD)
