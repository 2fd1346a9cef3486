// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench-loops: what reading a trace costs at least, and what libtracecmd makes of it.
 *
 *   bench-loops add FILE       pread the whole file and add up its 8-byte words
 *   bench-loops zstd FILE      pread and decompress every chunk of CPU data of a v7 file
 *   bench-loops tracecmd FILE  count records by pair: tracecmd_read_data(), CPU after CPU, fields
 *                              at known offsets: the fastest loop that the library allows
 *   bench-loops iterate FILE   count records by pair: tracecmd_iterate_events(), in the order of
 * time, fields by name: the loop that the library's manual shows bench-loops open FILE
 * tracecmd_open() and nothing else
 *
 * Always compiled with -O2, whatever the flags of the rest, because it is the yardstick. Each
 * prints one number, so that no compiler can leave the work out.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zstd.h>

#include <event-parse.h>
#include <trace-cmd.h>

#define BLOCK (256 * 1024) /* fits into the second-level cache of most machines */

static void die(const char *what)
{
	fprintf(stderr, "bench-loops: %s\n", what);
	exit(1);
}

static int open_file(const char *name)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die(strerror(errno));
	return fd;
}

static void read_at(int fd, void *to, size_t len, uint64_t at)
{
	if (pread(fd, to, len, at) != (ssize_t)len)
		die("short read");
}

static int loop_add(const char *name)
{
	static uint64_t block[BLOCK / 8];
	uint64_t sum = 0, at = 0;
	int fd = open_file(name);
	ssize_t n, i;

	while ((n = pread(fd, block, BLOCK, at)) > 0) {
		for (i = 0; i < n / 8; i++)
			sum += block[i];
		at += n;
	}
	close(fd);
	printf("%llu\n", (unsigned long long)sum);
	return 0;
}

/* All chunks of one CPU. Returns the number of bytes that came out. */
static uint64_t inflate_cpu(int fd, uint64_t at, ZSTD_DCtx *ctx)
{
	static unsigned char in[1 << 20], out[1 << 20];
	uint32_t nr, size[2];
	uint64_t sum = 0;

	read_at(fd, &nr, 4, at);
	at += 4;
	while (nr--) {
		read_at(fd, size, 8, at);
		if (size[0] > sizeof(in) || size[1] > sizeof(out))
			die("a chunk is too large");
		read_at(fd, in, size[0], at + 8);
		if (ZSTD_decompressDCtx(ctx, out, size[1], in, size[0]) != size[1])
			die("cannot decompress");
		sum += size[1] + out[sum % size[1]];
		at += 8 + size[0];
	}
	return sum;
}

/* The body of a BUFFER option: offset, name, clock, page size, CPUs, {id, offset, size}. */
static uint64_t inflate_buffer(int fd, const char *p, ZSTD_DCtx *ctx)
{
	uint64_t sum = 0, offset;
	uint32_t cpus;

	p += 8;
	p += strlen(p) + 1;
	p += strlen(p) + 1;
	memcpy(&cpus, p + 4, 4);
	for (p += 8; cpus--; p += 20) {
		memcpy(&offset, p + 4, 8);
		sum += inflate_cpu(fd, offset, ctx);
	}
	return sum;
}

/* Follows the chain of options sections, which mktrace leaves uncompressed. */
static int loop_zstd(const char *name)
{
	static char section[1 << 20];
	ZSTD_DCtx *ctx = ZSTD_createDCtx();
	uint64_t at, size, sum = 0;
	int fd = open_file(name);
	uint32_t len;
	uint16_t id;
	char *p;

	read_at(fd, section, 256, 0);
	p = section + 18; /* magic, version, endian, long, page size; then name and version */
	p += strlen(p) + 1;
	p += strlen(p) + 1;
	for (memcpy(&at, p, 8); at;) {
		read_at(fd, &size, 8, at + 8);
		if (size > sizeof(section))
			die("too many options");
		read_at(fd, section, size, at + 16);
		for (p = section, id = 1; id; p += 6 + len) {
			memcpy(&id, p, 2);
			memcpy(&len, p + 2, 4);
			if (id == 3)
				sum += inflate_buffer(fd, p + 6, ctx);
		}
		memcpy(&at, p - 8, 8);
	}
	ZSTD_freeDCtx(ctx);
	close(fd);
	printf("%llu\n", (unsigned long long)sum);
	return 0;
}

