/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * screen.h - a full screen on a terminal, without a library: frames of lines, of which only those
 * that changed are written, in one write(), so that nothing flickers.
 *
 * Lines are cut at the terminal's width, by characters of UTF-8 (each taken as one column). An
 * attribute holds for a whole line.
 */
#ifndef KVM_IPI_CLI_SCREEN_H
#define KVM_IPI_CLI_SCREEN_H

#include <stdio.h>
#include <termios.h>

#include "util/types.h"

#define SCREEN_ROWS_MAX	   512
#define SCREEN_COLUMNS_MAX 1024

enum line_look { LINE_PLAIN, LINE_TITLE, LINE_SELECTED, LINE_ALERT };

struct frame {
	u32 rows, columns; /* of the terminal; at least 1 */
	u32 nr;		   /* lines so far */
	char **text;	   /* rows of them, each NUL-terminated; owned */
	u8 *look;
};

struct screen {
	int in, out; /* terminal */
	bool color, utf8;
	bool entered;
	struct termios before;
	struct frame frame, shown;
	bool whole; /* the next frame is drawn whole */
};

enum {
	KEY_NONE = -1,
	KEY_LOST = -2,
	KEY_UP = 256,
	KEY_DOWN,
	KEY_PAGE_UP,
	KEY_PAGE_DOWN,
	KEY_ESCAPE,
};

/* Takes over the terminal: 0 or -errno. */
int screen_enter(struct screen *s, bool color, bool utf8);
/* Gives the terminal back, also after a failure; harmless when it was never taken. */
void screen_leave(struct screen *s);
void screen_release(struct screen *s);

/* A new frame of the terminal's present size: 0 or -ENOMEM. */
int screen_begin(struct screen *s);
/* Adds a line; what is below the last row is dropped. */
void screen_line(struct screen *s, enum line_look look, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Shows the frame: 0 or -errno (the terminal is lost). */
int screen_show(struct screen *s);

/* A key that was pressed; KEY_NONE: none; KEY_LOST: the terminal is gone. Does not wait. */
int screen_key(struct screen *s);

/* How many bytes of text fit into these columns. */
size_t screen_fit(const char *text, u32 columns);

#endif
