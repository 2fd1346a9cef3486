# SPDX-License-Identifier: GPL-2.0-only
## kernel-check: the series against their kernels: apply, checkpatch, build, disassemble, measure

PLUGIN_PRINT := $(BUILD)/plugin-print

$(PLUGIN_PRINT): tests/kernel-patch/plugin-print.c $(BUILD)/flags
	$(say) CC $@
	$(Q)$(CC) $(CPPFLAGS) $(filter-out -fsanitize%,$(OWN_CFLAGS)) $(CFLAGS) $(LDFLAGS) -o $@ $< \
		$(shell $(PKG_CONFIG) --cflags --libs libtraceevent)

# The quick part, for make check.
.PHONY: check-plugin
check-plugin: all $(PLUGIN_PRINT)
	$(Q)BUILD=$(BUILD) tests/kernel-patch/plugin.t
	$(Q)BUILD=$(BUILD) tests/kernel-patch/build-modules.t
