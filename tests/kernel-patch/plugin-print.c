// SPDX-License-Identifier: GPL-2.0-only
/*
 * plugin-print.c - print one record of an event through libtraceevent's plugins.
 *
 *   plugin-print [-O OPTION=VALUE]... FORMAT HEX...
 *
 * FORMAT is a file as in tracefs, its text decides which fields a record has; each HEX is the
 * payload of one record. This is what trace-cmd does, without a trace file: records that no kernel
 * writes (cut off, without fields) can be tried. Plugins come from TRACEEVENT_PLUGIN_DIR. Two
 * handles are open at once, as in a program that compares traces, and the second one prints.
 */
#include <event-parse.h>
#include <trace-seq.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_RECORD 256

struct session {
	struct tep_handle *tep;
	struct tep_plugin_list *plugins;
};

static char *read_format(const char *name, size_t *size)
{
	static const size_t limit = 1 << 16;
	FILE *f = fopen(name, "r");
	char *text = malloc(limit);

	if (!f || !text) {
		perror(name);
		exit(1);
	}
	*size = fread(text, 1, limit, f);
	fclose(f);
	return text;
}

static int read_record(const char *hex, unsigned char *data)
{
	int size = 0;
	unsigned int byte;

	for (; hex[0] && hex[1] && size < MAX_RECORD && sscanf(hex, "%2x", &byte) == 1; hex += 2)
		data[size++] = (unsigned char)byte;
	return size;
}

static void session_open(struct session *s, const char *format, size_t size)
{
	s->tep = tep_alloc();
	if (!s->tep)
		exit(1);
	tep_set_long_size(s->tep, 8);
	tep_set_page_size(s->tep, 4096);
	s->plugins = tep_load_plugins(s->tep);
	if (tep_parse_event(s->tep, format, size, "kvm") != TEP_ERRNO__SUCCESS) {
		fprintf(stderr, "plugin-print: libtraceevent does not understand the format\n");
		exit(1);
	}
}

static void session_close(struct session *s)
{
	tep_unload_plugins(s->plugins, s->tep);
	tep_free(s->tep);
}

static void print_record(struct tep_handle *tep, const char *hex)
{
	struct tep_record record = { 0 };
	struct trace_seq s;
	unsigned char *data;
	unsigned char buffer[MAX_RECORD];
	int size = read_record(hex, buffer);

	/* Of exactly this size, so that valgrind sees a read past its end. */
	data = malloc(size ? (size_t)size : 1);
	if (!data)
		exit(1);
	memcpy(data, buffer, (size_t)size);
	record.data = data;
	record.size = size;

	trace_seq_init(&s);
	tep_print_event(tep, &s, &record, "%s", TEP_PRINT_INFO);
	trace_seq_terminate(&s);
	puts(s.buffer);
	trace_seq_destroy(&s);
	free(data);
}

int main(int argc, char **argv)
{
	struct session first, second;
	size_t size;
	char *format;
	int i = 1;

	for (; i + 1 < argc && !strcmp(argv[i], "-O"); i += 2) {
		char *value = strchr(argv[i + 1], '=');

		if (value)
			*value++ = '\0';
		tep_plugin_add_option(argv[i + 1], value);
	}
	if (i >= argc) {
		fprintf(stderr, "usage: plugin-print [-O OPTION=VALUE]... FORMAT HEX...\n");
		return 2;
	}

	format = read_format(argv[i++], &size);
	session_open(&first, format, size);
	session_open(&second, format, size);
	session_close(&first);
	for (; i < argc; i++)
		print_record(second.tep, argv[i]);
	session_close(&second);
	free(format);
	return 0;
}
