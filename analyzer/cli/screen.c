// SPDX-License-Identifier: GPL-2.0-only
/* screen.c - see screen.h. The sequences are those of ECMA-48, which every terminal in use has. */
#define _GNU_SOURCE
#include "cli/screen.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define ENTER	       "\033[?1049h\033[?25l\033[2J"
#define LEAVE	       "\033[m\033[?25h\033[?1049l"
#define BYTES_A_COLUMN 4

static int write_all(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		len -= (size_t)n;
	}
	return 0;
}

int screen_enter(struct screen *s, bool color, bool utf8)
{
	struct termios raw;

	s->in = STDIN_FILENO;
	s->out = STDOUT_FILENO;
	s->color = color;
	s->utf8 = utf8;
	if (tcgetattr(s->in, &s->before))
		return -errno;
	raw = s->before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	raw.c_cc[VMIN] = 0;
	raw.c_cc[VTIME] = 0;
	if (tcsetattr(s->in, TCSANOW, &raw))
		return -errno;
	s->entered = true;
	s->whole = true;
	return write_all(s->out, ENTER, strlen(ENTER));
}

void screen_leave(struct screen *s)
{
	if (!s->entered)
		return;
	write_all(s->out, LEAVE, strlen(LEAVE));
	tcsetattr(s->in, TCSANOW, &s->before);
	s->entered = false;
}

static void frame_release(struct frame *f)
{
	for (u32 i = 0; f->text && i < f->rows; i++)
		free(f->text[i]);
	free(f->text);
	free(f->look);
	*f = (struct frame){ 0 };
}

static int frame_make(struct frame *f, u32 rows, u32 columns)
{
	*f = (struct frame){ .rows = rows, .columns = columns };
	f->text = calloc(rows, sizeof(*f->text));
	f->look = calloc(rows, sizeof(*f->look));
	for (u32 i = 0; f->text && i < rows; i++) {
		f->text[i] = calloc(columns + 1, BYTES_A_COLUMN);
		if (!f->text[i])
			break;
	}
	if (f->text && f->look && f->text[rows - 1])
		return 0;
	frame_release(f);
	return -ENOMEM;
}

void screen_release(struct screen *s)
{
	screen_leave(s);
	frame_release(&s->frame);
	frame_release(&s->shown);
}

int screen_begin(struct screen *s)
{
	struct winsize size = { 0 };
	u32 rows, columns;

	ioctl(s->out, TIOCGWINSZ, &size);
	rows = size.ws_row ? min_of((u32)size.ws_row, (u32)SCREEN_ROWS_MAX) : 24;
	columns = size.ws_col ? min_of((u32)size.ws_col, (u32)SCREEN_COLUMNS_MAX) : 80;
	if (rows != s->frame.rows || columns != s->frame.columns) {
		frame_release(&s->frame);
		frame_release(&s->shown);
		s->whole = true;
		if (frame_make(&s->frame, rows, columns) || frame_make(&s->shown, rows, columns))
			return -ENOMEM;
	}
	s->frame.nr = 0;
	for (u32 i = 0; i < rows; i++) {
		s->frame.text[i][0] = '\0';
		s->frame.look[i] = LINE_PLAIN;
	}
	return 0;
}

size_t screen_fit(const char *text, u32 columns)
{
	size_t len = 0;

	for (; text[len]; len++) {
		if (((unsigned char)text[len] & 0xc0) == 0x80)
			continue;
		if (!columns--)
			break;
	}
	return len;
}

void screen_line(struct screen *s, enum line_look look, const char *fmt, ...)
{
	char line[SCREEN_COLUMNS_MAX * BYTES_A_COLUMN];
	struct frame *f = &s->frame;
	size_t len;
	va_list ap;

	if (f->nr >= f->rows)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	/* Names of VMs may hold anything. */
	for (char *c = line; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	len = min_of(screen_fit(line, f->columns), (size_t)f->columns * BYTES_A_COLUMN);
	memcpy(f->text[f->nr], line, len);
	f->text[f->nr][len] = '\0';
	f->look[f->nr++] = (u8)look;
}

static const char *look_sequence(const struct screen *s, u8 look)
{
	switch (look) {
	case LINE_TITLE: return s->color ? "\033[1;36m" : "\033[1m";
	case LINE_SELECTED: return "\033[7m";
	case LINE_ALERT: return s->color ? "\033[1;31m" : "\033[1m";
	default: return "";
	}
}

static void put_row(const struct screen *s, u32 i, FILE *out)
{
	const struct frame *f = &s->frame;
	const char *look = look_sequence(s, f->look[i]);

	fprintf(out, "\033[%u;1H%s%s%s", i + 1, look, f->text[i], *look ? "\033[m" : "");
	/* A full line has nothing behind it to erase, and some terminals would erase its end. */
	if (screen_fit(f->text[i], f->columns - 1) < strlen(f->text[i]))
		return;
	fputs("\033[K", out);
}

int screen_show(struct screen *s)
{
	struct frame old;
	char *bytes = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&bytes, &len);
	int ret;

	if (!out)
		return -ENOMEM;
	for (u32 i = 0; i < s->frame.rows; i++)
		if (s->whole || s->frame.look[i] != s->shown.look[i] ||
		    strcmp(s->frame.text[i], s->shown.text[i]))
			put_row(s, i, out);
	ret = fclose(out) ? -ENOMEM : write_all(s->out, bytes, len);
	free(bytes);
	s->whole = false;
	old = s->shown;
	s->shown = s->frame;
	s->frame = old;
	return ret;
}

/* One byte; -1: none; -2: the terminal is gone. */
static int read_byte(int fd, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	unsigned char c;
	ssize_t n;

	if (poll(&p, 1, timeout_ms) <= 0)
		return KEY_NONE;
	n = read(fd, &c, 1);
	if (n == 1)
		return c;
	return n == 0 || errno == EIO ? KEY_LOST : KEY_NONE;
}

/* What follows ESC: a sequence comes at once, after a key that was pressed alone nothing does. */
static int read_sequence(int fd)
{
	int c = read_byte(fd, 20);

	if (c != '[' && c != 'O')
		return KEY_ESCAPE;
	c = read_byte(fd, 20);
	switch (c) {
	case 'A': return KEY_UP;
	case 'B': return KEY_DOWN;
	case '5':
	case '6':
		read_byte(fd, 20); /* ~ */
		return c == '5' ? KEY_PAGE_UP : KEY_PAGE_DOWN;
	default: return KEY_NONE;
	}
}

int screen_key(struct screen *s)
{
	int c = read_byte(s->in, 0);

	return c == 033 ? read_sequence(s->in) : c;
}