/* One table for all pairs, open addressing; enough for what the bench generates. */
#define SLOTS (1 << 18)

struct slot {
	uint64_t key, count;
};

static void count_pair(struct slot *slots, uint64_t key)
{
	uint64_t i = key * 0x9e3779b97f4a7c15ull >> 46;

	while (slots[i].key != key && slots[i].count)
		i = (i + 1) % SLOTS;
	slots[i].key = key;
	slots[i].count++;
}

static int loop_tracecmd(const char *name)
{
	struct tracecmd_input *in = tracecmd_open(name, TRACECMD_FL_LOAD_NO_PLUGINS);
	struct slot *slots = calloc(SLOTS, sizeof(*slots));
	struct tep_format_field *src, *dst;
	struct tep_event *event;
	struct tep_record *r;
	int cpu, pairs = 0;

	if (!in || !slots)
		die("cannot open the file");
	event = tep_find_event_by_name(tracecmd_get_tep(in), "kvm", "kvm_ipi_track");
	src = event ? tep_find_field(event, "src_vcpu_id") : NULL;
	dst = event ? tep_find_field(event, "dst_vcpu_id") : NULL;
	if (!src || !dst)
		die("no kvm_ipi_track");
	for (cpu = 0; cpu < tep_get_cpus(tracecmd_get_tep(in)); cpu++) {
		while ((r = tracecmd_read_data(in, cpu))) {
			const char *data = r->data;

			if (*(const uint16_t *)data == event->id)
				count_pair(
					slots,
					(uint64_t) * (const uint32_t *)(data + 8) << 40 ^
						(uint64_t) * (const uint32_t *)(data + src->offset)
							<< 20 ^
						*(const uint32_t *)(data + dst->offset));
			tracecmd_free_record(r);
		}
	}
	for (cpu = 0; cpu < SLOTS; cpu++)
		pairs += slots[cpu].count > 0;
	free(slots);
	tracecmd_close(in);
	printf("%d\n", pairs);
	return 0;
}

struct iterate {
	struct slot *slots;
	uint64_t records;
};

static int iterate_one(struct tracecmd_input *in, struct tep_record *r, int cpu, void *data)
{
	struct tep_handle *tep = tracecmd_get_tep(in);
	struct tep_event *event = tep_find_event_by_record(tep, r);
	unsigned long long pid, src, dst;
	struct iterate *it = data;

	(void)cpu;
	if (!event || strcmp(event->name, "kvm_ipi_track"))
		return 0;
	if (tep_get_field_val(NULL, event, "vm_pid", r, &pid, 0) ||
	    tep_get_field_val(NULL, event, "src_vcpu_id", r, &src, 0) ||
	    tep_get_field_val(NULL, event, "dst_vcpu_id", r, &dst, 0))
		return -1;
	count_pair(it->slots, pid << 40 ^ src << 20 ^ dst);
	it->records++;
	return 0;
}

static int loop_iterate(const char *name)
{
	struct tracecmd_input *in = tracecmd_open(name, TRACECMD_FL_LOAD_NO_PLUGINS);
	struct iterate it = { calloc(SLOTS, sizeof(*it.slots)), 0 };

	if (!in || !it.slots)
		die("cannot open the file");
	if (tracecmd_iterate_events(in, NULL, 0, iterate_one, &it))
		die("cannot read a field");
	tracecmd_close(in);
	free(it.slots);
	printf("%llu\n", (unsigned long long)it.records);
	return 0;
}

static int loop_open(const char *name)
{
	struct tracecmd_input *in = tracecmd_open(name, TRACECMD_FL_LOAD_NO_PLUGINS);

	if (!in)
		die("cannot open the file");
	printf("%d\n", tep_get_cpus(tracecmd_get_tep(in)));
	tracecmd_close(in);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(const char *file);
	} loops[] = { { "add", loop_add },
		      { "zstd", loop_zstd },
		      { "tracecmd", loop_tracecmd },
		      { "iterate", loop_iterate },
		      { "open", loop_open } };
	size_t i;

	for (i = 0; argc == 3 && i < sizeof(loops) / sizeof(loops[0]); i++)
		if (!strcmp(argv[1], loops[i].name))
			return loops[i].run(argv[2]);
	fprintf(stderr, "usage: bench-loops add|zstd|tracecmd|iterate|open FILE\n");
	return 2;
}
