// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command line, from one table: name, where the value goes, its kind and range, its help.
 */
#include <stdio.h>
#include <stdlib.h>

#include "layout.h"
#include "options.h"

enum opt_kind { OPT_FLAG, OPT_NUMBER, OPT_WORD, OPT_FIELDS, OPT_SIZES, OPT_STRING, OPT_LARGE };

struct opt {
	const char *name;
	enum opt_kind kind;
	size_t offset;
	u64 min, max;	   /* of a number */
	const char *words; /* of OPT_WORD, with blanks between: the first is 0 */
	const char *help;
};

#define AT(member) offsetof(struct options, member)

static const struct opt stream_opts[] = {
	{ "events", OPT_NUMBER, AT(events), 0, UINT64_MAX, NULL, "N records of kvm_ipi_track" },
	{ "seed", OPT_NUMBER, AT(seed), 0, UINT64_MAX, NULL, "another N, another stream" },
	{ "cpus", OPT_NUMBER, AT(cpus), 1, MAX_CPUS, NULL, "N CPUs that recorded" },
	{ "sparse-cpus", OPT_FLAG, AT(sparse_cpus), 0, 0, NULL,
	  "their ids have holes: 1, 5, 7, 11" },
	{ "vms", OPT_NUMBER, AT(vms), 1, 100000, NULL, "N VMs; neighbours share their pid" },
	{ "vcpus", OPT_NUMBER, AT(vcpus), 2, 4096, NULL, "N vCPUs in each" },
	{ "sparse-vcpus", OPT_FLAG, AT(sparse_vcpus), 0, 0, NULL, "their ids have holes" },
	{ "edges", OPT_NUMBER, AT(edges), 1, 100000000, NULL,
	  "N distinct (VM, sender, receiver, vector); default: one for each 4 events" },
	{ "vectors", OPT_NUMBER, AT(vectors), 1, 224, NULL, "N distinct vectors; default: enough" },
	{ "foreign", OPT_NUMBER, AT(foreign), 0, 100000, NULL,
	  "N % other events (sched_switch, kvm_eoi) between them" },
	{ "big-records", OPT_FLAG, AT(big_records), 0, 0, NULL,
	  "other events with payloads over 112 bytes" },
	{ "cpus-per-core", OPT_NUMBER, AT(core), 1, MAX_CPUS, NULL,
	  "plant markers that describe the CPUs, in the middle, with N CPUs in a core" },
	{ "cpus-per-llc", OPT_NUMBER, AT(llc), 1, MAX_CPUS, NULL,
	  "and N below a last-level cache" },
	{ "cpus-per-node", OPT_NUMBER, AT(node), 1, MAX_CPUS, NULL, "and N in a NUMA node" },
	{ "no-track", OPT_FLAG, AT(no_track), 0, 0, NULL, "all events are other ones" },
	{ "odd-values", OPT_FLAG, AT(odd_values), 0, 0, NULL,
	  "some paths and states have numbers without a name" },
	{ "time-extend", OPT_FLAG, AT(time_extend), 0, 0, NULL,
	  "steps in time around 2^27 ns and of seconds" },
	{ "host", OPT_FLAG, AT(host), 0, 0, NULL,
	  "all of a host's records instead: exits, switches, EOIs, spins, probes at\n      yield_to() "
	  "(kprobes:ytp:pid, kprobes:yto:ret); --events counts them all" },
	{ "search", OPT_WORD, AT(search), 0, 0, "two-passes loop-index loop",
	  "how that host's kernel searches for whom to yield to" },
	{ "new-threads-at", OPT_NUMBER, AT(new_threads_at), 1, UINT64_MAX, NULL,
	  "from that host's N-th record on other threads run the first VM's vCPUs" },
	{ "burst-ns", OPT_NUMBER, AT(burst_ns), 1, 1ull << 40, NULL,
	  "IPIs come in bursts of N ns on average, as many as without" },
	{ "burst-share", OPT_NUMBER, AT(burst_share), 1, 99, NULL,
	  "which take N % of the time (30)" },
	{ "run-spread", OPT_NUMBER, AT(run_spread), 0, 100, NULL,
	  "the pace is drawn with --seed: N % of standard deviation between runs" },
	{ "favour-edge", OPT_NUMBER, AT(favour_edge), 0, 100000000, NULL, "edge N (from 0) gets" },
	{ "favour-share", OPT_NUMBER, AT(favour_share), 0, 100, NULL,
	  "N % of all IPIs, and its own" },
	{ "favour-state", OPT_NUMBER, AT(favour_state), 0, 4, NULL, "receivers are in state N in" },
	{ "state-share", OPT_NUMBER, AT(state_share), 0, 100, NULL,
	  "N % of the IPIs, and as before" },
	{ "start-ns", OPT_NUMBER, AT(start_ns), 1, UINT64_MAX / 2, NULL, "time before the first" },
	{ "step-ns", OPT_NUMBER, AT(step_ns), 1, 1u << 30, NULL,
	  "mean step from record to record" },
};

