# SPDX-License-Identifier: GPL-2.0-only
#
# kvm-ipi: who sends IPIs to whom, and how the receivers were doing.
#
#   make demo      install what is missing, build, analyse a real trace, leave a report to open
#   make check     install what is missing, build, run the tests
#   make help      all targets
#
# Everything that is built goes below $(BUILD). prefix, DESTDIR, CC, CFLAGS, LDFLAGS, V=1 and
# DEVELOPER=1 (warnings are errors, as in CI) do what you expect. all and install never install a package.

VERSION := 0.1.0
BUILD   ?= build

prefix      ?= /usr/local
bindir      ?= $(prefix)/bin
datarootdir ?= $(prefix)/share
mandir      ?= $(datarootdir)/man
docdir      ?= $(datarootdir)/doc/kvm-ipi
completiondir ?= $(datarootdir)/bash-completion/completions
PKG_CONFIG  ?= pkg-config
INSTALL     ?= install
# Where libtraceevent looks for plugins by itself: in its own folder, and in ~/.local. An installation elsewhere
# stays below its prefix.
plugindir   ?= $(if $(filter /usr /usr/local,$(prefix)),$(shell $(PKG_CONFIG) --variable=libdir \
		libtraceevent),$(prefix)/lib)/traceevent/plugins

CFLAGS ?= -O2 -g
# Another compiler's new warning must not stop a user's build.
DEVELOPER ?=
WERROR := $(if $(filter 1,$(DEVELOPER)),-Werror)
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
	-Wformat=2 -Wundef -Wvla -Wno-unused-parameter -Wno-missing-field-initializers $(WERROR)

LIBS := libtraceevent libtracefs libzstd zlib

# The BPF backends of `top` are built where libbpf and a compiler for BPF are found; BPF= leaves them
# out. One of two sets of files of analyzer/live is then no part of the program (analyzer/live/live.mk).
BPF_CLANG ?= clang
BPF ?= $(if $(shell $(PKG_CONFIG) --exists libbpf 2>/dev/null && command -v $(BPF_CLANG)),1)
LIBS += $(if $(BPF),libbpf)
WITHOUT_BPF := analyzer/live/bpf_absent.c
WITH_BPF    := $(wildcard analyzer/live/bpf*.c)
LEFT_OUT    := $(if $(BPF),$(WITHOUT_BPF),$(filter-out $(WITHOUT_BPF),$(WITH_BPF)))

# Asked for when something is compiled, not when make starts: pkg-config may not be there yet.
LIB_CFLAGS = $(shell $(PKG_CONFIG) --cflags $(LIBS))
LIB_LIBS   = $(shell $(PKG_CONFIG) --libs $(LIBS)) -lm
SANITIZE :=
OWN_CFLAGS = -std=gnu11 $(WARNINGS) $(SANITIZE) -D_FILE_OFFSET_BITS=64 \
	-DKVM_IPI_VERSION='"$(VERSION)"' -Ianalyzer

ifeq ($(V),1)
Q :=
say := @:
else
Q := @
say := @printf '  %-7s %s\n'
MAKEFLAGS += --no-print-directory
endif

PROGRAM := $(BUILD)/kvm-ipi
PLUGIN  := $(BUILD)/plugin_kvm_ipi.so
LIBRARY := $(BUILD)/libkvm-ipi.a

