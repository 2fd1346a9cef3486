// SPDX-License-Identifier: GPL-2.0-only
/*
 * hurt.c - commands over every beginning of a file, or over thousands of damaged copies, and what
 * must hold for all of them: no signal, no hang, an exit code that damage can cause (0, 1, 3), one
 * to three lines of reason and no output where there is no answer, and an answer where there is
 * none of these.
 *
 *   hurt prefixes [-s SECONDS] [-e STEP] [-c LINE]... FILE...	every length of each file (or every
 * STEP-th) hurt mutations [-s SECONDS] [-n N] [-r SEED] [-c LINE]... FILE...	N copies, the files
 * in turn
 *
 * LINE is a command and its options. With prefixes, the events that a command's JSON counts may not
 * fall when the file grows, and the whole file has the most. The same SEED makes the same copies: a
 * finding says which one, and -o NR,NAME writes it to a file.
 *
 * In this process, for speed; two children share the work, and a child that dies costs one copy.
 */
#define _GNU_SOURCE
#include "program.h"
#include "util/types.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORKERS	     2
#define LINES_MAX    16
#define FINDINGS_MAX 5

struct file {
	const char *name;
	u8 *data;
	u64 size;
};

/* In memory that parent and children share. */
struct shared {
	u64 next[WORKERS]; /* the case that each worker is at */
	u64 runs, codes[8], findings;
	u64 slowest_ns;
	u64 answered_events; /* the most that a beginning of the file had */
};

struct job {
	bool prefixes;
	struct file file[64];
	u32 nr_files;
	const char *line[LINES_MAX];
	u32 nr_lines;
	u64 cases, step, seed;
	double limit; /* seconds for one run */
	struct shared *shared;
};

