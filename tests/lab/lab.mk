# SPDX-License-Identifier: GPL-2.0-only
## lab: boot emulated machines with a patched KVM, record known guests (tests/lab/README.md)
.PHONY: lab lab-check lab-full lab-tree lab-cost
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
	$(Q)LAB='$(BUILD)/lab' KVM_IPI='$(PROGRAM)' tests/lab/top-check.sh
	$(Q)LAB='$(BUILD)/lab' KVM_IPI='$(PROGRAM)' tests/lab/top-check-check.sh

## lab-full: kvm-ipi top on the kernels that make lab has not, too (tests/lab/top-captures)
FULL_LAB = LAB='$(BUILD)/lab' LAB_OUT='$(CURDIR)/$(BUILD)/lab/out-full' LAB_CAPTURES=tests/lab/top-captures \
	KVM_IPI='$(PROGRAM)'
lab-full:
	$(Q)tests/deps/install.sh build lab
	$(Q)$(MAKE) $(PROGRAM)
	$(Q)$(FULL_LAB) tests/lab/lab.sh
	$(Q)$(FULL_LAB) tests/lab/top-check.sh

## lab-tree: Linux 7.1 from a tree (LINUX_7_1=TREE): build it, boot it, record, compare (tests/lab/tree-captures)
TREE_LAB = LAB='$(BUILD)/lab' LAB_CAPTURES=tests/lab/tree-captures LAB_COUNTS='$(BUILD)/lab/counts-tree' \
	KVM_IPI='$(PROGRAM)'
lab-tree:
	$(Q)[ -n "$(LINUX_7_1)" ] || { echo "lab-tree: name a tree of Linux 7.1: make lab-tree LINUX_7_1=TREE" >&2; exit 2; }
	$(Q)tests/deps/install.sh build lab tree
	$(Q)$(MAKE) $(PROGRAM)
	$(Q)$(TREE_LAB) LINUX_7_1='$(LINUX_7_1)' tests/lab/lab.sh
	$(Q)$(TREE_LAB) tests/lab/check.sh
	$(Q)$(TREE_LAB) tests/lab/top-check.sh

## lab-again: boot machines (MACHINES, default 6.12-stock) once more; are the traces the same, byte for byte?
.PHONY: lab-again
lab-again:
	$(Q)tests/deps/install.sh build lab
	$(Q)$(MAKE) $(PROGRAM)
	$(Q)LAB='$(BUILD)/lab' KVM_IPI='$(PROGRAM)' tests/lab/again.sh $(MACHINES)

## lab-cost: what counting by kvm-ipi top costs, in instructions an IPI (docs/overhead.md)
COST_LAB = LAB='$(BUILD)/lab' LAB_OUT='$(CURDIR)/$(BUILD)/lab/out-cost' LAB_CAPTURES=tests/lab/cost-captures \
	KVM_IPI='$(PROGRAM)'
lab-cost:
	$(Q)tests/deps/install.sh build lab
	$(Q)$(MAKE) $(PROGRAM)
	$(Q)$(COST_LAB) tests/lab/lab.sh
	$(Q)$(COST_LAB) tests/lab/top-cost.sh

## lab-linux: the same with a Linux guest under load; may need several tries, not part of CI
.PHONY: lab-linux
lab-linux:
	$(Q)tests/deps/install.sh build lab
	$(Q)$(MAKE) $(PROGRAM)
	$(Q)LAB='$(BUILD)/lab' KVM_IPI='$(PROGRAM)' tests/lab/linux.sh

# Which machine of tests/lab/policy/captures: 6.12-policy has the whole matrix, 6.12-policy-ci less.
POLICY_MACHINE ?= 6.12-policy
POLICY_LAB := LAB='$(BUILD)/lab' KVM_IPI='$(PROGRAM)' LAB_CAPTURES=tests/lab/policy/captures

## lab-policy: run directed-yield policies in a kernel, with measuring guests (docs/policy-experiment.md)
.PHONY: lab-policy
lab-policy:
	$(Q)tests/deps/install.sh build lab demo
	$(Q)$(MAKE) $(PROGRAM)
	$(Q)$(POLICY_LAB) tests/lab/lab.sh $(POLICY_MACHINE)
	$(Q)$(POLICY_LAB) tests/lab/policy/results.sh $(POLICY_MACHINE)

## lab-policy-check: the recordings of lab-policy: guests' counts, the kernel's counters, predictions
.PHONY: lab-policy-check
lab-policy-check:
	$(Q)$(MAKE) $(PROGRAM)
	$(Q)$(POLICY_LAB) LAB_MACHINE=$(POLICY_MACHINE) LAB_COUNTS='$(BUILD)/lab/policy/$(POLICY_MACHINE)/counts' \
		tests/lab/check.sh
	$(Q)$(POLICY_LAB) tests/lab/policy/check.sh $(POLICY_MACHINE)

## lab-policy-again: boot that machine once more; everything has to be the same bytes
.PHONY: lab-policy-again
lab-policy-again:
	$(Q)$(POLICY_LAB) tests/lab/again.sh $(POLICY_MACHINE)