SOURCES := $(filter-out $(LEFT_OUT) %.bpf.c,$(wildcard analyzer/*.c analyzer/*/*.c analyzer/*/*/*.c))
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o)
LIB_OBJECTS := $(filter-out $(BUILD)/analyzer/main.o,$(OBJECTS))
PLUGIN_SOURCES := $(wildcard plugins/*.c)
PLUGIN_OBJECTS := $(patsubst %.c,$(BUILD)/pic/%.o,$(PLUGIN_SOURCES) analyzer/model/vectors.c)

.PHONY: all
all: $(PROGRAM) $(if $(PLUGIN_SOURCES),$(PLUGIN))
	$(if $(BPF),,@echo "left out: the BPF backends of kvm-ipi top (they need libbpf-dev and $(BPF_CLANG))")

$(PROGRAM): $(BUILD)/analyzer/main.o $(LIBRARY)
	$(say) LINK $@
	$(Q)$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(LIB_LIBS) -pthread

$(LIBRARY): $(LIB_OBJECTS)
	$(say) AR $@
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(PLUGIN): $(PLUGIN_OBJECTS)
	$(say) LINK $@
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -shared -o $@ $^

$(BUILD)/%.o: %.c $(BUILD)/flags
	$(say) CC $<
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(OWN_CFLAGS) $(LIB_CFLAGS) $(CFLAGS) -pthread -MMD -MP -c -o $@ $<

$(BUILD)/pic/%.o: %.c $(BUILD)/flags
	$(say) 'CC -fPIC' $<
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(filter-out -fsanitize%,$(OWN_CFLAGS)) $(LIB_CFLAGS) $(CFLAGS) -fPIC \
		-fvisibility=hidden -MMD -MP -c -o $@ $<

# Another compiler or other flags build everything anew.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(VERSION) $(CC) $(CPPFLAGS) $(CFLAGS) $(WERROR) $(SANITIZE) $(LDFLAGS) BPF=$(BPF)' >$@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@
.PHONY: FORCE
FORCE:

-include $(OBJECTS:.o=.d) $(PLUGIN_OBJECTS:.o=.d)

## deps: install the packages that are missing (tests/deps/packages)
.PHONY: deps
deps:
	$(Q)tests/deps/install.sh build demo check viewers

# Each room with targets of its own brings them.
include $(wildcard tests/*.mk */*/*.mk kernel-patch/*.mk)

## install, uninstall: the program, plugins, man pages and completion, below $(DESTDIR)$(prefix)
MAN1 := $(filter %.1,$(MAN_PAGES))
MAN5 := $(filter %.5,$(MAN_PAGES))
.PHONY: install uninstall
install: all
	$(INSTALL) -d '$(DESTDIR)$(bindir)' '$(DESTDIR)$(plugindir)' '$(DESTDIR)$(mandir)/man1' \
		'$(DESTDIR)$(mandir)/man5' '$(DESTDIR)$(completiondir)'
	$(INSTALL) -m 755 $(PROGRAM) '$(DESTDIR)$(bindir)/kvm-ipi'
	$(if $(PLUGIN_SOURCES),$(INSTALL) -m 644 $(PLUGIN) '$(DESTDIR)$(plugindir)/')
	$(if $(HAVE_KSHARK),$(INSTALL) -d '$(DESTDIR)$(ksharkdir)')
	$(if $(HAVE_KSHARK),$(INSTALL) -m 644 $(KSHARK_PLUGIN) '$(DESTDIR)$(ksharkdir)/')
	@echo "trace-cmd and KernelShark find the plugin there if prefix is /usr, /usr/local or ~/.local. Elsewhere,"
	@echo "and for perf, which has a libtraceevent of its own, set TRACEEVENT_PLUGIN_DIR=$(plugindir)"
	$(if $(MAN1),$(INSTALL) -m 644 $(MAN1) '$(DESTDIR)$(mandir)/man1/')
	$(if $(MAN5),$(INSTALL) -m 644 $(MAN5) '$(DESTDIR)$(mandir)/man5/')
	$(INSTALL) -m 644 docs/completion/kvm-ipi '$(DESTDIR)$(completiondir)/kvm-ipi'

uninstall:
	rm -f '$(DESTDIR)$(bindir)/kvm-ipi' '$(DESTDIR)$(completiondir)/kvm-ipi' '$(DESTDIR)$(plugindir)/$(notdir $(PLUGIN))' \
		'$(DESTDIR)$(ksharkdir)/plugin-kvm_ipi.so' \
		$(MAN1:$(BUILD)/man/%='$(DESTDIR)$(mandir)/man1/%') $(MAN5:$(BUILD)/man/%='$(DESTDIR)$(mandir)/man5/%')

## clean: remove what was built
.PHONY: clean
clean:
	rm -rf $(BUILD) demo

## dist: a source archive of the last commit
.PHONY: dist
dist:
	$(Q)mkdir -p $(BUILD)
	git archive --prefix=kvm-ipi-$(VERSION)/ -o $(BUILD)/kvm-ipi-$(VERSION).tar.gz HEAD
	@echo "$(BUILD)/kvm-ipi-$(VERSION).tar.gz"

.PHONY: help
help:
	@echo "all (the default): the program and the plugin, in $(BUILD)/"
	@sed -n 's/^## //p' $(MAKEFILE_LIST)