static void die(const char *what)
{
	fprintf(stderr, "hurt: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* splitmix64: good enough, and the same everywhere. */
static u64 random64(u64 *state)
{
	u64 z = *state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

/* A place in the file: half of them in its first and last part, where the headers are. */
static u64 place(u64 *state, u64 size, u64 len)
{
	u64 end = size > len ? size - len : 1, r = random64(state);

	if (r & 1)
		return (r >> 8) % end;
	return r & 2 ? (r >> 8) % min_of(end, (u64)6000)
		     : end - 1 - (r >> 8) % min_of(end, (u64)600);
}

static void mutate(u8 *d, u64 *size, u64 *state)
{
	static const u64 odd[] = { 0,
				   1,
				   0x7f,
				   0xff,
				   0x7fff,
				   0xffff,
				   0x7fffffff,
				   0xffffffff,
				   0x8000000000000000,
				   0xffffffffffffffff,
				   4096,
				   0x100000000 };
	u64 r = random64(state), at, from, len;

	switch (r % 8) {
	case 0:
	case 1:
	case 2: /* a byte */ d[place(state, *size, 1)] = (u8)(r >> 8); break;
	case 3: /* a bit */ d[place(state, *size, 1)] ^= (u8)(1 << (r >> 8) % 8); break;
	case 4: /* a number */
		len = 1ull << (r >> 8) % 4;
		if (*size > len)
			memcpy(d + place(state, *size, len), &odd[(r >> 16) % ARRAY_SIZE(odd)],
			       len);
		break;
	case 5: /* zeros */
		len = min_of((r >> 8) % 600, *size / 2);
		memset(d + place(state, *size, len), 0, len);
		break;
	case 6: /* what stands elsewhere */
		len = min_of((r >> 8) % 600, *size / 2);
		at = place(state, *size, len);
		from = place(state, *size, len);
		memmove(d + at, d + from, len);
		break;
	case 7: /* cut off, seldom */
		if ((r >> 8) % 4 == 0)
			*size = random64(state) % *size + 1;
	}
}

/* The nr-th copy: memory that the caller frees. */
static u8 *make_copy(const struct job *j, u64 nr, u64 *size)
{
	const struct file *f = &j->file[nr % j->nr_files];
	u64 state = j->seed * 1000003 + nr, times;
	u8 *d = malloc(f->size);

	if (!d)
		die("memory");
	memcpy(d, f->data, f->size);
	*size = f->size;
	times = 1 + random64(&state) % 16;
	for (u64 i = 0; i < times; i++)
		mutate(d, size, &state);
	return d;
}

static void found(struct job *j, u64 nr, const char *line, const char *what)
{
	const struct file *f = j->prefixes ? &j->file[0] : &j->file[nr % j->nr_files];

	if (__atomic_fetch_add(&j->shared->findings, 1, __ATOMIC_RELAXED) < FINDINGS_MAX)
		printf("# %s of %s, %llu: %s: %s\n", j->prefixes ? "beginning" : "copy", f->name,
		       (unsigned long long)nr, line, what);
	fflush(stdout);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The first count of "events" in a JSON; 0: there is none. */
static u64 events_of(const char *json)
{
	const char *p = strstr(json, "\"events\": ");

	return p ? strtoull(p + 10, NULL, 10) : 0;
}

static u32 count_lines(const char *text)
{
	u32 n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

/* A stream on a file in memory; what was written to it, which is freed by the caller. */
static FILE *open_stream(void)
{
	int fd = memfd_create("output", 0);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");

	if (!f)
		die("memory file");
	return f;
}

static char *take_stream(FILE *f, size_t *len)
{
	off_t end = lseek(fileno(f), 0, SEEK_END);
	char *text = malloc((size_t)end + 1);

	if (!text || pread(fileno(f), text, (size_t)end, 0) != end)
		die("memory file");
	text[end] = 0;
	*len = (size_t)end;
	fclose(f);
	return text;
}

static u64 run_line(struct job *j, u64 nr, const char *line, const char *path)
{
	FILE *o = open_stream(), *e = open_stream();
	u64 events = 0, ns, slowest;
	size_t out_len, err_len;
	double start = now();
	char *out, *err;
	u32 lines;
	int code;

	alarm((unsigned int)j->limit * 3 + 2);
	code = program_run(line, path, o, e);
	ns = (u64)((now() - start) * 1e9);
	out = take_stream(o, &out_len);
	err = take_stream(e, &err_len);
	lines = count_lines(err);
	if ((double)ns / 1e9 > j->limit)
		found(j, nr, line, "took too long");
	if (code != 0 && code != 1 && code != 3)
		found(j, nr, line, "an exit code that damage cannot cause");
	else if (code && (out_len || !lines || lines > (code == 3 ? 3 : 1)))
		found(j, nr, line, "no answer, but output, or no line or several that say why");
	else if (!code && (!out_len || lines))
		found(j, nr, line, "an answer without output, or with an error's line");
	if (!code)
		events = events_of(out);
	__atomic_fetch_add(&j->shared->runs, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&j->shared->codes[code & 7], 1, __ATOMIC_RELAXED);
	slowest = __atomic_load_n(&j->shared->slowest_ns, __ATOMIC_RELAXED);
	while (ns > slowest &&
	       !__atomic_compare_exchange_n(&j->shared->slowest_ns, &slowest, ns, false,
					    __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
	free(out);
	free(err);
	return events;
}

/* A file in memory; the caller closes it. */
static int memory_file(const u8 *data, u64 size, char path[64])
{
	int fd = memfd_create("hurt", 0);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		die("memory file");
	snprintf(path, 64, "/proc/self/fd/%d", fd);
	return fd;
}

/*
 * Beginnings, the longest first: their events may only become fewer. A worker has its own stretch.
 */
static void work_prefixes(struct job *j, u32 worker)
{
	struct shared *s = j->shared;
	u64 most[LINES_MAX], first = j->cases * worker / WORKERS;
	char path[64];
	int fd = memory_file(j->file[0].data, j->file[0].size, path);

	memset(most, 0xff, sizeof(most));
	for (;;) {
		u64 left = s->next[worker], len = (first + left) * j->step;

		if (!left)
			break;
		s->next[worker]--;
		if (ftruncate(fd, (off_t)len))
			die("truncate");
		for (u32 i = 0; i < j->nr_lines; i++) {
			u64 events = run_line(j, len, j->line[i], path);

			if (events > most[i])
				found(j, len, j->line[i],
				      "more events than a longer beginning has");
			most[i] = events;
			s->answered_events = max_of(s->answered_events, events);
		}
	}
	close(fd);
}

static void work_mutations(struct job *j, u32 worker)
{
	struct shared *s = j->shared;

	while (s->next[worker] < j->cases) {
		u64 nr = s->next[worker], size;
		char path[64];
		u8 *d;
		int fd;

		s->next[worker] += WORKERS;
		d = make_copy(j, nr, &size);
		fd = memory_file(d, size, path);
		for (u32 i = 0; i < j->nr_lines; i++)
			run_line(j, nr, j->line[i], path);
		close(fd);
		free(d);
	}
}

static pid_t start(struct job *j, u32 worker)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid)
		return pid;
	if (j->prefixes)
		work_prefixes(j, worker);
	else
		work_mutations(j, worker);
	fflush(stdout);
	exit(0); /* not _exit(): the leak checker runs then */
}

static void run_all(struct job *j)
{
	pid_t pid[WORKERS];
	u32 left = WORKERS;

	for (u32 i = 0; i < WORKERS; i++) {
		u64 part = j->cases * (i + 1) / WORKERS - j->cases * i / WORKERS;

		j->shared->next[i] = j->prefixes ? part : i;
		pid[i] = start(j, i);
	}
	while (left) {
		int status;
		pid_t dead = waitpid(-1, &status, 0);
		char what[64];
		u32 i = 0;
		u64 nr;

		while (i < WORKERS && pid[i] != dead)
			i++;
		if (i == WORKERS)
			die("wait");
		if (WIFEXITED(status) && !WEXITSTATUS(status)) {
			left--;
			continue;
		}
		nr = j->prefixes ? (j->cases * i / WORKERS + j->shared->next[i] + 1) * j->step
				 : j->shared->next[i] - WORKERS;
		snprintf(what, sizeof(what),
			 WIFSIGNALED(status) ? "died of signal %d" : "ended with %d",
			 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
		found(j, nr, "one of the commands, or its memory", what);
		if (j->shared->findings >= FINDINGS_MAX ||
		    (j->prefixes ? !j->shared->next[i] : j->shared->next[i] >= j->cases))
			left--;
		else
			pid[i] = start(j, i);
	}
}

static void read_file(struct file *f, const char *name)
{
	FILE *in = fopen(name, "rb");
	long size;

	if (!in || fseek(in, 0, SEEK_END) || (size = ftell(in)) <= 0)
		die(name);
	rewind(in);
	*f = (struct file){ .name = name, .size = (u64)size, .data = malloc((size_t)size) };
	if (!f->data || fread(f->data, 1, f->size, in) != f->size)
		die(name);
	fclose(in);
}

static void write_copy(const struct job *j, const char *spec)
{
	const char *name = strchr(spec, ',');
	u64 size;
	u8 *d = make_copy(j, strtoull(spec, NULL, 10), &size);
	FILE *out = name ? fopen(name + 1, "wb") : NULL;

	if (!out || fwrite(d, 1, size, out) != size || fclose(out))
		die(spec);
	free(d);
}

static void report(const struct job *j, const char *what, double seconds)
{
	const struct shared *s = j->shared;

	printf("%s: %llu runs in %.1f s, slowest %.3f s; exit 0: %llu, 1: %llu, 3: %llu; findings: %llu\n",
	       what, (unsigned long long)s->runs, seconds, (double)s->slowest_ns / 1e9,
	       (unsigned long long)s->codes[0], (unsigned long long)s->codes[1],
	       (unsigned long long)s->codes[3], (unsigned long long)s->findings);
}

/* One file after the other: each has its own lengths. */
static u64 run_prefixes(struct job *j)
{
	u64 findings = 0;

	for (u32 i = 0; i < j->nr_files; i++) {
		double start_time = now();

		memset(j->shared, 0, sizeof(*j->shared));
		if (i) {
			struct file first = j->file[0];

			j->file[0] = j->file[i];
			j->file[i] = first;
		}
		j->cases = j->file[0].size / j->step;
		run_all(j);
		report(j, j->file[0].name, now() - start_time);
		findings += j->shared->findings;
	}
	return findings;
}

int main(int argc, char **argv)
{
	struct job j = { .cases = 100, .step = 1, .seed = 1, .limit = 10 };
	const char *copy = NULL;
	double start_time = now();
	u64 findings;
	int opt;

	if (argc < 2)
		return 2;
	j.prefixes = !strcmp(argv[1], "prefixes");
	for (optind = 2; (opt = getopt(argc, argv, "s:e:n:r:c:o:")) >= 0;) {
		switch (opt) {
		case 's': j.limit = atof(optarg); break;
		case 'e': j.step = strtoull(optarg, NULL, 10); break;
		case 'n': j.cases = strtoull(optarg, NULL, 10); break;
		case 'r': j.seed = strtoull(optarg, NULL, 10); break;
		case 'o': copy = optarg; break;
		case 'c':
			if (j.nr_lines == LINES_MAX)
				return 2;
			j.line[j.nr_lines++] = optarg;
			break;
		default: return 2;
		}
	}
	for (; optind < argc && j.nr_files < ARRAY_SIZE(j.file); optind++)
		read_file(&j.file[j.nr_files++], argv[optind]);
	if (!j.nr_files || !j.step)
		return 2;
	if (copy) {
		write_copy(&j, copy);
		return EXIT_SUCCESS;
	}
	j.shared = mmap(NULL, sizeof(*j.shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			-1, 0);
	if (j.shared == MAP_FAILED || !j.nr_lines)
		return 2;
	if (j.prefixes) {
		findings = run_prefixes(&j);
	} else {
		run_all(&j);
		report(&j, "mutations", now() - start_time);
		findings = j.shared->findings;
	}
	for (u32 i = 0; i < j.nr_files; i++)
		free(j.file[i].data);
	return findings ? 1 : 0;
}