static const struct opt format_opts[] = {
	{ "event-id", OPT_NUMBER, AT(event_id), 20, 65535, NULL, "id of the event" },
	{ "layout", OPT_WORD, AT(layout), 0, 0, "real shuffled wide", "where the fields are" },
	{ "missing-fields", OPT_FIELDS, AT(missing), 0, 0, NULL,
	  "LIST of fields (vm_id,dst_state,...) that the event does not have" },
	{ "no-format", OPT_FLAG, AT(no_format), 0, 0, NULL, "leave out the event's format text" },
};

static const struct opt container_opts[] = {
	{ "format", OPT_WORD, AT(version), 0, 0, "v6 v7", "version of the file" },
	{ "compress", OPT_WORD, AT(compress), 0, 0, "none zstd zlib", "CPU data of v7" },
	{ "compress-sections", OPT_WORD, AT(sections), 0, 0, "none meta all",
	  "other sections of v7; all: the options too. Default: meta, if there is a compression" },
	{ "chunk-pages", OPT_NUMBER, AT(chunk_pages), 1, 1000, NULL,
	  "pages in a compressed chunk" },
	{ "count-in-size", OPT_FLAG, AT(count_in_size), 0, 0, NULL,
	  "sizes of compressed data include the number of chunks, as later trace-cmds have it" },
	{ "instances", OPT_NUMBER, AT(instances), 0, MAX_BUFFERS - 1, NULL, "N buffers more" },
	{ "place", OPT_WORD, AT(place), 0, 0, "spread instances split",
	  "records in all buffers; in instances only; other events in the main one" },
	{ "page-size", OPT_SIZES, AT(page_size), 0, 0, NULL, "LIST: of each buffer in turn (v7)" },
	{ "clock", OPT_STRING, AT(clock), 0, 0, NULL, "name of the trace clock" },
	{ "old-clock", OPT_FLAG, AT(old_clock), 0, 0, NULL,
	  "v6: its name behind the tables only, as trace-cmd 2 wrote it" },
	{ "tsc-mult", OPT_NUMBER, AT(tsc_mult), 1, UINT32_MAX, NULL,
	  "the stream's times are ticks: ns = ticks * N >> S" },
	{ "tsc-shift", OPT_NUMBER, AT(tsc_shift), 0, 32, NULL, "that S" },
	{ "date-us", OPT_NUMBER, AT(date_us), 0, 1ull << 51, NULL, "a date to add, microseconds" },
	{ "offset-ns", OPT_NUMBER, AT(offset_ns), 0, 1ull << 60, NULL, "an offset to add" },
	{ "stats", OPT_FLAG, AT(stats), 0, 0, NULL, "statistics of each CPU, with overruns" },
	{ "gaps", OPT_WORD, AT(gaps), 0, 0, "none known unknown mixed",
	  "marks of missed events, with their number or without" },
	{ "gap-every", OPT_NUMBER, AT(gap_every), 1, UINT64_MAX, NULL, "a mark on each Nth page" },
	{ "absolute-ts", OPT_FLAG, AT(absolute_ts), 0, 0, NULL, "absolute times between records" },
	{ "padding", OPT_FLAG, AT(padding), 0, 0, NULL,
	  "discarded records, and padding at the ends of pages" },
	{ "kallsyms", OPT_NUMBER, AT(kallsyms), 0, 1u << 30, NULL, "BYTES of kernel symbols" },
	{ "unknown-options", OPT_FLAG, AT(unknown_options), 0, 0, NULL,
	  "options of later versions" },
	{ "hole", OPT_NUMBER, AT(hole), 0, 1ull << 40, NULL,
	  "BYTES of empty pages, sparse, within the first CPU's data" },
	{ "skip", OPT_NUMBER, AT(skip), 0, 1ull << 40, NULL,
	  "BYTES of the file unused, sparse, behind that" },
	{ "large", OPT_LARGE, 0, 0, 0, NULL,
	  "2.1 GiB of both: a file over 4, a section over 2 GiB" },
	{ "big-endian", OPT_FLAG, AT(big_endian), 0, 0, NULL, "as a big-endian machine writes it" },
	{ "long-size", OPT_NUMBER, AT(long_size), 4, 8, NULL, "4: as a 32-bit machine writes it" },
};

