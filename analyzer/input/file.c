// SPDX-License-Identifier: GPL-2.0-only
/* file.c - see file.h. */
#include "input/file.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

s64 file_pread(int fd, void *buf, size_t len, u64 off)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = pread(fd, (u8 *)buf + done, len - done, (off_t)(off + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		done += n;
	}
	return done;
}

int meta_init_file(struct meta *m, int fd, u64 from, u64 to)
{
	*m = (struct meta){ .fd = fd, .pos = from, .end = max_of(from, to) };
	m->own = malloc(META_WINDOW);
	if (!m->own)
		return -ENOMEM;
	m->win = m->own;
	return 0;
}

void meta_init_mem(struct meta *m, const void *data, size_t len)
{
	*m = (struct meta){ .fd = -1, .end = len, .win = data, .win_len = len };
}

void meta_release(struct meta *m)
{
	free(m->own);
	*m = (struct meta){ .fd = -1 };
}

/* Makes [pos, pos + len) stand in the window, len <= META_WINDOW. */
static bool window_load(struct meta *m, size_t len)
{
	s64 n;

	if (m->pos >= m->win_pos && m->pos + len <= m->win_pos + m->win_len)
		return true;
	if (m->fd < 0) {
		m->bad = -ENODATA;
		return false;
	}
	m->next = min_of(max_of(2 * m->next, (size_t)META_WINDOW_FIRST), (size_t)META_WINDOW);
	n = file_pread(m->fd, m->own, min_of((u64)max_of(m->next, len), m->end - m->pos), m->pos);
	m->win_pos = m->pos;
	m->win_len = n < 0 ? 0 : n;
	if (n < (s64)len)
		m->bad = n < 0 ? (int)n : -ENODATA;
	return n >= (s64)len;
}

bool meta_bytes(struct meta *m, void *to, u64 len)
{
	u8 *dst = to;

	if (m->bad || len > m->end - m->pos) {
		m->bad = m->bad ? m->bad : -ENODATA;
		return false;
	}
	while (len) {
		size_t part = min_of(len, (u64)META_WINDOW);

		if (!window_load(m, part))
			return false;
		memcpy(dst, m->win + (m->pos - m->win_pos), part);
		dst += part;
		m->pos += part;
		len -= part;
	}
	return true;
}

u16 meta_u16(struct meta *m)
{
	u16 v = 0;

	return meta_bytes(m, &v, sizeof(v)) ? v : 0;
}

u32 meta_u32(struct meta *m)
{
	u32 v = 0;

	return meta_bytes(m, &v, sizeof(v)) ? v : 0;
}

u64 meta_u64(struct meta *m)
{
	u64 v = 0;

	return meta_bytes(m, &v, sizeof(v)) ? v : 0;
}

void meta_skip(struct meta *m, u64 len)
{
	if (m->bad || len > m->end - m->pos)
		m->bad = m->bad ? m->bad : -ENODATA;
	else
		m->pos += len;
}

void meta_seek(struct meta *m, u64 pos)
{
	if (pos > m->end)
		m->bad = m->bad ? m->bad : -ENODATA;
	else
		m->pos = pos;
}

bool meta_string(struct meta *m, char *to, size_t max)
{
	for (size_t i = 0; i < max; i++) {
		if (!meta_bytes(m, to + i, 1))
			break;
		if (!to[i])
			return true;
	}
	m->bad = m->bad ? m->bad : -ENODATA;
	to[0] = 0;
	return false;
}

int meta_result(const struct meta *m, int ret)
{
	return ret == -EBADMSG && m->bad && m->bad != -ENODATA ? m->bad : ret;
}

u64 meta_left(const struct meta *m)
{
	return m->bad ? 0 : m->end - m->pos;
}
