/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every text is read here, and by the sshd of this machine where there is one:
 * what is expected is what sshd(8) says with -T.
 */
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "enroll/sshd.h"

#include "folder.h"

#define SSHD "/usr/sbin/sshd"
#define DIRECT SSHD " -T -f %s/sshd_config -h %s/key 2>&1"
#define APART                                                                  \
	"unshare --user --map-root-user --mount sh -c 'mount -t tmpfs none "   \
	"/run && mkdir -m 755 /run/sshd && " DIRECT "'"

/*
 * "DIR" in a text is the folder that its files are in; a line "== NAME" begins
 * another file.
 */
static const struct row {
	const char *what;
	bool kbdint, password, pam;
	const char *text;
} rows[] = {
	{ "nothing", true, true, false, "" },
	{ "comments alone", true, true, false,
	    "# KbdInteractiveAuthentication no\n  # UsePAM yes\n\n" },
	{ "stock Debian", false, true, true,
	    "Include DIR/none/*.conf\nKbdInteractiveAuthentication no\n"
	    "UsePAM yes\nX11Forwarding yes\n" },
	{ "any case", false, true, true,
	    "KBDINTERACTIVEAUTHENTICATION no\nusepam YES\n" },
	{ "values of any case", false, false, true,
	    "KbdInteractiveAuthentication NO\nUsePAM Yes\n"
	    "PasswordAuthentication nO\n" },
	{ "the old name", false, true, false,
	    "ChallengeResponseAuthentication no\n" },
	{ "the oldest name", false, true, false, "SkeyAuthentication no\n" },
	{ "the first wins", true, true, true,
	    "UsePAM yes\nKbdInteractiveAuthentication yes\nUsePAM no\n"
	    "KbdInteractiveAuthentication no\n" },
	{ "under any of its names", false, true, false,
	    "ChallengeResponseAuthentication no\n"
	    "KbdInteractiveAuthentication yes\n" },
	{ "equals", false, true, true,
	    "UsePAM=yes\nKbdInteractiveAuthentication=no\n" },
	{ "equals with blanks", false, true, true,
	    "UsePAM = yes\nKbdInteractiveAuthentication =no\n" },
	{ "quotes", false, true, true,
	    "UsePAM \"yes\"\nKbdInteractiveAuthentication='no'\n" },
	{ "a keyword in quotes", true, true, true, "\"UsePAM\" yes\n" },
	{ "blanks and tabs", false, true, true,
	    "  UsePAM\t \tyes  \t\n\tKbdInteractiveAuthentication  no\n" },
	{ "line ends of another system", false, true, true,
	    "UsePAM yes\r\nKbdInteractiveAuthentication no\r\n" },
	{ "no line end", true, true, true, "UsePAM yes" },
	{ "a comment after the value", false, true, true,
	    "UsePAM yes # as Debian has it\n"
	    "KbdInteractiveAuthentication no # yes\n" },
	{ "Match ends what holds for all", true, true, true,
	    "UsePAM yes\nMatch User root\nKbdInteractiveAuthentication no\n" },
	{ "and does not begin again", true, true, false,
	    "Match User nobody-at-all\nX11Forwarding no\n"
	    "PasswordAuthentication no\n" },
	{ "Include, in place and first", false, true, true,
	    "Include DIR/a.conf\nKbdInteractiveAuthentication yes\n"
	    "== a.conf\n"
	    "KbdInteractiveAuthentication no\nUsePAM yes\n" },
	{ "Include, in place and last", true, true, true,
	    "KbdInteractiveAuthentication yes\nInclude DIR/a.conf\n"
	    "== a.conf\n"
	    "KbdInteractiveAuthentication no\nUsePAM yes\n" },
	{ "Include of many, in order", false, true, true,
	    "Include DIR/*.conf\n"
	    "== 20.conf\n"
	    "KbdInteractiveAuthentication yes\n"
	    "== 10.conf\n"
	    "KbdInteractiveAuthentication no\n"
	    "== 30.conf\n"
	    "UsePAM yes\n"
	    "== 00.off\n"
	    "UsePAM no\n" },
	{ "Include of two patterns", false, true, true,
	    "Include DIR/b.conf \"DIR/a.conf\"\n"
	    "== a.conf\n"
	    "UsePAM no\nKbdInteractiveAuthentication no\n"
	    "== b.conf\n"
	    "UsePAM yes\n" },
	{ "Include in an Include", false, true, true,
	    "include=DIR/a.conf\n"
	    "== a.conf\n"
	    "Include DIR/b.conf\nUsePAM no\n"
	    "== b.conf\n"
	    "UsePAM yes\nKbdInteractiveAuthentication no\n" },
	{ "Match in an Include ends with its file", false, true, true,
	    "Include DIR/a.conf\nUsePAM yes\n"
	    "KbdInteractiveAuthentication no\n"
	    "== a.conf\n"
	    "Match User nobody-at-all\n"
	    "KbdInteractiveAuthentication yes\n" },
	{ "Include after Match", true, true, true,
	    "UsePAM yes\nMatch User nobody-at-all\nInclude DIR/a.conf\n"
	    "== a.conf\n"
	    "KbdInteractiveAuthentication no\n" },
	{ "Include of nothing", true, true, true,
	    "Include DIR/none.conf\nUsePAM yes\n" },
	{ "a file with a blank in its name", true, true, true,
	    "Include \"DIR/a b.conf\"\n"
	    "== a b.conf\n"
	    "UsePAM yes\n" },
	{ "and an escaped one", true, true, true,
	    "Include DIR/a\\ b.conf\n"
	    "== a b.conf\n"
	    "UsePAM yes\n" },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

/* Write "len" bytes of "text" with the folder in the place of DIR. */
static void
put(const char *name, const char *text, size_t len)
{
	FILE *out = fopen(name, "w");

	assert_non_null(out);
	for (size_t i = 0; i < len; i++)
		if (strncmp(text + i, "DIR", 3) == 0) {
			fputs(dir, out);
			i += 2;
		} else {
			fputc(text[i], out);
		}
	assert_int_equal(0, fclose(out));
}

static void
put_row(const struct row *row)
{
	const char *text = row->text, *end;
	char name[64];

	assert_int_equal(0, system("rm -f *.conf *.off"));
	strcpy(name, "sshd_config");
	for (;;) {
		end = strstr(text, "== ");
		put(name, text,
		    end != NULL ? (size_t)(end - text) : strlen(text));
		if (end == NULL)
			return;
		text = end + 3;
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(text, "\n"),
		    text);
		text += strcspn(text, "\n") + 1;
	}
}

