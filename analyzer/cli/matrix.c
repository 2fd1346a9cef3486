// SPDX-License-Identifier: GPL-2.0-only
/*
 * matrix.c - kvm-ipi matrix: sender x receiver, or the sender's CPU x the receiver's.
 */
#include "cli/commands.h"
#include "output/graph_json.h"
#include "output/matrix_text.h"
#include "output/remarks.h"
#include "output/table.h"
#include "view/graph_view.h"

#include <errno.h>

static const char *const formats[] = { "text", "csv", "json", NULL };
enum { FORMAT_TEXT, FORMAT_CSV, FORMAT_JSON };

static const char *const by_choices[] = { "vcpu", "cpu", NULL };
enum { BY_VCPU, BY_CPU };

struct matrix_opts {
	struct opts o;
	int by;
};

struct matrix {
	struct session s;
	struct matrix_opts opts;
	struct graph_builder view;
};

static const struct option_row own_rows[] = {
	{ "by", 0, OPT_CHOICE, offsetof(struct matrix_opts, by), "WHAT",
	  "vcpu: sender by receiver (the default); cpu: the\nCPU of the sender by that where the "
	  "receiver was last",
	  .choices = by_choices },
	{ 0 },
};

/* first: nothing stands before it, from which a blank line would part it. */
static int matrix_put_text(const struct matrix *mx, const struct matrix_view *m, bool first,
			   FILE *out)
{
	struct matrix_style style = { .width = terminal_width(), .color = mx->s.color };
	char label[VIEW_VM_LABEL];

	fprintf(out, "%sVM %s%s%s: %llu IPIs\n", first ? "" : "\n", vm_view_label(m->vm, label),
		m->vm->name ? " " : "", m->vm->name ? m->vm->name : "", m->vm->ipis);
	if (!m->nr_rows) {
		fputs("# the receivers' CPUs were not recorded\n", out);
		return 0;
	}
	return matrix_text(m, &style, out);
}

static void put_csv(const struct matrix_view *m, FILE *out)
{
	for (u32 i = 0; i < m->nr_cells; i++) {
		const struct matrix_cell *c = &m->cell[i];

		if (m->vm->have_pid)
			fprintf(out, "%d", m->vm->pid);
		fputc(',', out);
		if (m->vm->have_id)
			fprintf(out, "%u", m->vm->id);
		fprintf(out, ",%u,%u,%llu\n", m->row_id[c->row], m->col_id[c->col], c->count);
	}
}

static int put_vms(struct matrix *mx, struct json *j, bool first, FILE *out)
{
	for (u32 i = 0; i < mx->view.g.nr_vm; i++) {
		struct matrix_view m;
		int ret = matrix_view_init(&m, &mx->view, i, mx->opts.by == BY_CPU);

		if (!ret && mx->s.format == FORMAT_TEXT) {
			ret = matrix_put_text(mx, &m, first && !i, out);
		} else if (!ret && mx->s.format == FORMAT_CSV) {
			put_csv(&m, out);
		} else if (!ret) {
			json_object(j, NULL);
			json_vm_head(j, m.vm);
			matrix_json(&m, j);
			json_object_end(j);
		}
		matrix_view_release(&m);
		if (ret)
			return ret;
	}
	return 0;
}

static int matrix_put(void *ctx, FILE *out)
{
	struct matrix *mx = ctx;
	const struct graph_view *g = &mx->view.g;
	struct json j;
	int ret;

	if (mx->s.format != FORMAT_JSON) {
		bool said = remarks_loss(g->in, g->nr_in, out);

		if (mx->s.format == FORMAT_CSV)
			fprintf(out, "vm_pid,vm_id,%s,count\n",
				mx->opts.by == BY_CPU ? "cpu,dst_cpu" : "src,dst");
		return put_vms(mx, NULL, !said, out);
	}
	json_init(&j, out);
	json_object(&j, NULL);
	json_string(&j, "schema", "kvm-ipi.matrix/1");
	json_string(&j, "source", g->source);
	json_inputs(&j, g->in, g->nr_in);
	json_array(&j, "vms");
	ret = put_vms(mx, &j, true, out);
	json_array_end(&j);
	json_object_end(&j);
	json_finish(&j);
	return ret;
}

static int cmd_matrix(const struct command *cmd, int argc, char **argv)
{
	struct matrix mx = { 0 };
	struct pairs pairs = { 0 };
	struct analysis list[] = { { &pairs_ops, &pairs } };
	int code = session_begin(&mx.s, cmd, argc, argv, &mx.opts.o);

	pairs.want_cpus = mx.opts.by == BY_CPU;
	if (!code)
		code = session_run(&mx.s, &mx.opts.o, list, ARRAY_SIZE(list));
	if (!code) {
		if (pairs_finish(&pairs, &mx.s.rec.trace.vms) ||
		    graph_view_init(&mx.view, &mx.s.rec, &pairs, "kvm-ipi.matrix/1"))
			code = complain_memory();
		else
			code = session_write(&mx.opts.o, matrix_put, &mx);
	}
	graph_view_release(&mx.view);
	pairs_release(&pairs);
	session_end(&mx.s, &mx.opts.o);
	return code;
}

static const struct option_row *const tables[] = { own_rows,	      opts_input_rows,
						   opts_threads_rows, opts_filter_rows,
						   opts_output_rows,  NULL };

const struct command command_matrix = {
	.name = "matrix",
	.usage = "[--by vcpu|cpu] [options] [FILE...]",
	.run = cmd_matrix,
	.tables = tables,
	.formats = formats,
	.summary = "sender x receiver, in the terminal; CSV, JSON",
	.help = "Shows for each VM how many IPIs each vCPU (down) sent to each other (across), or with\n"
		"--by cpu the same for physical CPUs. Large matrices become digits, larger ones are\n"
		"added up; what was done is said below them.",
};
