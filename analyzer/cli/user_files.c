// SPDX-License-Identifier: GPL-2.0-only
/*
 * user_files.c - see user_files.h. Lines of words; an error names the file and the line.
 */
#include "cli/user_files.h"
#include "util/clean.h"
#include "util/ranges.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USER_FILE_MAX (1 << 20)

/* A small file of the user's as a string, to be freed. */
static char *read_user_file(const char *path, struct err *err)
{
	FILE *f = fopen(path, "r");
	char *text = f ? malloc(USER_FILE_MAX + 1) : NULL;
	size_t len = text ? fread(text, 1, USER_FILE_MAX + 1, f) : 0;
	int code = errno;

	if (text && !ferror(f) && len <= USER_FILE_MAX) {
		text[len] = 0;
		fclose(f);
		return text;
	}
	if (text && len > USER_FILE_MAX)
		err_set(err, -EFBIG, "%s: larger than 1 MB", path);
	else
		err_set(err, -code, "cannot read %s: %s", path, strerror(code));
	if (f)
		fclose(f);
	free(text);
	return NULL;
}

/* Hands each line to add(); form is what a wrong line does not have. No path, no lines. */
static int each_line(const char *path, int (*add)(void *to, const char *line), void *to,
		     const char *form, struct err *err)
{
	char *text, *line, *rest;
	int number = 0, ret = 0;

	if (!path)
		return 0;
	text = read_user_file(path, err);
	if (!text)
		return -EIO;
	rest = text;
	while (!ret && (line = strsep(&rest, "\n"))) {
		number++;
		ret = add(to, line);
	}
	free(text);
	if (ret)
		err_set(err, ret, "%s: line %d is not %s", path, number, form);
	return ret;
}

static int user_files_add_name(void *to, const char *line)
{
	return vm_names_parse_line(to, line);
}

int user_names_load(struct vm_names *names, const char *path, struct err *err)
{
	return each_line(path, user_files_add_name, names, "\"PID NAME\" or \"PID/ID NAME\"", err);
}

static int add_place(void *to, const char *line)
{
	return topology_add_line(to, line);
}

int user_topology_load(struct topology *t, const char *path, struct err *err)
{
	t->fixed = path;
	return each_line(path, add_place, t, "one of lscpu -p, nor \"cpu N core N llc N node N\"",
			 err);
}

/* "0xfd reschedule" into the table; names point into the line. */
static int vector_line(struct vector_names *names, char *line)
{
	const char *end;
	u64 vector;

	line += strspn(line, " \t\r");
	if (!*line || *line == '#')
		return 0;
	if (number_parse(line, &end, &vector) || vector >= NR_VECTORS ||
	    !isspace((unsigned char)*end))
		return -EINVAL;
	line = (char *)end + strspn(end, " \t");
	line[strcspn(line, "\r")] = 0;
	text_clean(line);
	names->name[vector] = *line ? line : NULL;
	return 0;
}

int user_vectors_load(struct user_vectors *v, const char *guest, struct err *err)
{
	char *line, *rest;
	int number = 0, ret = 0;

	v->names = vector_names_builtin(guest ? guest : "linux");
	v->given = guest;
	if (v->names)
		return 0;
	if (!strchr(guest, '/') && !strchr(guest, '.') && access(guest, F_OK))
		return err_set(err, -EINVAL, "--guest %s: neither linux, none, nor a file", guest);
	v->text = read_user_file(guest, err);
	if (!v->text)
		return -EIO;
	rest = v->text;
	while (!ret && (line = strsep(&rest, "\n"))) {
		number++;
		ret = vector_line(&v->own, line);
	}
	v->names = &v->own;
	return ret ? err_set(err, ret, "%s: line %d is not \"VECTOR NAME\"", guest, number) : 0;
}

void user_vectors_release(struct user_vectors *v)
{
	free(v->text);
	v->text = NULL;
}
