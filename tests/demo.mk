# SPDX-License-Identifier: GPL-2.0-only
## demo: install what is missing, build, analyse a real trace (DEMO_TRACE=FILE), leave demo/

DEMO_TRACE ?= examples/three-vms.dat
# The probes on yield_to() that the default trace holds.
DEMO_PROBES ?= $(if $(filter examples/three-vms.dat,$(DEMO_TRACE)),--yield-target kprobes:ytp:pid \
	--yield-result kprobes:yto:ret)
DEMO := demo

.PHONY: demo demo-run
demo:
	$(Q)tests/deps/install.sh build demo
	$(Q)$(MAKE) demo-run

demo-run: all
	$(Q)mkdir -p $(DEMO)
	$(Q)rm -f $(DEMO)/heatmap-*.png
	$(Q)$(PROGRAM) report $(DEMO_TRACE) -o $(DEMO)/report.txt
	$(Q)$(PROGRAM) report $(DEMO_TRACE) -o $(DEMO)/report.json
	$(Q)$(PROGRAM) matrix $(DEMO_TRACE) -o $(DEMO)/matrix.txt
	$(Q)$(PROGRAM) graph $(DEMO_TRACE) -o $(DEMO)/graph.csv
	$(Q)$(PROGRAM) heatmap --panels $(DEMO_TRACE) -o $(DEMO)/heatmap.png
	$(Q)$(PROGRAM) timeline $(DEMO_TRACE) -o $(DEMO)/timeline.png
	$(Q)$(PROGRAM) graph --format dot $(DEMO_TRACE) | dot -Tsvg -o $(DEMO)/graph.svg
	$(Q)$(PROGRAM) yield $(DEMO_PROBES) $(DEMO_TRACE) -o $(DEMO)/window.png
# Of IPIs alone there are no latencies (3).
	$(Q)rm -f $(DEMO)/latency.png
	$(Q)$(PROGRAM) latency $(DEMO_TRACE) -o $(DEMO)/latency.png || test $$? = 3
	$(Q)$(PROGRAM) html $(DEMO_PROBES) $(DEMO_TRACE) -o $(DEMO)/page.html
	$(Q)cat $(DEMO)/report.txt $(DEMO)/matrix.txt
	@echo
	@echo 'From $(DEMO_TRACE):'
	@echo '  $(DEMO)/page.html     all of it on one page, for a browser; no network needed'
	@echo '  $(DEMO)/heatmap.png   who sends to whom, as colours'
	@echo '  $(DEMO)/timeline.png  rates over time, and bursts'
	@echo '  $(DEMO)/graph.svg     the graph, for a browser'
	@echo '  $(DEMO)/window.png    how long a hint of the receiver has to be believed'
	@test ! -f $(DEMO)/latency.png || echo '  $(DEMO)/latency.png   how long IPIs took'
	@echo '  $(DEMO)/report.txt    the report above: who sends IPIs to whom, and how the receivers were doing'
	@echo '  $(DEMO)/matrix.txt    sender x receiver'
	@echo '  $(DEMO)/graph.csv     every edge, for a spreadsheet or gnuplot'
	@echo '  $(DEMO)/report.json   all of it for programs'
	@echo 'Open $(DEMO)/page.html first.'