static const struct {
	const char *title;
	const struct opt *opts;
	size_t nr;
} groups[] = {
	{ "The stream: the same options give the same records", stream_opts,
	  ARRAY_SIZE(stream_opts) },
	{ "The event's format", format_opts, ARRAY_SIZE(format_opts) },
	{ "The container: how the stream lies in the file", container_opts,
	  ARRAY_SIZE(container_opts) },
};

static void usage_error(const char *what, const char *name)
{
	fprintf(stderr, "mktrace: %s: %s (see mktrace --help)\n", name, what);
	exit(2);
}

static void print_help(void)
{
	static const char *const args[] = { "", " N", "", " LIST", " LIST", " NAME", "" };
	size_t g, i;

	printf("mktrace [options] FILE: write FILE, FILE.edges and FILE.truth.json\n");
	for (g = 0; g < ARRAY_SIZE(groups); g++) {
		printf("\n%s:\n", groups[g].title);
		for (i = 0; i < groups[g].nr; i++) {
			const struct opt *opt = &groups[g].opts[i];

			printf("  --%s%s", opt->name, args[opt->kind]);
			if (opt->words)
				printf(" %s", opt->words);
			printf("\n      %s\n", opt->help);
		}
	}
	printf("\nSizes and counts take K, M and G (1024, ...) and k, m and g (1000, ...).\n");
}

static u64 parse_number(const struct opt *opt, const char *text)
{
	char *end;
	u64 v;

	v = strtoull(text, &end, 0);
	if (end == text || *text == '-')
		usage_error("not a number", text);
	switch (*end) {
	case 'K':
		v <<= 10;
		end++;
		break;
	case 'M':
		v <<= 20;
		end++;
		break;
	case 'G':
		v <<= 30;
		end++;
		break;
	case 'k':
		v *= 1000;
		end++;
		break;
	case 'm':
		v *= 1000000;
		end++;
		break;
	case 'g':
		v *= 1000000000;
		end++;
		break;
	}
	if (*end)
		usage_error("not a number", text);
	if (opt->max && (v < opt->min || v > opt->max))
		usage_error("out of range", opt->name);
	return v;
}

static u64 parse_word(const struct opt *opt, const char *text)
{
	const char *w = opt->words;
	u64 n = 0;

	while (*w) {
		size_t len = strcspn(w, " ");

		if (strlen(text) == len && !memcmp(w, text, len))
			return n;
		w += len + (w[len] == ' ');
		n++;
	}
	usage_error("unknown word", text);
	return 0;
}

static u64 parse_fields(const char *text)
{
	u64 mask = 0;

	while (*text) {
		size_t len = strcspn(text, ",");
		u64 bit = field_by_name(text, len);

		if (!bit)
			usage_error("no such field", text);
		mask |= bit;
		text += len + (text[len] == ',');
	}
	return mask;
}

static void parse_sizes(struct options *o, const struct opt *opt, const char *text)
{
	char *copy = strdup(text), *save, *word;

	if (!copy)
		die("out of memory");
	o->nr_page_sizes = 0;
	for (word = strtok_r(copy, ",", &save); word; word = strtok_r(NULL, ",", &save)) {
		u64 size = parse_number(opt, word);

		if (o->nr_page_sizes == MAX_BUFFERS || size < 4096 || size > 1 << 20 ||
		    size & (size - 1))
			usage_error("not page sizes", text);
		o->page_size[o->nr_page_sizes++] = size;
	}
	free(copy);
	if (!o->nr_page_sizes)
		usage_error("not page sizes", text);
}

