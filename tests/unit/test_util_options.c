// SPDX-License-Identifier: GPL-2.0-only
/* test_util_options.c - command lines by their tables. */
#include "util/options.h"

#include "unit.h"

struct opts {
	bool flag, other;
	u64 number;
	const char *text;
	int choice;
	struct texts texts;
};

static const char *const choices[] = { "red", "green", NULL };

static const struct option_row first[] = {
	{ "flag", 'f', OPT_FLAG, offsetof(struct opts, flag), NULL, "a flag" },
	{ "other", 'x', OPT_FLAG, offsetof(struct opts, other), NULL, "another\nin two lines" },
	{ "number", 'n', OPT_NUMBER, offsetof(struct opts, number), "N", "a number", .min = 2,
	  .max = 9 },
	{ 0 },
};

static const struct option_row second[] = {
	{ "text", 't', OPT_TEXT, offsetof(struct opts, text), "TEXT", "a text" },
	{ "choice", 0, OPT_CHOICE, offsetof(struct opts, choice), "WHICH", "a choice",
	  .choices = choices },
	{ "texts", 0, OPT_TEXTS, offsetof(struct opts, texts), "A-VERY-LONG-ARGUMENT",
	  "some texts" },
	{ "number-two", 0, OPT_TEXT, offsetof(struct opts, text), "TEXT", "shares a beginning" },
	{ 0 },
};

static const struct option_row *const tables[] = { first, second, NULL };

struct parsed {
	struct opts o;
	struct texts rest;
	struct err err;
	int ret;
	char copy[256];
	char *argv[16];
};

/* Parses a line of words; blanks part them. */
static void parse(struct parsed *p, const char *line)
{
	int argc = 0;

	*p = (struct parsed){ .o = { .choice = -1 } };
	snprintf(p->copy, sizeof(p->copy), "command %s", line);
	for (char *word = strtok(p->copy, " "); word; word = strtok(NULL, " "))
		p->argv[argc++] = word;
	p->ret = options_parse(tables, argc, p->argv, &p->o, &p->rest, &p->err);
}

static void release(struct parsed *p)
{
	texts_release(&p->o.texts);
	texts_release(&p->rest);
}

/* The line is refused with this message. */
static void check_refused(const char *line, const char *msg)
{
	struct parsed p;

	parse(&p, line);
	ck_assert_msg(p.ret == -EINVAL, "%s: %d", line, p.ret);
	ck_assert_str_eq(p.err.msg, msg);
	release(&p);
}

START_TEST(every_form)
{
	struct parsed p;

	parse(&p, "a -f --number=3 --text x --texts one --choice green b --texts=two -- -x --flag");
	ck_assert_int_eq(p.ret, 0);
	ck_assert(p.o.flag && !p.o.other);
	ck_assert_uint_eq(p.o.number, 3);
	ck_assert_str_eq(p.o.text, "x");
	ck_assert_int_eq(p.o.choice, 1);
	ck_assert_uint_eq(p.o.texts.nr, 2);
	ck_assert_str_eq(p.o.texts.s[1], "two");
	ck_assert_uint_eq(p.rest.nr, 4);
	ck_assert_str_eq(p.rest.s[0], "a");
	ck_assert_str_eq(p.rest.s[3], "--flag");
	release(&p);
}
END_TEST

START_TEST(letters)
{
	struct parsed p;

	parse(&p, "-fxn5 -t- -");
	ck_assert_int_eq(p.ret, 0);
	ck_assert(p.o.flag && p.o.other);
	ck_assert_uint_eq(p.o.number, 5);
	ck_assert_str_eq(p.o.text, "-");
	ck_assert_uint_eq(p.rest.nr, 1);
	ck_assert_str_eq(p.rest.s[0], "-"); /* standard input */
	release(&p);
	parse(&p, "-n 0x4 -t -f"); /* a value may look like an option */
	ck_assert_int_eq(p.ret, 0);
	ck_assert_uint_eq(p.o.number, 4);
	ck_assert_str_eq(p.o.text, "-f");
	ck_assert(!p.o.flag);
	release(&p);
}
END_TEST

START_TEST(beginnings)
{
	struct parsed p;

	parse(&p,
	      "--fl --ch red --number 4"); /* --number is exact, though --number-two begins so */
	ck_assert_int_eq(p.ret, 0);
	ck_assert(p.o.flag && p.o.choice == 0 && p.o.number == 4);
	release(&p);
	check_refused("--numb 3", "unknown option --numb; did you mean --number?");
	check_refused("--f",
		      "unknown option --f; did you mean --flag?"); /* one letter is too few */
}
END_TEST

START_TEST(mistakes)
{
	check_refused("--flga", "unknown option --flga; did you mean --flag?");
	check_refused("--colour=x", "unknown option --colour; --help lists them");
	check_refused("--=x", "unknown option --; --help lists them");
	check_refused("-fz", "unknown option -z; --help lists them");
	check_refused("--flag=1", "--flag takes no value");
	check_refused("--text", "--text wants a value: TEXT");
	check_refused("-t", "--text wants a value: TEXT");
	check_refused("--number 1", "--number 1: a number from 2 to 9 is meant");
	check_refused("--number 10", "--number 10: a number from 2 to 9 is meant");
	check_refused("--number 3x", "--number 3x: a number from 2 to 9 is meant");
	check_refused("--number -3", "--number -3: a number from 2 to 9 is meant");
	check_refused("--number 18446744073709551619",
		      "--number 18446744073709551619: a number from 2 to 9 is meant");
	check_refused("--choice blue", "--choice blue: one of red, green is meant");
	check_refused("--choice=", "--choice : one of red, green is meant");
}
END_TEST

START_TEST(long_nonsense)
{
	char word[200] = "--";
	struct parsed p;

	memset(word + 2, 'y', sizeof(word) - 3);
	parse(&p, word);
	ck_assert_int_eq(p.ret, -EINVAL);
	ck_assert_ptr_nonnull(strstr(p.err.msg, "unknown option --yyyy"));
	release(&p);
}
END_TEST

START_TEST(help_stops)
{
	struct parsed p;

	parse(&p, "--flag --help --no-such-thing");
	ck_assert_int_eq(p.ret, OPTIONS_HELP);
	release(&p);
	parse(&p, "-fh");
	ck_assert_int_eq(p.ret, OPTIONS_HELP);
	release(&p);
	parse(&p, "-- --help");
	ck_assert_int_eq(p.ret, 0);
	release(&p);
}
END_TEST

START_TEST(help_text)
{
	struct capture c;

	capture_open(&c);
	options_help(first, c.f);
	options_help(second + 2, c.f);
	ck_assert_str_eq(capture_text(&c), "  -f, --flag                a flag\n"
					   "  -x, --other               another\n"
					   "                            in two lines\n"
					   "  -n, --number N            a number\n"
					   "      --texts A-VERY-LONG-ARGUMENT\n"
					   "                            some texts\n"
					   "      --number-two TEXT     shares a beginning\n");
	capture_free(&c);
}
END_TEST

UNIT_SUITE(util_options, every_form, letters, beginnings, mistakes, long_nonsense, help_stops,
	   help_text)
