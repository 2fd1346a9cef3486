// SPDX-License-Identifier: GPL-2.0-only
/*
 * opinion-tracecmd: who sent IPIs to whom, by libtracecmd and libtraceevent.
 *
 *   opinion-tracecmd [--times|--states] FILE
 *
 * Prints the columns of `kvm-ipi graph --format csv`; with --times also first_ns and last_ns of
 * each (VM, sender, receiver, vector), counted from the first record of any kind in any buffer;
 * with --states a line for each (VM, path, state) instead, as numbers.
 *
 * The program under test walks the pages itself and has its own tables. Here everything comes from
 * the libraries, and the counting is as plain as it can be: a list that is sorted and merged. A
 * field that the event does not have gives an empty column.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event-parse.h>
#include <trace-cmd.h>

enum { PID, ID, SRC, DST, VECTOR, PATH, STATE, NR_FIELDS };
static const char *const field_names[NR_FIELDS] = { "vm_pid", "vm_id", "src_vcpu_id", "dst_vcpu_id",
						    "vector", "path",  "dst_state" };

struct row {
	long long key[NR_FIELDS];
	unsigned long long count, first, last;
};

struct book {
	struct row *row;
	size_t nr, room;
	unsigned int key_mask;	  /* which fields tell rows apart */
	unsigned long long start; /* of the first record */
	struct tep_format_field *field[NR_FIELDS];
	int event_id; /* -1: the file does not know the event */
};

static void die(const char *what)
{
	fprintf(stderr, "opinion-tracecmd: %s\n", what);
	exit(1);
}

static int row_cmp(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int i;

	for (i = 0; i < NR_FIELDS; i++)
		if (x->key[i] != y->key[i])
			return x->key[i] < y->key[i] ? -1 : 1;
	return 0;
}

/* Sorts the rows and makes one of equal ones. */
static void merge(struct book *b)
{
	size_t i, n = 0;

	qsort(b->row, b->nr, sizeof(*b->row), row_cmp);
	for (i = 0; i < b->nr; i++) {
		struct row *to = n ? &b->row[n - 1] : NULL;

		if (!to || row_cmp(to, &b->row[i])) {
			b->row[n++] = b->row[i];
			continue;
		}
		to->count += b->row[i].count;
		if (b->row[i].first < to->first)
			to->first = b->row[i].first;
		if (b->row[i].last > to->last)
			to->last = b->row[i].last;
	}
	b->nr = n;
}

/* A place for one more row; when there is none, merge first, and only then grow. */
static struct row *add_row(struct book *b)
{
	if (b->nr == b->room) {
		merge(b);
		if (b->nr >= b->room / 2) {
			b->room = b->room ? b->room * 2 : 65536;
			b->row = realloc(b->row, b->room * sizeof(*b->row));
			if (!b->row)
				die("out of memory");
		}
	}
	return &b->row[b->nr++];
}

static void find_fields(struct book *b, struct tep_handle *tep)
{
	struct tep_event *event = tep_find_event_by_name(tep, "kvm", "kvm_ipi_track");
	int i;

	b->event_id = event ? event->id : -1;
	for (i = 0; event && i < NR_FIELDS; i++)
		b->field[i] = tep_find_field(event, field_names[i]);
}

/* tep_read_number() does not extend the sign; of these fields one is signed. */
static long long sign_extend(const struct tep_format_field *f, unsigned long long v)
{
	int shift = 64 - 8 * f->size;

	return f->flags & TEP_FIELD_IS_SIGNED ? (long long)(v << shift) >> shift : (long long)v;
}

static int count_record(struct tracecmd_input *in, struct tep_record *r, int cpu, void *data)
{
	struct book *b = data;
	struct row *row;
	int i;

	if (r->ts < b->start)
		b->start = r->ts;
	if (tep_data_type(tracecmd_get_tep(in), r) != b->event_id)
		return 0;
	row = add_row(b);
	memset(row, 0, sizeof(*row));
	row->count = 1;
	row->first = row->last = r->ts;
	for (i = 0; i < NR_FIELDS; i++) {
		unsigned long long v;

		if (!(b->key_mask & 1u << i) || !b->field[i])
			continue;
		if (tep_read_number_field(b->field[i], r->data, &v))
			die("cannot read a field");
		row->key[i] = sign_extend(b->field[i], v);
	}
	return 0;
}

static void read_buffers(struct tracecmd_input *in, struct book *b)
{
	int i, nr = tracecmd_buffer_instances(in);

	/* The return value tells nothing: an empty main buffer is an error to some versions. */
	tracecmd_iterate_events(in, NULL, 0, count_record, b);
	for (i = 0; i < nr; i++) {
		struct tracecmd_input *one = tracecmd_buffer_instance_handle(in, i);

		if (!one)
			die("cannot open an instance");
		tracecmd_iterate_events(one, NULL, 0, count_record, b);
		tracecmd_close(one);
	}
}

static void print_key(const struct book *b, const struct row *r)
{
	int i;

	for (i = 0; i < NR_FIELDS; i++) {
		if (!(b->key_mask & 1u << i))
			continue;
		if (b->field[i])
			printf("%lld", r->key[i]);
		putchar(',');
	}
}

int main(int argc, char **argv)
{
	struct book b = { .start = ~0ull,
			  .key_mask = 1 << PID | 1 << ID | 1 << SRC | 1 << DST | 1 << VECTOR };
	bool times = argc == 3 && !strcmp(argv[1], "--times");
	bool states = argc == 3 && !strcmp(argv[1], "--states");
	struct tracecmd_input *in;
	size_t i;

	if (argc != 2 + (times || states) || argv[argc - 1][0] == '-') {
		fprintf(stderr, "usage: opinion-tracecmd [--times|--states] FILE\n");
		return 2;
	}
	if (states)
		b.key_mask = 1 << PID | 1 << ID | 1 << PATH | 1 << STATE;
	in = tracecmd_open(argv[argc - 1], TRACECMD_FL_LOAD_NO_PLUGINS);
	if (!in)
		die("cannot open the file");
	find_fields(&b, tracecmd_get_tep(in));
	read_buffers(in, &b);
	merge(&b);
	printf(states  ? "vm_pid,vm_id,path,state,count\n"
	       : times ? "vm_pid,vm_id,src,dst,vector,count,first_ns,last_ns\n"
		       : "vm_pid,vm_id,src,dst,vector,count\n");
	for (i = 0; i < b.nr; i++) {
		print_key(&b, &b.row[i]);
		printf("%llu", b.row[i].count);
		if (times)
			printf(",%llu,%llu", b.row[i].first - b.start, b.row[i].last - b.start);
		putchar('\n');
	}
	free(b.row);
	tracecmd_close(in);
	return 0;
}
