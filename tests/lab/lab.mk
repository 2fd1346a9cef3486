# SPDX-License-Identifier: GPL-2.0-only
## lab: boot emulated machines with a patched KVM, record known guests (tests/lab/README.md)
.PHONY: lab lab-check
lab:
	$(Q)tests/deps/install.sh build lab
	$(Q)$(MAKE) $(PROGRAM)
	$(Q)LAB='$(BUILD)/lab' KVM_IPI='$(PROGRAM)' tests/lab/lab.sh

## lab-check: compare what the lab recorded with what its guests know, count by count
lab-check:
	$(Q)tests/deps/install.sh build lab
	$(Q)$(MAKE) $(PROGRAM)
	$(Q)LAB='$(BUILD)/lab' KVM_IPI='$(PROGRAM)' tests/lab/check.sh
	$(Q)LAB='$(BUILD)/lab' KVM_IPI='$(PROGRAM)' tests/lab/check-check.sh

## lab-again: boot machines (MACHINES, default 6.12-stock) once more; are the traces the same, byte for byte?
.PHONY: lab-again
lab-again:
	$(Q)tests/deps/install.sh build lab
	$(Q)$(MAKE) $(PROGRAM)
	$(Q)LAB='$(BUILD)/lab' KVM_IPI='$(PROGRAM)' tests/lab/again.sh $(MACHINES)

## lab-linux: the same with a Linux guest under load; may need several tries, not part of CI
.PHONY: lab-linux
lab-linux:
	$(Q)tests/deps/install.sh build lab
	$(Q)$(MAKE) $(PROGRAM)
	$(Q)LAB='$(BUILD)/lab' KVM_IPI='$(PROGRAM)' tests/lab/linux.sh
