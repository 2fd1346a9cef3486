# SPDX-License-Identifier: GPL-2.0-only
# The KernelShark plugin: built where libkshark-dev, OpenGL's headers and a C++ compiler are there.
# It has the analyzer's reading parts in it, compiled once more as code that can be shared.

KSHARK_PLUGIN := $(BUILD)/kernelshark/plugin-kvm_ipi.so
KSHARK_DIR := plugins/kernelshark
# Where `kernelshark -p kvm_ipi` looks: a folder that Debian's KernelShark has compiled in.
ksharkdir ?= $(if $(filter /usr /usr/local,$(prefix)),$(shell $(PKG_CONFIG) --variable=libdir \
		libkshark),$(prefix)/lib)/kernelshark/plugins

CXX ?= g++
CXXFLAGS ?= $(CFLAGS)
# Their own headers do not pass our warnings.
KSHARK_CFLAGS = $(patsubst -I%,-isystem %,$(shell $(PKG_CONFIG) --cflags libkshark libtracecmd)) \
	$(LIB_CFLAGS) -I$(KSHARK_DIR)
KSHARK_LIBS = $(shell $(PKG_CONFIG) --libs libkshark) -lkshark-plot -lkshark-gui
# Headers that are missing are a reason, too: libkshark-dev depends on none of them.
KSHARK_PROBE = echo "\#include <libkshark-plot.h>" | $(CXX) -E -x c++ \
	$$($(PKG_CONFIG) --cflags libkshark 2>/dev/null) - >/dev/null 2>&1
HAVE_KSHARK := $(shell $(PKG_CONFIG) --exists libkshark 2>/dev/null && $(KSHARK_PROBE) && echo yes)

KSHARK_READER := $(wildcard analyzer/analysis/*.c analyzer/analysis/*/*.c analyzer/decode/*.c \
	analyzer/input/*.c analyzer/model/*.c analyzer/trace/*.c analyzer/util/*.c)
KSHARK_ARCHIVE := $(BUILD)/pic/libreader.a
KSHARK_READER_OBJECTS := $(KSHARK_READER:%.c=$(BUILD)/pic/%.o)
KSHARK_OBJECTS := $(addprefix $(BUILD)/pic/$(KSHARK_DIR)/,plugin.o ipis.o draw.o)

.PHONY: kernelshark
ifeq ($(HAVE_KSHARK),yes)
all: $(KSHARK_PLUGIN)
kernelshark: $(KSHARK_PLUGIN)
else
all: no-kernelshark
kernelshark: no-kernelshark
.PHONY: no-kernelshark
no-kernelshark:
	@echo "  SKIP    $(KSHARK_PLUGIN) (needs libkshark-dev, libgl-dev, libglu1-mesa-dev, g++)"
endif

$(KSHARK_ARCHIVE): $(KSHARK_READER_OBJECTS)
	$(say) AR $@
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/pic/$(KSHARK_DIR)/%.o: LIB_CFLAGS = $(KSHARK_CFLAGS)
$(BUILD)/pic/$(KSHARK_DIR)/%.o: KSHARK_CFLAGS := $(KSHARK_CFLAGS)

$(BUILD)/pic/%.o: %.cpp $(BUILD)/flags
	$(say) 'CXX -fPIC' $<
	$(Q)mkdir -p $(@D)
	$(Q)$(CXX) $(CPPFLAGS) -std=c++17 -Wall -Wextra $(WERROR) $(KSHARK_CFLAGS) $(CXXFLAGS) -fPIC \
		-fvisibility=hidden -MMD -MP -c -o $@ $<

$(KSHARK_PLUGIN): $(KSHARK_OBJECTS) $(KSHARK_ARCHIVE)
	$(say) LINK $@
	$(Q)mkdir -p $(@D)
	$(Q)$(CXX) $(CXXFLAGS) $(LDFLAGS) -shared -Wl,-z,defs -o $@ $(KSHARK_OBJECTS) $(KSHARK_ARCHIVE) \
		$(KSHARK_LIBS) $(LIB_LIBS) -pthread

-include $(KSHARK_READER_OBJECTS:.o=.d) $(KSHARK_OBJECTS:.o=.d)
