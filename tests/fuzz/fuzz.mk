# SPDX-License-Identifier: GPL-2.0-only
#
# libFuzzer harnesses (clang). FUZZ_SECONDS each, on a corpus that is made from the captures and
# from what mktrace writes, and kept in $(FUZZ_BUILD)/corpus.

FUZZ_BUILD := $(BUILD)/fuzz
FUZZ_SECONDS ?= 60
FUZZERS := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_SANITIZE := -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all
FUZZ_MAKE = $(MAKE) BUILD=$(FUZZ_BUILD) CC=clang CFLAGS='-O1 -g' SANITIZE='$(FUZZ_SANITIZE)'

# Only in the build with the sanitizers: these need libFuzzer's main().
$(BUILD)/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/tests/fuzz/file.o \
		$(BUILD)/tests/fuzz/program.o $(LIBRARY)
	$(say) LINK $@
	$(Q)$(CC) $(CFLAGS) $(SANITIZE) -fsanitize=fuzzer $(LDFLAGS) -o $@ $^ $(LIB_LIBS) -pthread

.PHONY: fuzz fuzz-build
fuzz-build: $(BUILD)/mktrace
	+$(Q)$(FUZZ_MAKE) $(FUZZERS:%=$(FUZZ_BUILD)/%)
	$(Q)tests/fuzz/corpus.sh $(BUILD)/mktrace $(FUZZ_BUILD)/corpus

## fuzz: each harness for FUZZ_SECONDS (60); what it finds is left in $(BUILD)/fuzz
fuzz: fuzz-build
	$(Q)tests/fuzz/run.sh $(FUZZ_BUILD) $(FUZZ_SECONDS) $(FUZZERS)

## fuzz-long: all harnesses side by side for HOURS, in the background; the corpus is kept, minimised
.PHONY: fuzz-long fuzz-status
HOURS ?= 1
fuzz-long: fuzz-build
	$(Q)tests/fuzz/long.sh $(FUZZ_BUILD) $(HOURS) $(FUZZERS)

## fuzz-status: executions and findings of all runs of fuzz-long
fuzz-status:
	$(Q)tests/fuzz/long.sh $(FUZZ_BUILD)

# Commands over beginnings and damaged copies of files, within one process (hurt.c says what must hold).
HURT_OBJECTS := $(BUILD)/tests/fuzz/hurt.o $(BUILD)/tests/fuzz/program.o
$(BUILD)/hurt: $(HURT_OBJECTS) $(LIBRARY)
	$(say) LINK $@
	$(Q)$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(LIB_LIBS) -pthread

-include $(HURT_OBJECTS:.o=.d)

## robust-check: every length, 10,000 damaged copies with the sanitizers, all hostile files, FUZZ_SECONDS of fuzzing
.PHONY: robust-check
robust-check: check-build
	+$(Q)$(MAKE) BUILD=$(ASAN_BUILD) CFLAGS='-O1 -g' SANITIZE='$(SANITIZERS)' all $(ASAN_BUILD)/hurt
	$(Q)FULL=1 BUILD=$(BUILD) KVM_IPI=$(PROGRAM) MKTRACE=$(BUILD)/mktrace tests/t/limits.t
	$(Q)FULL=1 BUILD=$(ASAN_BUILD) KVM_IPI=$(ASAN_BUILD)/kvm-ipi MKTRACE=$(BUILD)/mktrace tests/t/damage.t
	+$(Q)$(MAKE) fuzz FUZZ_SECONDS=$(SMOKE_SECONDS)
SMOKE_SECONDS ?= 9
