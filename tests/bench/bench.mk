# SPDX-License-Identifier: GPL-2.0-only
## bench: what it costs, beside trace-cmd, libtracecmd, KernelShark, perf, babeltrace2 (BENCH_EVENTS, BENCH_ROUNDS)

BENCH_TOOLS := $(BUILD)/bench-loops $(BUILD)/bench-run

# The yardsticks: always -O2, whatever the flags of the rest.
$(BENCH_TOOLS): $(BUILD)/bench-%: tests/bench/%.c $(BUILD)/flags
	$(say) CC $@
	$(Q)$(CC) $(OWN_CFLAGS) -O2 -o $@ $< \
		$(shell $(PKG_CONFIG) --cflags --libs libtracecmd libtraceevent libzstd)

# What is compared with the program instruction by instruction is compiled as the program is.
$(BUILD)/bench-reference: tests/bench/reference.c $(BUILD)/flags
	$(say) CC $@
	$(Q)$(CC) $(OWN_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $<

$(BUILD)/bench-merge $(BUILD)/bench-ctf: $(BUILD)/bench-%: tests/bench/%.c $(LIBRARY) $(BUILD)/flags
	$(say) CC $@
	$(Q)$(CC) $(OWN_CFLAGS) $(LIB_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $< $(LIBRARY) $(LIB_LIBS) -pthread

## instructions-check: instructions for an event, as multiples of a reference loop's, compared with what is recorded
.PHONY: instructions-check
instructions-check:
	$(Q)tests/deps/install.sh build check
	$(Q)$(MAKE) all $(BUILD)/mktrace $(BUILD)/bench-reference $(BUILD)/bench-merge
	$(Q)BUILD=$(BUILD) KVM_IPI=$(PROGRAM) MKTRACE=$(BUILD)/mktrace prove tests/bench/instructions.t

.PHONY: bench bench-run
bench:
	$(Q)tests/deps/install.sh build check bench
	$(Q)$(MAKE) bench-run

# KernelShark's library may be missing: then its loader is not measured.
bench-run: all $(BUILD)/mktrace $(BUILD)/bench-merge $(BUILD)/bench-ctf $(BENCH_TOOLS)
	$(Q)if $(PKG_CONFIG) --exists libkshark; then \
		$(CC) -O2 -o $(BUILD)/bench-kshark tests/bench/kshark.c \
			$$($(PKG_CONFIG) --cflags --libs libkshark); \
	fi
	$(Q)BUILD=$(BUILD) tests/bench/bench.sh
