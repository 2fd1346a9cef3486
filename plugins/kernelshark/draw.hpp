/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * draw.hpp - the shapes of draw.cpp, declared for its test, which counts them.
 */
#ifndef KVM_IPI_KSHARK_DRAW_HPP
#define KVM_IPI_KSHARK_DRAW_HPP

#include <KsPlotTools.hpp>

#include <string>
#include <vector>

#include "ipis.h"

struct view;

namespace kvm_ipi {

enum {
	ARROWS_EACH = 10000,	/* so many in the visible time have a shape each */
	LABELS = 16,		/* of the slowest; those for which there is room */
	FONT_SIZE = 14,
	LEGEND_Y = 47,
};

class Frame;

/* Where an arrow is drawn, in pixels. */
struct Ends {
	int x0, y0, x1, y1;
	int x_eoi;	/* not left of x1 */
	int right;	/* end of the graphs */
	bool head_cut;	/* its head is outside of the picture */

	std::string key() const
	{
		return std::string(reinterpret_cast<const char *>(&x0), 5 * sizeof(int));
	}
};

struct Box {
	int left, top, right, bottom;
};

class Arrow : public KsPlot::PlotObject {
public:
	Arrow(Frame *frame, const struct ipi &ipi, const Ends &ends, size_t nr);

	double distance(int x, int y) const override;
	/* Writes its vector and latency beside it, unless another label stands there. */
	bool label(std::vector<Box> &taken) const;
	/* ns from the send to its head */
	uint64_t latency() const { return ipi_head(&_ipi) - _ipi.sent; }

	size_t nr;	/* IPIs that it stands for */

private:
	void _draw(const KsPlot::Color &color, float size) const override;
	void _doubleClick() const override;
	void _drawHead(const KsPlot::Color &color) const;

	Frame *_frame;
	struct ipi _ipi;
	Ends _ends;
};

/* One picture: the graphs that it has, and the legend. Its shapes live as long as it does. */
class Frame : public KsPlot::PlotObject {
public:
	Frame(struct view *v, kshark_trace_histo *histo, int64_t add);
	~Frame() override;

	void add(int pid, const KsPlot::Graph *graph, KsPlot::PlotObjList *shapes);
	bool isSelected(const struct ipi &i) const;
	void select(const struct ipi &i);
	void forget() { _view = nullptr; }
	double distance(int, int) const override { return 1e9; }

private:
	struct Shown {
		int pid;
		const KsPlot::Graph *graph;
	};

	void _draw(const KsPlot::Color &color, float size) const override;
	const KsPlot::Graph *_graphOf(int pid) const;
	const kshark_entry *_entryAt(uint64_t time, int pid) const;
	double _x(uint64_t time, const KsPlot::Graph *g) const;
	bool _ends(const struct ipi &i, const KsPlot::Graph *src, const KsPlot::Graph *dst,
		   Ends &e) const;
	Arrow *_make(const struct ipi &i, const Ends &e, KsPlot::PlotObjList *shapes);
	void _legend(int x, int y) const;

	struct view *_view;
	kshark_trace_histo *_histo;
	int64_t _add;
	size_t _first = 0, _in_range = 0;
	std::vector<Shown> _shown;
	std::vector<const Arrow *> _arrows;
	std::string _selected_text;
};

} /* namespace kvm_ipi */

#endif
