// SPDX-License-Identifier: GPL-2.0-only
/*
 * formats.c - see formats.h.
 *
 * Of a format, the program needs plain fields alone. libtraceevent was written for formats from a
 * kernel: a damaged one makes it leak (fields of odd types) or worse (print formats). So it is
 * shown the lines that have the usual form, and an empty print format.
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

	while (strncmp(line, key, len)) {
		line = strchr(line, '\n');
		if (!line)
			return NULL;
		line++;
	}
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
					     const char *event, u16 *id)
{
	char name[128];

	for (u32 i = 0; i < c->nr_formats; i++)
		if (!strcmp(c->formats[i].system, system) &&
		    formats_event(c, i, name, sizeof(name), id) && !strcmp(name, event))
			return &c->formats[i];
	return NULL;
}

/* Behind one or more of the characters; NULL: there is none. */
static const char *skip_some(const char *p, const char *chars)
{
	size_t n = strspn(p, chars);

	return n ? p + n : NULL;
}

static const char *skip_word(const char *p, const char *word)
{
	size_t len = strlen(word);

	return p && !strncmp(p, word, len) ? p + len : NULL;
}

/* "key:NUMBER;" */
static const char *skip_number(const char *p, const char *key)
{
	p = skip_word(p, key);
	p = p ? skip_some(p, "0123456789") : NULL;
	return skip_word(p, ";");
}

/*
 * Whether a line describes a field in the plainest way: words, then offset, size and sign. Arrays,
 * pointers and data locations are fields too, but none that the program reads.
 */
static bool plain_field(const char *line)
{
	static const char word[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
	const char *p = skip_word(line, "\tfield:");
	int words = 0;

	while (p && *p != ';') {
		if (words++)
			p = skip_word(p, " ");
		if (!p || isdigit((unsigned char)*p))
			return false;
		p = skip_some(p, word);
	}
	p = words > 1 ? skip_word(p, ";\t") : NULL;
	p = skip_number(p, "offset:");
	p = skip_word(p, "\t");
	p = skip_number(p, "size:");
	p = skip_word(p, "\t");
	p = skip_number(p, "signed:");
	return p && *p == '\n';
}

/*
 * What libtraceevent gets to see: the event's name and number, its plain fields, and an empty print
 * format. To be freed.
 */
static char *harmless_format(const struct format_text *f, const char *event, u16 id)
{
	static const char empty[] = "\nprint fmt: \"\"\n";
	char *text = malloc(strlen(f->text) + strlen(event) + 64 + sizeof(empty));
	const char *line = f->text;
	bool parted = false;
	size_t len;

	if (!text)
		return NULL;
	len = (size_t)sprintf(text, "name: %s\nID: %u\nformat:\n", event, id);
	while (line && *line) {
		size_t n = strcspn(line, "\n");

		n += line[n] == '\n';
		/* An empty line parts the common fields from the event's own. */
		if (plain_field(line) || (*line == '\n' && !parted)) {
			parted |= *line == '\n';
			memcpy(text + len, line, n);
			len += n;
		}
		line += n;
	}
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
	return (struct field){ .offset = f->offset,
			       .size = f->size,
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
	u16 id = 0;
	const struct format_text *f = find_format(c, system, event, &id);
	struct tep_event *parsed = NULL;
	struct tep_handle *tep;
	char *text;
	int ret;

	if (!f)
		return err_set(err, -ENOENT, "the file does not describe %s:%s", system, event);
	tep = tep_alloc();
	text = harmless_format(f, event, id);
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