static void
is_read(void **state)
{
	char path[PATH_MAX];
	struct sshd sshd;

	(void)state;
	snprintf(path, sizeof(path), "%s/sshd_config", dir);
	for (size_t i = 0; i < ROWS; i++) {
		print_message("  %s\n", rows[i].what);
		put_row(&rows[i]);
		assert_int_equal(0, sshd_read(path, &sshd));
		for (size_t j = 0; j < SSHD_KEYWORDS; j++)
			assert_true(sshd.value[j].known);
		assert_int_equal(rows[i].kbdint, sshd.value[SSHD_KBDINT].yes);
		assert_int_equal(rows[i].password,
		    sshd.value[SSHD_PASSWORD].yes);
		assert_int_equal(rows[i].pam, sshd.value[SSHD_PAM].yes);
	}
}

/* What sshd says of the files that are there; it will start nowhere else. */
static void
ask_sshd(char *output, size_t size)
{
	for (int i = 0; i < 2; i++) {
		char command[512];
		FILE *in;
		size_t len;

		snprintf(command, sizeof(command), i == 0 ? DIRECT : APART, dir,
		    dir);
		in = popen(command, "re");
		assert_non_null(in);
		len = fread(output, 1, size - 1, in);
		pclose(in);
		output[len] = '\0';
		/* Without this folder it does not even look. */
		if (strstr(output, "privilege separation") == NULL)
			return;
	}
}

static bool
says(const char *output, const char *keyword)
{
	const char *line = strstr(output, keyword);

	if (line == NULL)
		fail_msg("sshd said: %s", output);
	return strncmp(line + strlen(keyword), "yes", 3) == 0;
}

static void
sshd_reads_the_same(void **state)
{
	static const char keygen[] =
	    "ssh-keygen -q -t ed25519 -N '' -f key </dev/null";
	char output[16384];

	(void)state;
	if (access(SSHD, X_OK) != 0 || system(keygen) != 0) {
		print_message("  there is no " SSHD "\n");
		skip();
	}
	for (size_t i = 0; i < ROWS; i++) {
		print_message("  %s\n", rows[i].what);
		put_row(&rows[i]);
		ask_sshd(output, sizeof(output));
		if (strstr(output, "privilege separation") != NULL) {
			print_message("  sshd does not run here: %s", output);
			skip();
		}
		assert_int_equal(rows[i].kbdint,
		    says(output, "\nkbdinteractiveauthentication "));
		assert_int_equal(rows[i].password,
		    says(output, "\npasswordauthentication "));
		assert_int_equal(rows[i].pam, says(output, "\nusepam "));
	}
}

/* Notes the patterns, and has nothing for them. */
static bool
note(const struct sshd_source *source, const char *pattern, struct sshd *sshd)
{
	char *notes = source->arg;

	(void)sshd;
	strcat(notes, pattern);
	strcat(notes, ";");
	return strstr(pattern, "closed") == NULL;
}

static void
includes_are_below_the_folder(void **state)
{
	char notes[512] = "";
	const struct sshd_source source = { note, notes };
	struct sshd sshd;

	(void)state;
	sshd_begin(&sshd);
	sshd_text(&source, "f",
	    "Include a.conf b/*.conf # c\nInclude /x/y\nInclude \"z z\"\n",
	    &sshd);
	assert_string_equal(
	    "/etc/ssh/a.conf;/etc/ssh/b/*.conf;/x/y;/etc/ssh/z z;", notes);
	assert_int_equal(0, sshd.depth);
}

