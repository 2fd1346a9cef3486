# SPDX-License-Identifier: GPL-2.0-only
## kernel-check: the series against their kernels: apply, checkpatch, build, disassemble, measure
## (RELEASES="6.1 6.12", LINUX_7_1=TREE; minutes for each, and a network)

PLUGIN_PRINT := $(BUILD)/plugin-print

$(PLUGIN_PRINT): tests/kernel-patch/plugin-print.c $(BUILD)/flags
	$(say) CC $@
	$(Q)$(CC) $(CPPFLAGS) $(filter-out -fsanitize%,$(OWN_CFLAGS)) $(CFLAGS) $(LDFLAGS) -o $@ $< \
		$(shell $(PKG_CONFIG) --cflags --libs libtraceevent)

check-build: $(PLUGIN_PRINT)

.PHONY: kernel-check
kernel-check:
	$(Q)tests/deps/install.sh build check modules $(if $(LINUX_7_1),tree)
	$(Q)BUILD=$(BUILD) tests/kernel-patch/kernel-check.sh $(RELEASES)
