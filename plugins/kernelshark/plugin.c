// SPDX-License-Identifier: GPL-2.0-only
/*
 * plugin.c - the KernelShark plugin's entry points: arrows from the senders of IPIs to their
 * receivers, between the graphs of the vCPUs' threads.
 *
 * KernelShark 2.2 gives a plugin the number of a stream and no pointer of its own, so the views
 * stand in one static list, as the contexts of its own plugins do. It calls all of this from its
 * main thread.
 */
#include "plugin.h"

#include <libkshark-plugin.h>
#include <libkshark-tepdata.h>

#include <stdio.h>
#include <stdlib.h>

/* Everything else is hidden: it must not meet the symbols of other plugins. */
#define EXPORTED __attribute__((visibility("default")))

EXPORTED int KSHARK_PLOT_PLUGIN_INITIALIZER(struct kshark_data_stream *stream);
EXPORTED int KSHARK_PLOT_PLUGIN_DEINITIALIZER(struct kshark_data_stream *stream);
EXPORTED void *KSHARK_MENU_PLUGIN_INITIALIZER(void *window);

static struct {
	struct view *first;
	void *window;
} plugin;

static struct view *find_view(const char *file)
{
	struct view *v;

	for (v = plugin.first; v; v = v->next)
		if (!strcmp(v->file, file))
			return v;
	return NULL;
}

static struct view *add_view(const char *file)
{
	struct view *v = calloc(1, sizeof(*v));

	if (!v)
		return NULL;
	v->file = strdup(file);
	if (!v->file) {
		free(v);
		return NULL;
	}
	v->next = plugin.first;
	plugin.first = v;
	return v;
}

static void remove_view(struct view *v)
{
	struct view **at = &plugin.first;

	while (*at != v)
		at = &(*at)->next;
	*at = v->next;
	view_forget(v);
	ipis_release(&v->ipis);
	free(v->file);
	free(v);
}

/* A file that cannot be read is said once, and has no arrows. */
static void read_view(struct view *v)
{
	char message[IPIS_MESSAGE];

	v->read = true;
	if (ipis_read(&v->ipis, v->file, message))
		fprintf(stderr, "plugin-kvm_ipi: %s\n", message);
}

/* What KernelShark adds to the times of a stream ("Add Time Offset"). */
static int64_t offset_of(struct kshark_data_stream *stream)
{
	struct kshark_entry entry = { .ts = 0 };

	kshark_calib_entry(stream, &entry);
	return entry.ts;
}

static void draw(struct kshark_cpp_argv *argv, int sd, int val, int action)
{
	struct kshark_context *context = NULL;
	struct kshark_data_stream *stream;
	struct view *v;

	if (!(action & KSHARK_TASK_DRAW) || val <= 0 || !kshark_instance(&context))
		return;
	stream = kshark_get_data_stream(context, sd);
	v = stream && stream->file ? find_view(stream->file) : NULL;
	if (!v)
		return;
	if (!v->read)
		read_view(v);
	v->window = plugin.window;
	view_draw(v, argv, val, offset_of(stream));
}

/* Returns how many handlers it added: 0 is a failure. */
int KSHARK_PLOT_PLUGIN_INITIALIZER(struct kshark_data_stream *stream)
{
	struct view *v;

	if (!kshark_is_tep(stream) || !stream->file)
		return 0;
	v = find_view(stream->file) ?: add_view(stream->file);
	if (!v)
		return 0;
	v->streams++;
	kshark_register_draw_handler(stream, draw);
	return 1;
}

int KSHARK_PLOT_PLUGIN_DEINITIALIZER(struct kshark_data_stream *stream)
{
	struct view *v;

	/* At the end KernelShark calls this with a stream that has nothing but this number. */
	if (stream->stream_id == KS_PLUGIN_CONTEXT_FREE) {
		while (plugin.first)
			remove_view(plugin.first);
		return 0;
	}
	kshark_unregister_draw_handler(stream, draw);
	v = stream->file ? find_view(stream->file) : NULL;
	if (v && !--v->streams)
		remove_view(v);
	return 1;
}

/* The name says menus, but what it gives is the main window, which sets markers. */
void *KSHARK_MENU_PLUGIN_INITIALIZER(void *window)
{
	plugin.window = window;
	return NULL;
}