/* Quotes that do not end, lines that do not end, and garbage. */
static void
garbage_changes_nothing(void **state)
{
	static const char *const texts[] = {
		"UsePAM",
		"UsePAM ",
		"UsePAM=",
		"UsePAM = ",
		"UsePAM \"yes",
		"\"UsePAM yes",
		"UsePAM maybe\n",
		"\"\" yes\n",
		"=\n",
		"= yes\n",
		"UsePAM 'yes\\'\n",
		"Include \"x\n",
		"Include\n",
		"\\\n",
	};
	char notes[512] = "";
	const struct sshd_source source = { note, notes };
	struct sshd sshd;
	char *text;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		print_message("  %s\n", texts[i]);
		sshd_begin(&sshd);
		/* On the heap, where reading past its end is noticed. */
		text = strdup(texts[i]);
		sshd_text(&source, "f", text, &sshd);
		free(text);
		assert_false(sshd.value[SSHD_PAM].yes);
		assert_string_equal("", sshd.value[SSHD_PAM].file);
		assert_string_equal("", notes);
	}
	text = malloc(20001);
	assert_non_null(text);
	memset(text, 'x', 20000);
	text[20000] = '\0';
	memcpy(text + 9000, "\nUsePAM yes\n", 12);
	sshd_begin(&sshd);
	sshd_text(&source, "f", text, &sshd);
	assert_true(sshd.value[SSHD_PAM].yes);
	free(text);
}

/* What comes after a file that is closed, nobody knows. */
static void
unknown_is_unknown(void **state)
{
	char notes[512] = "", text[SSHD_WARNING_SIZE];
	const struct sshd_source source = { note, notes };
	struct sshd sshd;

	(void)state;
	sshd_begin(&sshd);
	sshd_text(&source, "f",
	    "UsePAM yes\nInclude closed\nKbdInteractiveAuthentication no\n",
	    &sshd);
	assert_true(sshd.value[SSHD_PAM].known && sshd.value[SSHD_PAM].yes);
	assert_false(sshd.value[SSHD_KBDINT].known);
	assert_false(sshd_warning(&sshd, text));
	assert_string_equal("", text);

	assert_int_equal(-ENOENT, sshd_read("/nowhere/at/all", &sshd));
	assert_true(sshd_read("/dev/null", &sshd) < 0);
}

/* A file that includes itself comes to an end. */
static void
endless_ends(void **state)
{
	static const char endless[] = "Include DIR/sshd_config\nUsePAM yes\n";
	char path[PATH_MAX];
	struct sshd sshd;

	(void)state;
	put("sshd_config", endless, strlen(endless));
	snprintf(path, sizeof(path), "%s/sshd_config", dir);
	assert_int_equal(0, sshd_read(path, &sshd));
	assert_false(sshd.value[SSHD_KBDINT].known);
}

static void
warnings(void **state)
{
	static const struct {
		const char *what, *text, *say; /* NULL: nothing */
	} table[] = {
		{ "it can ask", "UsePAM yes\n", NULL },
		{ "stock Debian",
		    "KbdInteractiveAuthentication no\nUsePAM yes\n",
		    "ssh to this machine cannot ask for a code "
		    "(KbdInteractiveAuthentication is no in F): once this is "
		    "set up, ssh with a password would refuse you. Ask your "
		    "administrator first." },
		{ "keys alone",
		    "KbdInteractiveAuthentication no\nUsePAM yes\n"
		    "PasswordAuthentication no\n",
		    NULL },
		{ "without PAM", "UsePAM no\n",
		    "ssh to this machine does not ask for codes (UsePAM is no "
		    "in F): the password alone goes on letting in there. Ask "
		    "your administrator first." },
		{ "without PAM, by default", "",
		    "ssh to this machine does not ask for codes (UsePAM is "
		    "set nowhere): the password alone goes on letting in "
		    "there. Ask your administrator first." },
		{ "neither PAM nor passwords", "PasswordAuthentication no\n",
		    NULL },
	};
	const struct sshd_source source = { note, NULL };
	char text[SSHD_WARNING_SIZE];
	struct sshd sshd;

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		print_message("  %s\n", table[i].what);
		sshd_begin(&sshd);
		sshd_text(&source, "F", table[i].text, &sshd);
		assert_int_equal(table[i].say != NULL,
		    sshd_warning(&sshd, text));
		assert_string_equal(table[i].say != NULL ? table[i].say : "",
		    text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_read),
		cmocka_unit_test(sshd_reads_the_same),
		cmocka_unit_test(includes_are_below_the_folder),
		cmocka_unit_test(garbage_changes_nothing),
		cmocka_unit_test(unknown_is_unknown),
		cmocka_unit_test(endless_ends),
		cmocka_unit_test(warnings),
	};

	return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
