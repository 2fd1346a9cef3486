// SPDX-License-Identifier: GPL-2.0-only
/*
 * top_screen.c - see top.h: the loop of the screen. It waits for a key, a signal or the next
 * reading, whichever comes first. Frozen, nothing is read: the kernel goes on counting, and the
 * interval ends with the next reading.
 */
#include "cli/top.h"

#include "cli/command.h"
#include "cli/top_draw.h"
#include "cli/top_record.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

struct top_run {
	struct top *top;
	struct screen screen;
	struct top_shown shown;
	struct top_record record;
	struct live_view_made made; /* the view that is shown */
	int signals;
	bool end;
	bool stale; /* something was pressed: draw, but read nothing */
	int ret;
};

static void make_view(struct top_run *r)
{
	bool pairs = r->shown.page == PAGE_PAIRS || r->shown.page == PAGE_MATRIX;
	u32 with = pairs ? LIVE_WITH_PAIRS : 0;

	live_view_release(&r->made);
	if (top_view(r->top, &r->made, (enum live_sort)r->top->sort, with)) {
		r->ret = complain_memory();
		r->end = true;
	}
}

static void draw(struct top_run *r)
{
	r->shown.sort = live_sort_names[r->top->sort];
	r->shown.own_ns_per_s = r->top->own_ns_per_s;
	if (screen_begin(&r->screen)) {
		r->end = true;
		return;
	}
	top_draw(&r->screen, &r->made.v, &r->shown);
	/* The terminal is lost: nobody is there to be told. */
	if (screen_show(&r->screen))
		r->end = true;
}

static void open_page(struct top_run *r, enum top_page page)
{
	const struct live_view *v = &r->made.v;

	if (page != PAGE_HELP && r->shown.page == PAGE_VMS) {
		if (r->shown.selected >= v->nr_vms)
			return;
		r->shown.vm_pid = v->vm[r->shown.selected].pid;
		r->shown.vm_id = v->vm[r->shown.selected].id;
	}
	r->shown.page = page;
	r->shown.selected = r->shown.scroll = 0;
}

static void move(struct top_run *r, s32 by)
{
	s64 to = (s64)r->shown.selected + by;

	r->shown.selected = to < 0 ? 0 : (u32)to;
}

static void go_back(struct top_run *r)
{
	if (r->shown.page == PAGE_VMS)
		r->end = true;
	else
		open_page(r, PAGE_VMS);
}

static void take_key(struct top_run *r, int key)
{
	s32 page = (s32)max_of(r->screen.frame.rows / 2, 1u);

	r->shown.message[0] = '\0';
	switch (key) {
	case 'q':
	case KEY_ESCAPE: go_back(r); break;
	case '\n':
	case '\r': open_page(r, PAGE_PAIRS); break;
	case 'm': open_page(r, PAGE_MATRIX); break;
	case 'h':
	case '?': open_page(r, PAGE_HELP); break;
	case 's': r->top->sort = (r->top->sort + 1) % NR_LIVE_SORTS; break;
	case 'f': r->shown.frozen = !r->shown.frozen; break;
	case 'r':
		if (r->top->replay)
			snprintf(r->shown.message, sizeof(r->shown.message),
				 "this is a recording already");
		else
			top_record_start(&r->record, r->shown.message, sizeof(r->shown.message));
		break;
	case KEY_UP:
	case 'k': move(r, -1); break;
	case KEY_DOWN:
	case 'j': move(r, 1); break;
	case KEY_PAGE_UP: move(r, -page); break;
	case KEY_PAGE_DOWN:
	case ' ': move(r, page); break;
	case KEY_LOST: r->end = true; break;
	}
	r->stale = true;
}

static void take_keys(struct top_run *r)
{
	int key;

	while (!r->end && (key = screen_key(&r->screen)) != KEY_NONE)
		take_key(r, key);
}

/* Ctrl-Z: the terminal is the shell's meanwhile. */
static void suspend(struct top_run *r)
{
	bool color = r->screen.color, utf8 = r->screen.utf8;

	screen_leave(&r->screen);
	kill(getpid(), SIGSTOP);
	if (screen_enter(&r->screen, color, utf8))
		r->end = true;
	r->stale = true;
}

static void take_signals(struct top_run *r)
{
	struct signalfd_siginfo info;

	while (read(r->signals, &info, sizeof(info)) == sizeof(info)) {
		switch (info.ssi_signo) {
		case SIGWINCH: r->stale = true; break;
		case SIGCHLD:
			r->stale |= top_record_ended(&r->record, r->shown.message,
						     sizeof(r->shown.message));
			break;
		case SIGTSTP: suspend(r); break;
		default: r->end = true;
		}
	}
}

/* Until the next reading, or until something is to be drawn. */
static void wait_for(struct top_run *r, u64 next)
{
	struct pollfd p[] = {
		{ .fd = r->screen.in, .events = POLLIN },
		{ .fd = r->signals, .events = POLLIN },
	};
	u64 now;

	while (!r->end && !r->stale && (now = top_now()) < next) {
		if (poll(p, ARRAY_SIZE(p), (int)((next - now + 999999) / 1000000)) <= 0)
			continue;
		if (p[1].revents)
			take_signals(r);
		if (p[0].revents)
			take_keys(r);
	}
}

/* false: the kernel could not be read. */
static bool take_reading(struct top_run *r, struct err *err)
{
	if (top_read(r->top, err)) {
		r->ret = -EIO;
		r->end = true;
		return false;
	}
	make_view(r);
	return true;
}

static void loop(struct top_run *r, struct err *err)
{
	u64 next = r->top->began_ns, readings = 0;

	make_view(r);
	draw(r);
	while (!r->end) {
		if (!r->stale)
			next += r->top->interval_ns;
		/* A terminal that was stopped for long: no readings to catch up on. */
		if (next < top_now() && !r->stale)
			next = top_now();
		r->stale = false;
		wait_for(r, next);
		if (r->end)
			break;
		if (r->stale)
			make_view(r);
		else if (!r->shown.frozen && take_reading(r, err) && ++readings == r->top->readings)
			r->end = true;
		draw(r);
	}
}

int top_screen(struct top *t, bool color)
{
	struct top_run r = { .top = t };
	struct err err = { "" };

	t->screen = true;
	r.signals = top_signals();
	if (r.signals < 0 || screen_enter(&r.screen, color, locale_utf8())) {
		complain("cannot use this terminal as a screen; --batch needs none");
		r.ret = -EIO;
	} else {
		loop(&r, &err);
	}
	screen_release(&r.screen);
	top_record_stop(&r.record);
	if (err.msg[0])
		complain("%s", err.msg);
	live_view_release(&r.made);
	if (r.signals >= 0)
		close(r.signals);
	return r.ret;
}
