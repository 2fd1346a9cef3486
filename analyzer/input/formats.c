// SPDX-License-Identifier: GPL-2.0-only
/*
 * formats.c - see formats.h.
 *
 * Of a format, the program needs the fields alone. The print format is libtraceevent's weak side with
 * damaged files, so it is cut off and replaced by an empty one before the library sees the text.
 */
#include "input/formats.h"

#include <event-parse.h>

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* The value behind "key:" at the beginning of a line of the format; NULL: none. */
static const char *line_value(const struct format_text *f, const char *key)
{
	size_t len = strlen(key);
	const char *line = f->text;

	while (line && strncmp(line, key, len)) {
		line = strchr(line, '\n');
		line += !!line;
	}
	if (!line)
		return NULL;
	line += len;
	return line + strspn(line, " \t");
}

bool formats_event(const struct container *c, u32 i, char *name, size_t max, u16 *id)
{
	const char *value = line_value(&c->formats[i], "name:");
	const char *number = line_value(&c->formats[i], "ID:");
	size_t len = value ? strcspn(value, "\n") : 0;

	if (!len || len >= max || !number || !isdigit((unsigned char)*number))
		return false;
	memcpy(name, value, len);
	name[len] = 0;
	*id = (u16)strtoul(number, NULL, 10);
	return true;
}

static const struct format_text *find_format(const struct container *c, const char *system,
					     const char *event)
{
	char name[128];
	u16 id;

	for (u32 i = 0; i < c->nr_formats; i++)
		if (!strcmp(c->formats[i].system, system) &&
		    formats_event(c, i, name, sizeof(name), &id) && !strcmp(name, event))
			return &c->formats[i];
	return NULL;
}

/* The text up to its print format, which becomes an empty one. To be freed. */
static char *without_print_format(const struct format_text *f)
{
	static const char empty[] = "print fmt: \"\"\n";
	const char *print = strstr(f->text, "print fmt:");
	size_t len = print ? (size_t)(print - f->text) : strlen(f->text);
	char *text = malloc(len + sizeof(empty));

	if (!text)
		return NULL;
	memcpy(text, f->text, len);
	memcpy(text + len, empty, sizeof(empty));
	return text;
}

static bool usable(const struct tep_format_field *f)
{
	return f && f->offset >= 0 && f->offset < (1 << 16) &&
	       (f->size == 1 || f->size == 2 || f->size == 4 || f->size == 8);
}

static struct field to_field(const struct tep_format_field *f)
{
	return (struct field){ .offset = f->offset, .size = f->size,
			       .is_signed = f->flags & TEP_FIELD_IS_SIGNED };
}

static int resolve_fields(struct tep_event *event, const struct field_want *want, size_t nr,
			  struct field *found, struct event_format *format, struct err *err)
{
	struct tep_format_field *type = tep_find_common_field(event, "common_type");

	if (!usable(type))
		return err_set(err, -EBADMSG, "its format has no usable common_type");
	format->type = to_field(type);
	format->id = event->id;
	for (size_t i = 0; i < nr; i++) {
		struct tep_format_field *f = tep_find_any_field(event, want[i].name);

		found[i] = usable(f) ? to_field(f) : (struct field){ 0 };
		if (!found[i].size && want[i].required)
			return err_set(err, -EBADMSG, "its format has no usable field %s",
				       want[i].name);
	}
	return 0;
}

int formats_resolve(const struct container *c, const char *system, const char *event,
		    const struct field_want *want, size_t nr, struct field *found,
		    struct event_format *format, struct err *err)
{
	const struct format_text *f = find_format(c, system, event);
	struct tep_event *parsed = NULL;
	struct tep_handle *tep;
	char *text;
	int ret;

	if (!f)
		return err_set(err, -ENOENT, "the file does not describe %s:%s", system, event);
	tep = tep_alloc();
	text = without_print_format(f);
	if (!tep || !text) {
		ret = err_set(err, -ENOMEM, "out of memory");
		goto out;
	}
	tep_set_long_size(tep, 8);
	tep_set_file_bigendian(tep, TEP_LITTLE_ENDIAN);
	tep_set_loglevel(TEP_LOG_NONE);
	tep_parse_format(tep, &parsed, text, strlen(text), system);
	if (parsed)
		ret = resolve_fields(parsed, want, nr, found, format, err);
	else
		ret = err_set(err, -EBADMSG, "its format cannot be read");
out:
	free(text);
	tep_free(tep);
	return ret;
}
