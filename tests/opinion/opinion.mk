# SPDX-License-Identifier: GPL-2.0-only
# build/opinion-tracecmd: the second opinion by libtracecmd, which the analyzer does not use.

OPINION := $(BUILD)/opinion-tracecmd

$(OPINION): tests/opinion/opinion-tracecmd.c $(BUILD)/flags
	$(say) CC $@
	$(Q)$(CC) $(CPPFLAGS) $(OWN_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $< \
		$(shell $(PKG_CONFIG) --cflags --libs libtracecmd libtraceevent)
