// SPDX-License-Identifier: GPL-2.0-only
/*
 * The language of workload files, a line each, `#` starts a comment:
 *
 *	vm KEY=VALUE...		options, see options.c
 *	state NAME MIN MAX	percent of tracked IPIs that meet a receiver in this state
 *	send FROM ICR TO COUNT RECEIVERS TRACKED	# name
 *	call: the same with a request in the receiver's mailbox, until its handler has taken it;
 *				measured (measure.c). Interrupts of several senders are merged,
 *				so RECEIVERS is `to~`: each request is taken exactly once
 *	pv-send, hv-send, msi-send: the same, by KVM_HC_SEND_IPI, by Hyper-V's call, by the VMM;
 *				TO is the mask of vCPUs (pv, hv) or the destination id (msi)
 *	ldr CPU VALUE, apicid CPU VALUE, disable CPU, enable CPU	write to the local APIC
 *	pause CPU COUNT, long-spin CPU COUNT, yield CPU TO COUNT
 *
 * FROM and CPU: a number, or `*`: every vCPU at the same time.
 * ICR: the low half as the guest writes it; FIRST..LAST: a vector of these, drawn at random.
 * TO: the destination as the guest writes it, 0x...; or a vCPU, whose physical or logical id (by
 *	the ICR's bit 11) is used: +1 (the next one), -1, `each` (each other in turn), `any` (at
 *	random); for a call also `all` (each other, and then the sender waits for all of them).
 * RECEIVERS: whose handlers run: - (nobody's), 1,2 (both), 1|2 (one of them), to (the vCPU in TO),
 *	others (all but the sender's); a `~` behind it: the sender does not wait, so handlers run
 *	less often than it sends.
 * TRACKED: - or VCPU/PATH: the receiver that kvm_ipi_track has to name (a number or `to`), and fast
 *	or slow. (VCPU): not tracked, although the stock events look as if that vCPU had accepted.
 *
 * The last two columns are the claim: what the contract says, written down by hand, not computed.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab.h"

#define MAX_WORDS 12

struct line {
	const char *file;
	int nr;
	char *words[MAX_WORDS];
	int nr_words;
	char *comment;
};

static int complain(const struct line *line, const char *what, const char *word)
{
	fprintf(stderr, "%s:%d: %s: %s\n", line->file, line->nr, what, word);
	return -1;
}

static int read_vm(struct workload *w, const struct line *line)
{
	for (int i = 1; i < line->nr_words; i++)
		if (option_set(w, line->words[i]))
			return complain(line, "no such option or value", line->words[i]);
	return 0;
}

static int read_state(struct workload *w, const struct line *line)
{
	struct state_bound *b = &w->bounds[w->nr_bounds];
	long min, max;

	if (line->nr_words != 4 || w->nr_bounds == 8 || word_long(line->words[2], 0, 100, &min) ||
	    word_long(line->words[3], 0, 100, &max))
		return complain(line, "wanted: state NAME MIN MAX", line->words[0]);
	snprintf(b->state, sizeof(b->state), "%s", line->words[1]);
	b->min = min;
	b->max = max;
	w->nr_bounds++;
	return 0;
}

static int read_sender(struct lab_op *op, const char *word)
{
	long cpu;

	if (!strcmp(word, "*")) {
		op->from = LAB_EVERY;
		return 0;
	}
	if (word_long(word, 0, LAB_MAX_VCPUS - 1, &cpu))
		return -1;
	op->from = cpu;
	return 0;
}

static int read_icr(struct lab_op *op, char *word)
{
	char *last = strstr(word, "..");
	long from, to;

	if (last) {
		*last = '\0';
		last += 2;
	}
	if (word_long(word, 0, 0xfffff, &from) ||
	    word_long(last ? last : word, from, 0xfffff, &to) || to - from >= LAB_MAX_SPAN)
		return -1;
	op->icr = from;
	op->span = to - from + 1;
	return 0;
}

static int read_addressee(struct lab_op *op, const char *word)
{
	long value;

	if (!strcmp(word, "each")) {
		op->to_how = LAB_TO_EACH;
	} else if (!strcmp(word, "all") && op->verb == LAB_CALL) {
		op->to_how = LAB_TO_ALL;
	} else if (!strcmp(word, "any")) {
		op->to_how = LAB_TO_ANY;
	} else if (*word == '+' || *word == '-') {
		if (word_long(word, -LAB_MAX_VCPUS, LAB_MAX_VCPUS, &value))
			return -1;
		op->to_how = LAB_TO_OFFSET;
		op->to = value;
	} else {
		if (word_long(word, 0, 0xffffffff, &value))
			return -1;
		op->to_how = LAB_TO_RAW;
		op->to = value;
	}
	return 0;
}

static int read_receivers(struct lab_op *op, char *word)
{
	static const char *const names[] = { "-", "to", "others", NULL };
	static const int hows[] = { LAB_RECV_NONE, LAB_RECV_TO, LAB_RECV_OTHERS };
	char *end = word + strlen(word) - 1;
	int i;

	if (*end == '~') {
		op->loose = 1;
		*end = '\0';
	}
	i = word_choice(word, names);
	if (i >= 0) {
		op->recv_how = hows[i];
		return 0;
	}
	op->recv_how = strchr(word, '|') ? LAB_RECV_ONE : LAB_RECV_ALL;
	for (char *rest = word, *part; (part = strsep(&rest, ",|"));) {
		long cpu;

		if (word_long(part, 0, LAB_MAX_VCPUS - 1, &cpu))
			return -1;
		op->recv_mask |= 1u << cpu;
	}
	return 0;
}

static int read_tracked(struct lab_op *op, struct claim *claim, char *word)
{
	static const char *const paths[] = { "-", "fast", "slow", NULL };
	char *path = strchr(word, '/');
	long cpu;
	int i;

	op->single = LAB_NOBODY;
	if (!strcmp(word, "-"))
		return 0;
	if (*word == '(' && strchr(word, ')')) {
		*strchr(word, ')') = '\0';
		if (op->to_how != LAB_TO_RAW || word_long(word + 1, 0, LAB_MAX_VCPUS - 1, &cpu))
			return -1;
		claim->lookalike = cpu;
		return 0;
	}
	if (!path)
		return -1;
	*path++ = '\0';
	i = word_choice(path, paths);
	if (i < 1)
		return -1;
	claim->path = i == 1 ? FAST : SLOW;
	if (!strcmp(word, "to"))
		return op->to_how == LAB_TO_RAW ? -1 : 0;
	if (op->to_how != LAB_TO_RAW || word_long(word, 0, LAB_MAX_VCPUS - 1, &cpu))
		return -1;
	op->single = cpu;
	return 0;
}

static int read_send(struct lab_op *op, struct claim *claim, const struct line *line)
{
	char *const *word = line->words;

	if (line->nr_words != 7)
		return complain(line, "wanted: FROM ICR TO COUNT RECEIVERS TRACKED", word[0]);
	snprintf(claim->receivers, sizeof(claim->receivers), "%s", word[5]);
	if (read_sender(op, word[1]))
		return complain(line, "no such sender", word[1]);
	if (read_icr(op, word[2]))
		return complain(line, "no such ICR value", word[2]);
	if (read_addressee(op, word[3]))
		return complain(line, "no such addressee", word[3]);
	if (word_number(&op->count, word[4], 1, 1000000))
		return complain(line, "no such count", word[4]);
	if (read_receivers(op, word[5]))
		return complain(line, "no such receivers", word[5]);
	if (read_tracked(op, claim, word[6]))
		return complain(line, "none of -, VCPU/fast, VCPU/slow, (VCPU)", word[6]);
	if (op->recv_how == LAB_RECV_TO && op->to_how == LAB_TO_RAW)
		return complain(line, "a raw destination names no receiver", word[5]);
	if (op->verb == LAB_CALL && (op->recv_how != LAB_RECV_TO || !op->loose || op->span != 1))
		return complain(line, "a call has one vector and the receivers to~", word[5]);
	return 0;
}

/* Verbs with a CPU and at most two numbers: icr, to and count take them, in this order of words. */
static int read_other(struct lab_op *op, const struct line *line)
{
	static const int words[] = {
		[LAB_LDR] = 3,	 [LAB_APICID] = 3,    [LAB_DISABLE] = 2, [LAB_ENABLE] = 2,
		[LAB_PAUSE] = 3, [LAB_LONG_SPIN] = 3, [LAB_YIELD] = 4,
	};
	char *const *word = line->words;

	op->single = LAB_NOBODY;
	if (line->nr_words != words[op->verb] || read_sender(op, word[1]))
		return complain(line, "wrong number of words, or no such vCPU", word[0]);
	if (op->verb == LAB_LDR || op->verb == LAB_APICID)
		return word_number(&op->icr, word[2], 0, 255)
			       ? complain(line, "no such id", word[2])
			       : 0;
	if (op->verb == LAB_YIELD && word_number(&op->to, word[2], 0, LAB_MAX_VCPUS - 1))
		return complain(line, "no such vCPU", word[2]);
	if (line->nr_words > 2 && word_number(&op->count, word[line->nr_words - 1], 1, 1000000))
		return complain(line, "no such count", word[line->nr_words - 1]);
	return 0;
}

