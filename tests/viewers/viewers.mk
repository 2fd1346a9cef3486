# SPDX-License-Identifier: GPL-2.0-only
# Viewers: KernelShark with the plugin, without a screen and under Xvfb.

VIEWER_TOOLS := $(if $(HAVE_KSHARK),$(BUILD)/ipis-print $(BUILD)/arrows)

$(BUILD)/ipis-print: tests/viewers/ipis-print.c $(BUILD)/pic/$(KSHARK_DIR)/ipis.o $(KSHARK_ARCHIVE)
	$(say) CC $@
	$(Q)$(CC) $(OWN_CFLAGS) $(CFLAGS) -I$(KSHARK_DIR) -o $@ $^ $(LIB_LIBS) -pthread

$(BUILD)/arrows: tests/viewers/arrows.cpp $(KSHARK_DIR)/draw.hpp $(KSHARK_DIR)/ipis.h
	$(say) CXX $@
	$(Q)$(CXX) -std=c++17 -Wall -Wextra $(WERROR) $(KSHARK_CFLAGS) $(CXXFLAGS) -o $@ $< $(KSHARK_LIBS)

## viewers-check: install what is missing, build, and test the plugin of KernelShark (under 2 minutes)
.PHONY: viewers-check
viewers-check:
	$(Q)tests/deps/install.sh build check viewers
	$(Q)$(MAKE) viewers-run

.PHONY: viewers-run
viewers-run: all $(VIEWER_TOOLS) $(BUILD)/mktrace
	$(Q)BUILD=$(BUILD) KVM_IPI=$(PROGRAM) MKTRACE=$(BUILD)/mktrace prove $(PROVE_FLAGS) tests/viewers/*.t
