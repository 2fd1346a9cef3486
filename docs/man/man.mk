# SPDX-License-Identifier: GPL-2.0-only
# The man pages: what several have in common is in parts/, where .\" include NAME puts it.

MAN_PAGES := $(patsubst docs/man/%.in,$(BUILD)/man/%,$(wildcard docs/man/*.in))

all: $(MAN_PAGES)

$(BUILD)/man/%: docs/man/%.in docs/man/include.awk $(wildcard docs/man/parts/*)
	$(say) MAN $@
	$(Q)mkdir -p $(@D)
	$(Q)awk -v dir=docs/man/parts -f docs/man/include.awk $< >$@.new
	$(Q)mv $@.new $@
