// SPDX-License-Identifier: GPL-2.0-only
/* remarks.c - see remarks.h. */
#include "output/remarks.h"

#define LINE_WIDTH 79

static void remark_lost(const struct input_view *in, FILE *out)
{
	fprintf(out, "# %s: events were lost: counts are lower bounds\n", in->file);
	if (in->gaps)
		fprintf(out, "#   %llu gaps, %s%llu events%s\n", in->gaps,
			in->lost_known ? "" : "at least ", in->lost,
			in->lost_known ? "" : " (some gaps have no number)");
	if (in->overrun)
		fprintf(out, "#   %llu events by the kernel's statistics\n", in->overrun);
}

static void remark_salvaged(const struct input_view *in, FILE *out)
{
	fprintf(out, "# %s: its index is lost: found the data of %u CPUs without it%s\n", in->file,
		in->salvaged_cpus, in->salvaged_sure ? "" : ";\n#   the CPUs' numbers are guesses");
	if (in->missing_bytes)
		fprintf(out, "#   at least %llu bytes of the trace are missing\n",
			in->missing_bytes);
}

void remarks_inputs(const struct input_view *in, u32 nr, FILE *out)
{
	for (u32 i = 0; i < nr; i++) {
		char what[160], counts[80];

		snprintf(what, sizeof(what), "%u CPUs, clock %.100s,", in[i].cpus,
			 in[i].clock ? in[i].clock : "unknown");
		snprintf(counts, sizeof(counts), "%llu records, %llu directed IPIs", in[i].records,
			 in[i].events);
		fprintf(out, "# %s: %s%s%s\n", in[i].file, what,
			strlen(in[i].file) + strlen(what) + strlen(counts) + 5 > LINE_WIDTH
				? "\n#   "
				: " ",
			counts);
	}
}

bool remarks_loss(const struct input_view *in, u32 nr, FILE *out)
{
	bool said = false;

	for (u32 i = 0; i < nr; i++) {
		said |= in[i].gaps || in[i].overrun || in[i].salvaged || in[i].skipped ||
			in[i].time_shift || in[i].ticks;
		if (in[i].gaps || in[i].overrun)
			remark_lost(&in[i], out);
		if (in[i].salvaged)
			remark_salvaged(&in[i], out);
		if (in[i].skipped)
			fprintf(out,
				"# %s: %llu damaged or missing records or pages were skipped: "
				"counts\n#   are lower bounds\n",
				in[i].file, in[i].skipped);
		if (in[i].ticks)
			fprintf(out,
				"# %s: its clock, %s, does not count ns: times and rates are\n"
				"#   unknown\n",
				in[i].file, in[i].clock);
		if (in[i].time_shift)
			fprintf(out,
				"# %s: its times are the guest's own: the correction towards "
				"the\n#   host's clock was not applied\n",
				in[i].file);
	}
	return said;
}