static int read_op(struct workload *w, const struct line *line)
{
	static const char *const verbs[] = { "send",	 "call",  "pv-send",   "hv-send",
					     "msi-send", "ldr",	  "apicid",    "disable",
					     "enable",	 "pause", "long-spin", "yield",
					     NULL };
	struct lab_op *op = &w->ops[w->config.nr_ops];
	struct claim *claim = &w->claims[w->config.nr_ops];
	int verb = word_choice(line->words[0], verbs);

	if (verb < 0)
		return complain(line, "no such word", line->words[0]);
	if (w->config.nr_ops == LAB_MAX_OPS)
		return complain(line, "too many operations", line->words[0]);
	op->verb = verb;
	claim->lookalike = -1;
	snprintf(claim->name, sizeof(claim->name), "%s",
		 line->comment ? line->comment : verbs[verb]);
	w->config.nr_ops++;
	return verb <= LAB_MSI_SEND ? read_send(op, claim, line) : read_other(op, line);
}

static int read_line(struct workload *w, struct line *line, char *text)
{
	char *comment = strchr(text, '#');

	text[strcspn(text, "\n")] = '\0';
	line->comment = NULL;
	line->nr_words = 0;
	if (comment) {
		*comment++ = '\0';
		line->comment = comment + strspn(comment, " \t");
	}
	for (char *word = strtok(text, " \t"); word; word = strtok(NULL, " \t")) {
		if (line->nr_words == MAX_WORDS)
			return complain(line, "too many words", word);
		line->words[line->nr_words++] = word;
	}
	if (!line->nr_words)
		return 0;
	if (!strcmp(line->words[0], "vm"))
		return read_vm(w, line);
	if (!strcmp(line->words[0], "state"))
		return read_state(w, line);
	return read_op(w, line);
}