static void set_option(struct options *o, const struct opt *opt, const char *value)
{
	u8 *at = (u8 *)o + opt->offset;

	switch (opt->kind) {
	case OPT_FLAG: *(bool *)at = true; break;
	case OPT_NUMBER: *(u64 *)at = parse_number(opt, value); break;
	case OPT_WORD: *(u64 *)at = parse_word(opt, value); break;
	case OPT_FIELDS: *(u64 *)at = parse_fields(value); break;
	case OPT_SIZES: parse_sizes(o, opt, value); break;
	case OPT_STRING: *(const char **)at = value; break;
	case OPT_LARGE: o->hole = o->skip = 0x86600000; break;
	}
}

static const struct opt *find_option(const char *name, size_t len)
{
	size_t g, i;

	for (g = 0; g < ARRAY_SIZE(groups); g++)
		for (i = 0; i < groups[g].nr; i++)
			if (strlen(groups[g].opts[i].name) == len &&
			    !memcmp(groups[g].opts[i].name, name, len))
				return &groups[g].opts[i];
	return NULL;
}

/* What follows from other options, and what cannot be. */
static void complete(struct options *o)
{
	u64 pairs = o->vms * o->vcpus * (o->vcpus - 1);

	o->version += 6;
	if (!o->edges) {
		u64 all = pairs * (o->vectors ? o->vectors : 3);

		o->edges = o->events / 4 ? o->events / 4 : 1;
		o->edges = o->edges > all ? all : o->edges;
	}
	if (!o->vectors)
		o->vectors = (o->edges + pairs - 1) / pairs > 3 ? (o->edges + pairs - 1) / pairs
								: 3;
	if (o->vectors > 224 || o->edges > pairs * o->vectors)
		usage_error("more than these VMs and vCPUs can have", "edges");
	if (!o->llc)
		o->llc = o->core;
	if (!o->node)
		o->node = o->llc;
	if (o->sections == UINT64_MAX)
		o->sections = o->compress ? SECTIONS_META : SECTIONS_PLAIN;
	if (o->host && (o->sparse_vcpus || o->foreign || o->no_track || o->no_format))
		usage_error("only as it is", "host");
	if (o->version == 6 && (o->compress || o->sections || o->nr_page_sizes > 1))
		usage_error("compression and page sizes need v7", "format");
	if (!o->compress && o->sections)
		usage_error("needs --compress", "compress-sections");
	if (o->compress && o->hole)
		usage_error("cannot be compressed", "hole");
	if (o->hole % buffer_page_size(o, 0))
		usage_error("not a number of whole pages", "hole");
	if (o->long_size != 4 && o->long_size != 8)
		usage_error("4 or 8", "long-size");
}

void options_parse(struct options *o, int argc, char **argv)
{
	int i;

	*o = (struct options){ .events = 1000,
			       .seed = 1,
			       .start_ns = 5000000000ull,
			       .step_ns = 1000,
			       .cpus = 2,
			       .vms = 1,
			       .vcpus = 4,
			       .event_id = 1575,
			       .version = 1,
			       .burst_share = 30,
			       .sections = UINT64_MAX,
			       .gap_every = 4,
			       .chunk_pages = 10,
			       .page_size = { 4096 },
			       .nr_page_sizes = 1,
			       .clock = "local",
			       .kallsyms = 4096,
			       .long_size = 8 };
	for (i = 1; i < argc; i++) {
		const char *name = argv[i] + 2, *value = strchr(argv[i], '=');
		const struct opt *opt;

		if (!strcmp(argv[i], "--help")) {
			print_help();
			exit(0);
		}
		if (strncmp(argv[i], "--", 2)) {
			if (o->out)
				usage_error("one file only", argv[i]);
			o->out = argv[i];
			continue;
		}
		opt = find_option(name, strcspn(name, "="));
		if (!opt)
			usage_error("no such option", argv[i]);
		if (opt->kind != OPT_FLAG && opt->kind != OPT_LARGE) {
			value = value ? value + 1 : argv[++i];
			if (!value)
				usage_error("needs a value", opt->name);
		}
		set_option(o, opt, value);
	}
	if (!o->out)
		usage_error("which file?", "FILE");
	complete(o);
}
