# SPDX-License-Identifier: GPL-2.0-only
## deb-check: build the Debian package, lint it, install it into a folder, run what was installed
.PHONY: deb-check
deb-check:
	$(Q)tests/deps/install.sh build demo check deb
	$(Q)BUILD=$(BUILD) prove $(PROVE_FLAGS) tests/deb/deb.t
