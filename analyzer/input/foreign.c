// SPDX-License-Identifier: GPL-2.0-only
/* foreign.c - see foreign.h. A row for each stranger that people do pass by mistake. */
#include "input/foreign.h"
#include "input/file.h"

#include <ctype.h>
#include <errno.h>
#include <sys/stat.h>

#define RECORD_HINT "record with: kvm-ipi record, or trace-cmd record -e kvm:kvm_ipi_track"

static const struct {
	const char *magic;
	unsigned int len;
	const char *what;
} known[] = {
	{ "PERFILE2", 8, "a perf.data file; perf's format is not read; " RECORD_HINT },
	{ "\x1f\x8b", 2, "compressed by gzip as a whole; unpack it first: gzip -d" },
	{ "\xfd"
	  "7zXZ",
	  5, "compressed by xz as a whole; unpack it first: xz -d" },
	{ "\x28\xb5\x2f\xfd", 4, "compressed by zstd as a whole; unpack it first: zstd -d" },
	{ "BZh", 3, "compressed by bzip2 as a whole; unpack it first: bzip2 -d" },
	{ "PK\x03\x04", 4, "a zip archive; unpack it first" },
	{ "\x7f"
	  "ELF",
	  4, "a program or a library (ELF), no trace" },
	{ "\xc1\x1f\xfc\xc1", 4, "a CTF trace (LTTng, babeltrace); " RECORD_HINT },
	{ "\xd4\xc3\xb2\xa1", 4, "a packet capture (pcap), no kernel trace" },
	{ "# tracer:", 9, "the text of tracefs' 'trace' file; " RECORD_HINT },
	{ "{", 1, "JSON or other text, no trace.dat; " RECORD_HINT },
};

int foreign_refuse_kind(const struct stat *st, const char *path, struct err *err)
{
	if (S_ISDIR(st->st_mode))
		return err_set(err, -EISDIR, "%s: a directory; name the trace.dat in it", path);
	if (S_ISFIFO(st->st_mode) || S_ISSOCK(st->st_mode))
		return err_set(err, -ESPIPE,
			       "%s: a pipe; a trace.dat is read at several places: "
			       "save it to a file first",
			       path);
	if (!S_ISREG(st->st_mode) && !S_ISBLK(st->st_mode))
		return err_set(err, -ESPIPE, "%s: a device, not a file", path);
	if (S_ISREG(st->st_mode) && !st->st_size)
		return err_set(err, -ENODATA,
			       "%s: empty; the recording wrote nothing "
			       "(was trace-cmd killed?)",
			       path);
	return 0;
}

static int looks_like_text(const unsigned char *p, s64 n)
{
	for (s64 i = 0; i < n; i++)
		if (!isprint(p[i]) && !isspace(p[i]))
			return 0;
	return n > 0;
}

int foreign_describe(int fd, const char *path, struct err *err)
{
	unsigned char head[512];
	s64 n = file_pread(fd, head, sizeof(head), 0);

	if (n < 0)
		return err_set(err, (int)n, "%s: cannot read: %s", path, strerror((int)-n));
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (n >= known[i].len && !memcmp(head, known[i].magic, known[i].len))
			return err_set(err, -EINVAL, "%s: %s", path, known[i].what);
	if (n >= 262 && !memcmp(head + 257, "ustar", 5))
		return err_set(err, -EINVAL, "%s: a tar archive; unpack it first", path);
	if (looks_like_text(head, n))
		return err_set(err, -EINVAL, "%s: a text file, no trace.dat; " RECORD_HINT, path);
	return err_set(err, -EINVAL, "%s: no trace.dat (its first bytes are not trace-cmd's)",
		       path);
}
