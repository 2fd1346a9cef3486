# SPDX-License-Identifier: GPL-2.0-only
## bench: report's cost beside trace-cmd, libtracecmd and bare loops (BENCH_EVENTS, BENCH_ROUNDS)

BENCH_TOOLS := $(BUILD)/bench-loops $(BUILD)/bench-run

$(BENCH_TOOLS): $(BUILD)/bench-%: tests/bench/%.c $(BUILD)/flags
	$(say) CC $@
	$(Q)$(CC) $(OWN_CFLAGS) -O2 -o $@ $< \
		$(shell $(PKG_CONFIG) --cflags --libs libtracecmd libtraceevent libzstd)

.PHONY: bench
bench: all $(BUILD)/mktrace $(BENCH_TOOLS)
	$(Q)BUILD=$(BUILD) tests/bench/bench.sh
