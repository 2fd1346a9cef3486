// SPDX-License-Identifier: GPL-2.0-only
/*
 * arrows.cpp - calls the KernelShark plugin as KernelShark does, and counts what it draws.
 *
 *	arrows PLUGIN FILE PID,... [FROM TO]...
 *
 * Loads the plugin and the file with KernelShark's own library, makes a graph for each thread, and
 * asks for a picture of the whole trace and of each range (ns on the trace's clock): a line with
 * the range that KernelShark made of it, the arrows, and the IPIs that they stand for. Then
 * everything is taken down in KernelShark's order. No screen is needed: shapes are made, not shown.
 */
#include <libkshark-tepdata.h>
#include <KsPlugins.hpp>

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <typeinfo>
#include <vector>

#include "draw.hpp"

/* The class is hidden in the plugin: its name, and the layout that the header gives, are known. */
#define ARROW "N7kvm_ipi5ArrowE"

struct Picture {
	kshark_data_stream *stream;
	kshark_entry **rows;
	ssize_t nr;
	std::vector<int> pids;
	KsPlot::PlotObjList shapes;
};

static void free_shapes(Picture &p)
{
	while (!p.shapes.empty()) {
		KsPlot::PlotObject *shape = p.shapes.front();

		p.shapes.pop_front();
		delete shape;
	}
}

static void draw(Picture &p, kshark_trace_histo *histo)
{
	KsPlot::ColorTable colors = KsPlot::taskColorTable();
	std::vector<KsPlot::Graph *> graphs;
	static ksplot_font no_font;
	KsCppArgV argv = { histo, nullptr, &p.shapes };
	int base = 100;

	free_shapes(p);
	for (int pid : p.pids) {
		KsPlot::Graph *g = new KsPlot::Graph(histo, &colors, &colors);

		g->setHeight(30);
		g->setBase(base += 54);
		g->setLabelAppearance(&no_font, KsPlot::Color(), 100, 15);
		g->fillTaskGraph(p.stream->stream_id, pid);
		graphs.push_back(g);
	}
	for (size_t i = 0; i < graphs.size(); i++)
		for (kshark_draw_handler *h = p.stream->draw_handlers; h; h = h->next) {
			argv._graph = graphs[i];
			h->draw_func(argv.toC(), p.stream->stream_id, p.pids[i], KSHARK_TASK_DRAW);
			/* Graphs of CPUs are not the plugin's. */
			h->draw_func(argv.toC(), p.stream->stream_id, 0, KSHARK_CPU_DRAW);
		}
	for (KsPlot::Graph *g : graphs)
		delete g;
}

static void count(Picture &p, int64_t from, int64_t to)
{
	kshark_trace_histo histo;
	size_t arrows = 0, ipis = 0;

	ksmodel_init(&histo);
	ksmodel_set_bining(&histo, 1000, from, to);
	ksmodel_fill(&histo, p.rows, p.nr);
	draw(p, &histo);
	for (KsPlot::PlotObject *shape : p.shapes)
		if (std::string(typeid(*shape).name()) == ARROW) {
			arrows++;
			ipis += static_cast<kvm_ipi::Arrow *>(shape)->nr;
		}
	printf("%" PRId64 " %" PRId64 " %zu %zu\n", histo.min, histo.max, arrows, ipis);
	ksmodel_clear(&histo);
}

int main(int argc, char **argv)
{
	kshark_context *context = nullptr;
	kshark_plugin_list *plugin;
	kshark_dpi_list *dpi;
	Picture p = {};
	std::string pid;
	int sd;

	if (argc < 4 || !kshark_instance(&context))
		return 2;
	plugin = kshark_register_plugin(context, "kvm_ipi", argv[1]);
	sd = plugin ? kshark_open(context, argv[2]) : -1;
	if (sd < 0)
		return 1;
	p.stream = kshark_get_data_stream(context, sd);
	dpi = kshark_register_plugin_to_stream(p.stream, plugin->process_interface, true);
	if (kshark_handle_dpi(p.stream, dpi, KSHARK_PLUGIN_INIT) != 1)
		return 1;
	p.nr = kshark_load_entries(context, sd, &p.rows);
	if (p.nr <= 0)
		return 1;
	for (std::stringstream list(argv[3]); std::getline(list, pid, ',');)
		p.pids.push_back(atoi(pid.c_str()));
	count(p, p.rows[0]->ts, p.rows[p.nr - 1]->ts);
	for (int i = 4; i + 1 < argc; i += 2)
		count(p, strtoll(argv[i], nullptr, 10), strtoll(argv[i + 1], nullptr, 10));

	/* Unloaded while shapes are left, loaded again, and closed. */
	kshark_handle_dpi(p.stream, dpi, KSHARK_PLUGIN_UPDATE);
	free_shapes(p);
	count(p, p.rows[0]->ts, p.rows[p.nr - 1]->ts);
	free_shapes(p);
	for (ssize_t i = 0; i < p.nr; i++)
		free(p.rows[i]);
	free(p.rows);
	kshark_free(context);
	return 0;
}
