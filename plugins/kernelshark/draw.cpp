// SPDX-License-Identifier: GPL-2.0-only
/*
 * draw.cpp - the arrows as KernelShark's shapes; C++ because its shapes are classes.
 *
 * KernelShark draws graph by graph, and calls a plugin for each: an arrow is added when the second
 * of its two graphs is. It destroys all shapes before it begins the next picture, and so a
 * first shape, the frame, remembers the graphs of this one, and draws the labels.
 *
 * Up to ARROWS_EACH IPIs in the visible time there is a shape for each of them. Beyond that, those
 * that would cover the same pixels in the same colour are one shape, which knows their number.
 */
#include <KsPlugins.hpp>
#include <KsPluginsGUI.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <unordered_map>
#include <vector>

#include "draw.hpp"
#include "plugin.h"

using KsPlot::Color;

namespace kvm_ipi {

/* Of the receiver when the IPI was sent, in ipi_state_name's order; for all colour vision. */
static const Color colors[NR_STATES] = {
	Color(0, 158, 115), Color(0, 114, 178), Color(213, 54, 0), Color(130, 130, 130),
	Color(230, 159, 0), Color(170, 51, 119),
};

static ksplot_font *font()
{
	static ksplot_font f;

	/* Needs OpenGL, which is there whenever something is drawn. */
	if (!ksplot_font_is_loaded(&f))
		ksplot_init_font(&f, FONT_SIZE, TT_FONT_FILE);
	return &f;
}

static int width(const std::string &text)
{
	const ksplot_font *f = font();
	float x = 0;

	for (char c : text)
		if (c >= KS_SPACE_CHAR && c <= KS_TILDA_CHAR)
			x += f->cdata[c - KS_SPACE_CHAR].xadvance;
	return (int)x;
}

/* Returns where the next text begins. */
static int print(int x, int y, const Color &color, const std::string &text)
{
	if (ksplot_font_is_loaded(font()))
		ksplot_print_text(font(), color.color_c_ptr(), x, y, text.c_str());
	return x + width(text);
}

Arrow::Arrow(Frame *frame, const struct ipi &ipi, const Ends &ends, size_t nr)
	: nr(nr), _frame(frame), _ipi(ipi), _ends(ends)
{
	_color = colors[ipi_state(&ipi)];
	_size = 1.5;
}

/* From a point to the arrow's line: what a double click goes by. */
double Arrow::distance(int x, int y) const
{
	double dx = _ends.x1 - _ends.x0, dy = _ends.y1 - _ends.y0;
	double length2 = dx * dx + dy * dy, at = 0;

	if (length2 > 0)
		at = ((x - _ends.x0) * dx + (y - _ends.y0) * dy) / length2;
	at = at < 0 ? 0 : at > 1 ? 1 : at;
	return std::hypot(x - _ends.x0 - at * dx, y - _ends.y0 - at * dy);
}

/* Filled, 8 pixels long, in the direction of the line. */
void Arrow::_drawHead(const Color &color) const
{
	double dx = _ends.x1 - _ends.x0, dy = _ends.y1 - _ends.y0, length = std::hypot(dx, dy);
	KsPlot::Triangle head;

	if (length < 1 || _ends.head_cut)
		return;
	dx /= length;
	dy /= length;
	head.setFill(true);
	head.setPoint(0, _ends.x1, _ends.y1);
	head.setPoint(1, std::lround(_ends.x1 - 8 * dx - 3 * dy),
		      std::lround(_ends.y1 - 8 * dy + 3 * dx));
	head.setPoint(2, std::lround(_ends.x1 - 8 * dx + 3 * dy),
		      std::lround(_ends.y1 - 8 * dy - 3 * dx));
	head._color = color;
	head.draw();
}

/* The line, and on the receiver's graph the time from the injection to the EOI. */
void Arrow::_draw(const Color &color, float size) const
{
	KsPlot::Point from(_ends.x0, _ends.y0), to(_ends.x1, _ends.y1);
	KsPlot::Point eoi(_ends.x_eoi, _ends.y1);
	bool selected = _frame && _frame->isSelected(_ipi);

	size = selected ? 3 : size;
	KsPlot::drawLine(from, to, color, size);
	_drawHead(color);
	if (_ends.x_eoi > _ends.x1) {
		int in = _ends.y1 > _ends.y0 ? 5 : -5;
		KsPlot::Point tick(_ends.x_eoi, _ends.y1 + in);

		KsPlot::drawLine(to, eoi, color, size);
		KsPlot::drawLine(eoi, tick, color, size);
	}
}

void Arrow::_doubleClick() const
{
	if (_frame)
		_frame->select(_ipi);
}

/* Beside its head, in the space between graphs. */
bool Arrow::label(std::vector<Box> &taken) const
{
	char text[IPI_TEXT];
	int wide = width(ipi_label(&_ipi, text)) + 4;
	int x = _ends.x1 + 6, y = _ends.y1 > _ends.y0 ? _ends.y1 - 3 : _ends.y1 + FONT_SIZE + 5;
	Box box;

	if (x + wide > _ends.right)
		x = _ends.x1 - 6 - wide;
	box = { x, y - FONT_SIZE - 2, x + wide, y };
	for (const Box &other : taken)
		if (box.left < other.right && other.left < box.right && box.top < other.bottom &&
		    other.top < box.bottom)
			return false;
	taken.push_back(box);
	print(box.left + 2, box.bottom - 4, _color, text);
	return true;
}

Frame::Frame(struct view *v, kshark_trace_histo *histo, int64_t add)
	: _view(v), _histo(histo), _add(add)
{
	uint64_t from = histo->min - add, to = histo->max - add;

	v->frame = this;
	_first = ipis_from(&v->ipis, from);
	for (size_t i = _first; i < v->ipis.nr && v->ipis.ipi[i].sent <= to; i++)
		_in_range += ipi_overlaps(&v->ipis.ipi[i], from, to);
}

Frame::~Frame()
{
	if (_view)
		_view->frame = nullptr;
}

bool Frame::isSelected(const struct ipi &i) const
{
	const struct ipi *s = _view && _view->have_selected ? &_view->selected : nullptr;

	return s && s->sent == i.sent && s->src_pid == i.src_pid && s->dst_pid == i.dst_pid &&
	       s->vector == i.vector;
}

/* The record of that time, of that thread if it has one. */
const kshark_entry *Frame::_entryAt(uint64_t time, int pid) const
{
	int64_t ts = (int64_t)time + _add;
	ssize_t at = kshark_find_entry_by_time(ts, _histo->data, 0, _histo->data_size - 1);
	const kshark_entry *found = nullptr;

	for (; at >= 0 && at < (ssize_t)_histo->data_size && _histo->data[at]->ts <= ts; at++) {
		if (_histo->data[at]->ts != ts)
			continue;
		found = found ? found : _histo->data[at];
		if (_histo->data[at]->pid == pid)
			return _histo->data[at];
	}
	return found;
}

/* Marker A on the send, B on the last stage: KernelShark shows their distance. */
void Frame::select(const struct ipi &i)
{
	const kshark_entry *sent, *last;

	if (!_view)
		return;
	_view->selected = i;
	_view->have_selected = true;
	if (!_view->window)
		return;
	sent = _entryAt(i.sent, i.src_pid);
	last = _entryAt(i.last, i.dst_pid);
	if (last)
		markEntryB(_view->window, last);
	if (sent)
		markEntryA(_view->window, sent);
}

const KsPlot::Graph *Frame::_graphOf(int pid) const
{
	for (const Shown &s : _shown)
		if (s.pid == pid)
			return s.graph;
	return nullptr;
}

/* In pixels, also outside of the picture. */
double Frame::_x(uint64_t time, const KsPlot::Graph *g) const
{
	return g->bin(0)._base.x() +
	       (double)((int64_t)time + _add - _histo->min) / (double)_histo->bin_size;
}

/* Cut off at the picture's sides, where the line would cross them. */
bool Frame::_ends(const struct ipi &i, const KsPlot::Graph *src, const KsPlot::Graph *dst,
		  Ends &e) const
{
	double x0 = _x(i.sent, src), x1 = _x(ipi_head(&i), src), y0, y1;
	double left = src->bin(0)._base.x(), right = left + src->size() - 1;
	bool down = dst->base() > src->base();

	y0 = down ? src->base() : src->base() - src->height();
	y1 = down ? dst->base() - dst->height() : dst->base();
	e.head_cut = x1 > right;
	e.right = std::lround(right);
	e.x_eoi = std::lround(std::fmin(_x(i.last, src), right));
	if (x1 < left) {	/* only what follows the injection is in the picture */
		e.x0 = e.x1 = std::lround(left);
		e.y0 = e.y1 = std::lround(y1);
		return e.x_eoi >= e.x0;
	}
	if (x0 < left) {
		y0 += (y1 - y0) * (left - x0) / (x1 - x0);
		x0 = left;
	}
	if (x1 > right) {
		y1 = y0 + (y1 - y0) * (right - x0) / (x1 - x0);
		x1 = right;
	}
	e.x0 = std::lround(x0);
	e.x1 = std::lround(x1);
	e.y0 = std::lround(y0);
	e.y1 = std::lround(y1);
	return true;
}

Arrow *Frame::_make(const struct ipi &i, const Ends &e, KsPlot::PlotObjList *shapes)
{
	Arrow *arrow = new Arrow(this, i, e, 1);

	shapes->push_front(arrow);
	_arrows.push_back(arrow);
	return arrow;
}

/* The arrows between this graph and all before it. */
void Frame::add(int pid, const KsPlot::Graph *graph, KsPlot::PlotObjList *shapes)
{
	std::unordered_map<std::string, Arrow *> drawn;
	const struct ipis *a = &_view->ipis;
	uint64_t from = _histo->min - _add, to = _histo->max - _add;

	if (_graphOf(pid) || !graph->size())
		return;
	_shown.push_back({ pid, graph });
	for (size_t n = _first; n < a->nr && a->ipi[n].sent <= to; n++) {
		const struct ipi &i = a->ipi[n];
		const KsPlot::Graph *src, *dst;
		Ends e;

		if ((i.src_pid != pid && i.dst_pid != pid) || i.src_pid == i.dst_pid ||
		    !ipi_overlaps(&i, from, to))
			continue;
		src = _graphOf(i.src_pid);
		dst = _graphOf(i.dst_pid);
		if (!src || !dst || !_ends(i, src, dst, e))
			continue;
		if (_in_range > ARROWS_EACH) {
			std::string key = e.key() + (char)('0' + ipi_state(&i));
			auto same = drawn.find(key);

			if (same != drawn.end()) {
				same->second->nr++;
				continue;
			}
			drawn[key] = _make(i, e, shapes);
		} else {
			_make(i, e, shapes);
		}
	}
}

/* What the colours mean, or the selected IPI in words. */
void Frame::_legend(int x, int y) const
{
	const Color black(0, 0, 0);
	char text[IPI_TEXT];

	if (_view && _view->have_selected) {
		print(x, y, colors[ipi_state(&_view->selected)], ipi_text(&_view->selected, text));
		return;
	}
	x = print(x, y, black, "IPI arrows by the receiver's state at the send: ");
	for (unsigned int s = 0; s < NR_STATES; s++)
		x = print(x, y, colors[s], std::string(ipi_state_name[s]) + "  ");
	print(x, y, black, "- head: injected, tick: EOI; double-click for more");
}

/* Drawn after the arrows: the labels of the slowest, and the line below the axis. */
void Frame::_draw(const Color &, float) const
{
	std::vector<const Arrow *> slow(_arrows);
	std::vector<Box> taken;
	size_t most = std::min(slow.size(), (size_t)8 * LABELS);

	if (_shown.size() < 2)
		return;
	std::partial_sort(slow.begin(), slow.begin() + most, slow.end(),
			  [](const Arrow *a, const Arrow *b) {
				  return a->latency() > b->latency();
			  });
	for (size_t i = 0; i < most && taken.size() < LABELS; i++)
		slow[i]->label(taken);
	_legend(_shown[0].graph->bin(0)._base.x(), LEGEND_Y);
}

} /* namespace kvm_ipi */

void view_draw(struct view *v, struct kshark_cpp_argv *argv, int pid, int64_t add)
{
	KsCppArgV *cpp = KS_ARGV_TO_CPP(argv);
	kvm_ipi::Frame *frame = static_cast<kvm_ipi::Frame *>(v->frame);

	if (!v->ipis.nr || cpp->_histo->bin_size <= 0)
		return;
	if (!frame) {
		frame = new kvm_ipi::Frame(v, cpp->_histo, add);
		cpp->_shapes->push_front(frame);
	}
	frame->add(pid, cpp->_graph, cpp->_shapes);
}

void view_forget(struct view *v)
{
	if (v->frame)
		static_cast<kvm_ipi::Frame *>(v->frame)->forget();
	v->frame = nullptr;
}
