# SPDX-License-Identifier: GPL-2.0-only
# build/mktrace: the generator of trace.dat files. It links no part of the analyzer, on purpose.

MKTRACE := $(BUILD)/mktrace
MKTRACE_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/mktrace/*.c))

$(MKTRACE): $(MKTRACE_OBJECTS)
	$(say) LINK $@
	$(Q)$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(shell $(PKG_CONFIG) --libs libzstd zlib) -lm

-include $(MKTRACE_OBJECTS:.o=.d)
