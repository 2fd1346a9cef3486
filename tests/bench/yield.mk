# SPDX-License-Identifier: GPL-2.0-only
## bench-yield: what the replay costs for a record, and that its memory does not grow (BENCH_EVENTS, BENCH_ROUNDS)

.PHONY: bench-yield
bench-yield: all $(BUILD)/mktrace $(BUILD)/bench-run
	$(Q)BUILD=$(BUILD) tests/bench/yield.sh
