# SPDX-License-Identifier: GPL-2.0-only
# The BPF programs of `top`: compiled for the kernel's machine, and made part of bpf_objects.o, so
# that nothing has to be found at run time. Paths of the build machine stay out of them.

BPF_DIR     := $(BUILD)/analyzer/live/bpf
BPF_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard analyzer/live/bpf/*.bpf.c))
BPF_CFLAGS   = -O2 -g -Wall -Werror -target bpf -I/usr/include/$(shell uname -m)-linux-gnu \
	-ffile-prefix-map=$(CURDIR)=. -Ianalyzer

$(BPF_OBJECTS): $(BUILD)/%.bpf.o: %.bpf.c $(wildcard analyzer/live/bpf/*.h) $(BUILD)/flags
	$(say) BPF $<
	$(Q)mkdir -p $(@D)
	$(Q)$(BPF_CLANG) $(BPF_CFLAGS) -c -o $@ $<

$(BUILD)/analyzer/live/bpf_objects.o: $(BPF_OBJECTS)
$(BUILD)/analyzer/live/bpf_objects.o: OWN_CFLAGS += -DBPF_OBJECT_DIR='"$(BPF_DIR)"'
