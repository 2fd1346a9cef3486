# SPDX-License-Identifier: GPL-2.0-only
#
# The style is what clang-format 14 (Debian 12) makes of it; kernel-patch/ has the kernel's own.
CLANG_FORMAT ?= clang-format
FORMATTED = $(shell git ls-files '*.c' '*.h' ':!kernel-patch')

## format-check: C is formatted as .clang-format says
.PHONY: format-check format
format-check:
	$(Q)tests/deps/install.sh format
	$(Q)$(CLANG_FORMAT) --dry-run --Werror $(FORMATTED)

## format: makes it so
format:
	$(Q)tests/deps/install.sh format
	$(Q)$(CLANG_FORMAT) -i $(FORMATTED)
