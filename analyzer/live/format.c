// SPDX-License-Identifier: GPL-2.0-only
/* format.c - see format.h. */
#include "live/format.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define FORMAT_MAX 16384

/* A line is "\tfield:u32 vm_id;\toffset:8;\tsize:4;\tsigned:0;". */
int format_field(const char *text, const char *name, u32 *offset, u32 *size)
{
	size_t len = strlen(name);

	for (const char *line = text; line; line = strchr(line + 1, '\n')) {
		const char *end, *field = strstr(line, "field:");
		unsigned int o, s;

		end = field ? strchr(field, ';') : NULL;
		if (!end)
			break;
		line = field;
		if (end - field <= (ptrdiff_t)len || strncmp(end - len, name, len) ||
		    (end[-1 - (ptrdiff_t)len] != ' ' && end[-1 - (ptrdiff_t)len] != '*'))
			continue;
		if (sscanf(end, "; offset:%u; size:%u;", &o, &s) != 2)
			break;
		*offset = o;
		*size = s;
		return 0;
	}
	return -ENOENT;
}

int format_check_track(const char *text, struct err *err)
{
	static const struct {
		const char *name;
		u32 offset, size;
	} fields[] = {
		{ "vm_id", 8, 4 },	  { "vm_pid", 12, 4 }, { "src_vcpu_id", 16, 4 },
		{ "dst_vcpu_id", 20, 4 }, { "vector", 28, 1 }, { "path", 29, 1 },
		{ "dst_state", 30, 1 },
	};

	for (u32 i = 0; i < ARRAY_SIZE(fields); i++) {
		u32 offset, size;

		if (format_field(text, fields[i].name, &offset, &size))
			return err_set(err, -EINVAL, "kvm_ipi_track has no field %s here",
				       fields[i].name);
		if (offset != fields[i].offset || size != fields[i].size)
			return err_set(err, -EINVAL,
				       "kvm_ipi_track has %s at offset %u with %u bytes, "
				       "expected offset %u with %u",
				       fields[i].name, offset, size, fields[i].offset,
				       fields[i].size);
	}
	return 0;
}

char *format_of_track(const char *tracefs)
{
	char path[256], *text = NULL;
	size_t len = 0;
	FILE *f;
	int code;

	snprintf(path, sizeof(path), "%s/events/kvm/kvm_ipi_track/format", tracefs);
	f = fopen(path, "re");
	if (!f)
		return NULL;
	text = malloc(FORMAT_MAX);
	if (text)
		len = fread(text, 1, FORMAT_MAX - 1, f);
	code = ferror(f) ? EIO : ENOMEM;
	if (ferror(f)) {
		free(text);
		text = NULL;
	}
	fclose(f);
	if (text)
		text[len] = '\0';
	errno = code;
	return text;
}