static int read_file(struct workload *w)
{
	struct line line = { .file = w->file };
	FILE *f = fopen(w->file, "r");
	char text[256];
	int err = 0;

	if (!f) {
		fprintf(stderr, "%s: %s\n", w->file, strerror(errno));
		return -1;
	}
	while (!err && fgets(text, sizeof(text), f)) {
		line.nr++;
		err = read_line(w, &line, text);
	}
	fclose(f);
	return err;
}

/*
 * The truth counts handlers by vector and sends by operation: two operations may share a vector
 * only if no exact number of handler runs is claimed for either.
 */
static int check_vectors(const struct workload *w)
{
	int user[256] = { 0 };

	for (uint32_t i = 0; i < w->config.nr_ops; i++) {
		const struct lab_op *op = &w->ops[i];

		for (uint32_t v = 0; op->verb <= LAB_MSI_SEND && v < op->span; v++) {
			int *u = &user[(lab_vector(op) + v) & 0xff];

			if (*u && !(op->loose && w->ops[*u - 1].loose)) {
				fprintf(stderr, "%s: \"%s\" and \"%s\" use the same vector\n",
					w->file, w->claims[*u - 1].name, w->claims[i].name);
				return -1;
			}
			*u = i + 1;
		}
	}
	return 0;
}

/* All calls are measured: the book has room for so many of one vCPU. */
static int check_calls(const struct workload *w)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < w->config.nr_ops; i++) {
		const struct lab_op *op = &w->ops[i];

		if (op->verb == LAB_CALL)
			n += op->count * (op->to_how == LAB_TO_EACH ? w->config.nr_vcpus - 1 : 1);
	}
	if (n <= LAB_MAX_CALLS)
		return 0;
	fprintf(stderr, "%s: %u calls, at most %d can be measured\n", w->file, n, LAB_MAX_CALLS);
	return -1;
}

int workload_read(struct workload *w, const char *spec)
{
	char *words, *rest, *word;
	const char *conflict;
	int err;

	*w = (struct workload){ .pin = -1, .config = { .nr_vcpus = 4, .timeout_ms = 20000 } };
	words = rest = strdup(spec);
	if (!words)
		return -1;
	snprintf(w->file, sizeof(w->file), "%s", strsep(&rest, ","));
	err = read_file(w);
	while (!err && (word = strsep(&rest, ","))) {
		err = option_set(w, word);
		if (err)
			fprintf(stderr, "%s: no such option or value: %s\n", spec, word);
	}
	free(words);
	conflict = err ? NULL : options_conflict(w);
	if (conflict)
		fprintf(stderr, "%s: %s\n", spec, conflict);
	return err || conflict || check_vectors(w) || check_calls(w) ? -1 : 0;
}
