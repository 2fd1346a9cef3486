# SPDX-License-Identifier: GPL-2.0-only
# make check: three builds (gcc, clang, gcc with ASan and UBSan), the unit tests of two of them, and
# the TAP scripts, those that matter most with the sanitizers' build again. prove counts.

UNIT := $(BUILD)/unit
# Without the BPF backends there is nothing to test of them.
UNIT_SOURCES := $(filter-out $(LEFT_OUT:analyzer/live/%=tests/unit/test_%),$(wildcard tests/unit/*.c))
UNIT_OBJECTS := $(UNIT_SOURCES:%.c=$(BUILD)/%.o)
UNIT_DIR := $(BUILD)/tests/unit

# The suites are the files.
$(UNIT_DIR)/suites.h: FORCE
	@mkdir -p $(@D)
	@printf 'SUITE(%s)\n' $(patsubst tests/unit/test_%.c,%,$(filter tests/unit/test_%,$(UNIT_SOURCES))) >$@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

$(UNIT_OBJECTS): OWN_CFLAGS += -I$(UNIT_DIR) -Itests/unit
$(UNIT_OBJECTS): $(UNIT_DIR)/suites.h

$(UNIT): $(UNIT_OBJECTS) $(LIBRARY)
	$(say) LINK $@
	$(Q)$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(LIB_LIBS) \
		$(shell $(PKG_CONFIG) --libs check) -pthread

-include $(UNIT_OBJECTS:.o=.d)

# What the scripts need beside the program, and other rooms have targets for.
CHECK_TOOLS := $(BUILD)/mktrace $(BUILD)/opinion-tracecmd $(BUILD)/plugin-print $(BUILD)/failalloc.so \
	$(BUILD)/failio.so $(BUILD)/measure $(BUILD)/hurt

$(BUILD)/%.so: tests/t/%.c $(BUILD)/flags
	$(say) CC $@
	$(Q)$(CC) $(filter-out -fsanitize%,$(OWN_CFLAGS)) $(CFLAGS) -fPIC -shared -o $@ $<

$(BUILD)/measure: tests/t/measure.c $(BUILD)/flags
	$(say) CC $@
	$(Q)$(CC) $(OWN_CFLAGS) $(CFLAGS) -o $@ $<

.PHONY: check-build
check-build: all $(UNIT) $(CHECK_TOOLS)

# Unit tests are forks, and the search for leaks at the end of each walks through what the parent has freed.
ASAN_CHOICE := detect_leaks=1:quarantine_size_mb=1
SANITIZERS := -fsanitize=address,undefined -fno-sanitize-recover=all
CLANG ?= clang
CLANG_BUILD := $(BUILD)/clang
ASAN_BUILD := $(BUILD)/asan
CHECK_JOBS ?= 2

# These run with the sanitizers' build too.
ASAN_SCRIPTS := $(wildcard $(addprefix tests/t/,captures.t cli.t filters.t formats.t goldens.t \
	properties.t threads.t))
ASAN_WRAPPERS := $(ASAN_SCRIPTS:tests/t/%=$(ASAN_BUILD)/t/%)

$(ASAN_BUILD)/t/%.t: tests/t/%.t
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nBUILD=%s KVM_IPI=%s/kvm-ipi LARGE=0 exec %s\n' \
		$(ASAN_BUILD) $(ASAN_BUILD) $< >$@
	@chmod +x $@

# Everything that prints TAP. The longest first, so that no job waits for another at the end.
# The Debian package and the viewers have targets and packages of their own (deb-check, viewers-check), and
# counting instructions takes long (instructions-check).
SCRIPTS := $(filter-out tests/deb/% tests/viewers/% tests/bench/%,$(wildcard tests/*/*.t)) $(ASAN_WRAPPERS)
LONGEST := $(filter %/formats.t %/valgrind.t %/threads.t %/properties.t,$(SCRIPTS))

## check: install what is missing, build, run the tests; check-run: the same without installing
.PHONY: check check-run
check:
	$(Q)tests/deps/install.sh build demo check viewers
	$(Q)$(MAKE) check-run

# The builds one after the other, each with all jobs: they share no file.
check-run: $(ASAN_WRAPPERS)
	$(Q)$(MAKE) -j$(CHECK_JOBS) check-build
	$(Q)$(MAKE) -j$(CHECK_JOBS) BUILD=$(CLANG_BUILD) CC=$(CLANG) all
	$(Q)$(MAKE) -j$(CHECK_JOBS) BUILD=$(ASAN_BUILD) CFLAGS='-O1 -g' SANITIZE='$(SANITIZERS)' HAVE_KSHARK= \
		all $(ASAN_BUILD)/unit
	$(Q)ASAN_OPTIONS=$(ASAN_CHOICE) BUILD=$(BUILD) KVM_IPI=$(PROGRAM) CLANG_BUILD=$(CLANG_BUILD) MKTRACE=$(BUILD)/mktrace \
		OPINION=$(BUILD)/opinion-tracecmd \
		prove -j$(CHECK_JOBS) $(PROVE_FLAGS) $(LONGEST) $(UNIT) $(ASAN_BUILD)/unit \
		$(filter-out $(LONGEST),$(SCRIPTS))
