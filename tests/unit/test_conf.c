/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/conf.h"
#include "common/conf_text.h"

#include "folder.h"

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))
#define BYTES(text) (text), sizeof(text) - 1
#define CONF "c"
#define NOBODY 65534

/* A line is "file:line: what", the directory left out. */
static char told[65536];
static bool required; /* the file that run() reads was named by hand */

static void
tell(void *arg, const char *file, unsigned int line, const char *what)
{
	size_t len = strlen(told);

	(void)arg;
	assert_memory_equal(dir, file, strlen(dir));
	snprintf(told + len, sizeof(told) - len, "%s:%u: %s\n",
	    file + strlen(dir) + 1, line, what);
}

/* Every test has the directory for itself. */
static int
setup(void **state)
{
	(void)state;
	told[0] = '\0';
	required = false;
	return folder_make(0755);
}

static void
put(const char *name, const char *text, size_t len)
{
	folder_put(name, text, len, 0644);
}

static int
run(struct conf **conf)
{
	char path[64];

	told[0] = '\0';
	snprintf(path, sizeof(path), "%s/%s", dir, CONF);
	*conf = (struct conf *)-1;
	return conf_read(path, required, tell, NULL, conf);
}

/* What there is, as text: sections and entries, with file and line. */
static char *
dump(const struct conf *conf)
{
	static char text[8192];
	size_t at = strlen(dir) + 1, len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < conf->n; i++) {
		const struct conf_section *sec = &conf->section[i];

		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "[%s] %s:%u\n", sec->name, sec->file + at, sec->line);
		for (size_t j = 0; j < sec->n; j++)
			len += (size_t)snprintf(text + len, sizeof(text) - len,
			    "%s=<%s> %s:%u\n", sec->entry[j].key,
			    sec->entry[j].value, sec->entry[j].file + at,
			    sec->entry[j].line);
		assert_true(len < sizeof(text));
	}
	return text;
}

static void
expect_fault(const char *fault)
{
	struct conf *conf;

	assert_int_equal(-EINVAL, run(&conf));
	assert_non_null(conf);
	assert_string_equal(fault, told);
	conf_free(&conf);
}

static void
expect_conf(const char *expect)
{
	struct conf *conf;
	int r = run(&conf);

	assert_string_equal("", told);
	assert_int_equal(0, r);
	assert_string_equal(expect, dump(conf));
	conf_free(&conf);
	assert_null(conf);
	conf_free(&conf);
}

static void
forms(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *expect;
	} rows[] = {
		{ BYTES(""), "" },
		{ BYTES("\n\n# nothing\n  \t# [here]\n"), "" },
		{ BYTES("[a]"), "[a] c:1\n" },
		{ BYTES("[a]\nk=v"), "[a] c:1\nk=<v> c:2\n" },
		{ BYTES("[a]\nk =\n"), "[a] c:1\nk=<> c:2\n" },
		{ BYTES("[a]\n\nk = a # \"b\" = [c]\n"),
		    "[a] c:1\nk=<a # \"b\" = [c]> c:3\n" },
		{ BYTES(" [A.b_c-9]\t\n\tk-1\t=\t two  words \n"),
		    "[A.b_c-9] c:1\nk-1=<two  words> c:2\n" },
		{ BYTES("[b]\nk=1\n[a]\nk=2\n"),
		    "[b] c:1\nk=<1> c:2\n[a] c:3\nk=<2> c:4\n" },
		{ BYTES("[a]\nk=\xc3\xbc\xff\n"),
		    "[a] c:1\nk=<\xc3\xbc\xff> c:2\n" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		put(CONF, rows[i].text, rows[i].len);
		expect_conf(rows[i].expect);
	}
}

#define KEY "a key is made of a-z, 0-9 and - only\n"
#define HEADER                                                                 \
	"not a section header: [name], the name being 1 to 64 letters, "       \
	"digits, and _ . -\n"
#define NEITHER "neither a section header nor key = value\n"
#define NAME64                                                                 \
	"a123456789abcdefa123456789abcdefa123456789abcdefa123456789abcdef"

static void
faults(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *expect;
	} rows[] = {
		{ BYTES("[a]\nk=v\0w\n"), "c:2: there is a NUL byte in it\n" },
		{ BYTES("\0"), "c:1: there is a NUL byte in it\n" },
		{ BYTES("# \0\n"), "c:1: there is a NUL byte in it\n" },
		{ BYTES("# \033[2J\n"),
		    "c:1: there is a control byte in it (0x1b)\n" },
		{ BYTES("[a]\nk=\x7f\n"),
		    "c:2: there is a control byte in it (0x7f)\n" },
		{ BYTES("[a]\nk=a\rb\n"),
		    "c:2: there is a control byte in it (0x0d)\n" },
		{ BYTES("[a]\r\nk=v\r\nK=v\r\n"),
		    "c:1: the line ends in CR LF: end lines in LF, "
		    "in the whole file\nc:3: " KEY },
		{ BYTES("\xef\xbb\xbf[a]\nk\n"),
		    "c:1: begins with a byte order mark: save without it\n"
		    "c:2: " NEITHER },
		{ BYTES("[a]\nk\n"), "c:2: " NEITHER },
		{ BYTES("[a]\n; k = v\n"), "c:2: " KEY },
		{ BYTES("[a]\n = v\n"), "c:2: there is no key before the =\n" },
		{ BYTES("[a]\nK=v\n"), "c:2: " KEY },
		{ BYTES("[a]\nk_k=v\n"), "c:2: " KEY },
		{ BYTES("[a]\na b=v\n"), "c:2: " KEY },
		{ BYTES("[a]\na\tb=v\n"), "c:2: " KEY },
		{ BYTES("[a]\n\xc3\xbc=v\n"), "c:2: " KEY },
		{ BYTES("k=v\n[a]\nk=v\n"),
		    "c:1: k stands before any section header\n" },
		{ BYTES("[]\n"), "c:1: " HEADER },
		{ BYTES("[a\n"), "c:1: " HEADER },
		{ BYTES("[ a ]\n"), "c:1: " HEADER },
		{ BYTES("[a]b\n"), "c:1: " HEADER },
		{ BYTES("[a] # b\n"), "c:1: " HEADER },
		{ BYTES("[a/b]\n"), "c:1: " HEADER },
		{ BYTES("[" NAME64 "5]\n"), "c:1: " HEADER },
		/* What follows a bad header is read, but not misplaced. */
		{ BYTES("[a]\nk=v\n[b\nk=v\nk\n"),
		    "c:3: " HEADER "c:5: " NEITHER },
		{ BYTES("[a]\n[b]\n[a]\n"),
		    "c:3: section [a] is given twice in this file\n" },
		{ BYTES("[a]\nk=v\nl=v\nk=v\n"),
		    "c:4: k is given twice in [a], first in line 2\n" },
		{ BYTES("[a]\nk=1\n[a]\nk=2\n"),
		    "c:3: section [a] is given twice in this file\n"
		    "c:4: k is given twice in [a], first in line 2\n" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		put(CONF, rows[i].text, rows[i].len);
		expect_fault(rows[i].expect);
	}
}

static void
limits(void **state)
{
	static char text[CONF_FILE_MAX + 1];
	struct conf *conf;
	size_t len;

	(void)state;
	put(CONF, BYTES("[" NAME64 "]\n"));
	expect_conf("[" NAME64 "] c:1\n");

	memset(text, 'v', sizeof(text));
	memcpy(text, "[a]\nk=", 6);
	put(CONF, text, 4 + CONF_LINE_MAX);
	assert_int_equal(0, run(&conf));
	assert_int_equal(CONF_LINE_MAX - 2,
	    strlen(conf->section[0].entry[0].value));
	conf_free(&conf);
	put(CONF, text, 4 + CONF_LINE_MAX + 1);
	expect_fault("c:2: longer than 1024 bytes\n");

	memset(text, '\n', sizeof(text));
	put(CONF, text, CONF_FILE_MAX);
	expect_conf("");
	put(CONF, text, CONF_FILE_MAX + 1);
	expect_fault("c:0: longer than 65536 bytes\n");

	for (unsigned int more = 0; more < 2; more++) {
		len = 0;
		for (unsigned int i = 0; i < CONF_SECTIONS_MAX + more; i++)
			len += (size_t)sprintf(text + len, "[s%u]\n", i);
		put(CONF, text, len);
		assert_int_equal(more ? -EINVAL : 0, run(&conf));
		assert_string_equal(more ? "c:257: more than 256 sections\n"
					 : "",
		    told);
		conf_free(&conf);

		len = (size_t)sprintf(text, "[a]\n");
		for (unsigned int i = 0; i < CONF_KEYS_MAX + more; i++)
			len += (size_t)sprintf(text + len, "k%u=%u\n", i, i);
		put(CONF, text, len);
		assert_int_equal(more ? -EINVAL : 0, run(&conf));
		assert_string_equal(more ? "c:258: more than 256 keys in [a]\n"
					 : "",
		    told);
		conf_free(&conf);
	}
}

static void
nothing_there(void **state)
{
	(void)state;
	expect_conf("");
	assert_int_equal(0, mkdir(CONF ".d", 0755));
	expect_conf("");
	put(CONF ".d/README", BYTES("nothing\n"));
	expect_conf("");
	/* Somebody wrote something, so the rest of it is missing. */
	put(CONF ".d/a.conf", BYTES("[a]\n"));
	expect_fault("c:0: is not there, but has drop-ins\n");
	put(CONF, BYTES(""));
	expect_conf("[a] c.d/a.conf:1\n");
}

/* Whoever names a file wants what it says, and not the defaults. */
static void
named_but_not_there(void **state)
{
	(void)state;
	required = true;
	expect_fault("c:0: is not there\n");
	assert_int_equal(0, mkdir(CONF ".d", 0755));
	put(CONF ".d/a.conf", BYTES("[a]\nk\n"));
	expect_fault("c:0: is not there\nc.d/a.conf:2: " NEITHER);
	put(CONF ".d/a.conf", BYTES("[a]\n"));
	put(CONF, BYTES(""));
	expect_conf("[a] c.d/a.conf:1\n");
}

static void
drop_ins(void **state)
{
	(void)state;
	assert_int_equal(0, mkdir(CONF ".d", 0755));
	put(CONF, BYTES("[a]\nk=main\nl=main\n[b]\n"));
	put(CONF ".d/2.conf", BYTES("[c]\nk=2\n[a]\nk=2\nm=2\n"));
	put(CONF ".d/10.conf", BYTES("[a]\nk=10\nm=10\n"));
	put(CONF ".d/B.conf", BYTES("[b]\nk=B"));
	put(CONF ".d/a.conf", BYTES("[b]\nk=a"));
	/* None of these is read. */
	put(CONF ".d/.hidden.conf", BYTES("fault"));
	put(CONF ".d/.conf", BYTES("fault"));
	put(CONF ".d/a.conf~", BYTES("fault"));
	put(CONF ".d/a.conf.dpkg-new", BYTES("fault"));
	put(CONF ".d/aconf", BYTES("fault"));
	put(CONF ".d/README", BYTES("fault"));
	assert_int_equal(0, mkdir(CONF ".d/old", 0755));
	expect_conf("[a] c:1\nk=<2> c.d/2.conf:4\nl=<main> c:3\n"
		    "m=<2> c.d/2.conf:5\n"
		    "[b] c:4\nk=<a> c.d/a.conf:2\n"
		    "[c] c.d/2.conf:1\nk=<2> c.d/2.conf:2\n");
}

static void
faults_of_all_files(void **state)
{
	(void)state;
	assert_int_equal(0, mkdir(CONF ".d", 0755));
	put(CONF, BYTES("[a]\nK=1\n[b\n"));
	put(CONF ".d/1.conf", BYTES("k=1\n"));
	assert_int_equal(0, mkdir(CONF ".d/2.conf", 0755));
	assert_int_equal(0, symlink("1.conf", CONF ".d/3.conf"));
	assert_int_equal(0, mkfifo(CONF ".d/4.conf", 0644));
	put(CONF ".d/5.conf", BYTES("[a]\n[a]\n"));
	put(CONF ".d/6.conf", BYTES("[a]\n"));
	assert_int_equal(0, chmod(CONF ".d/6.conf", 0664));
	put(CONF ".d/7.conf", BYTES("[a]\nx\n"));
	expect_fault("c:2: " KEY "c:3: " HEADER
		     "c.d/1.conf:1: k stands before any section header\n"
		     "c.d/2.conf:0: is not a regular file\n"
		     "c.d/3.conf:0: is a symbolic link: put the file itself "
		     "there\n"
		     "c.d/4.conf:0: is not a regular file\n"
		     "c.d/5.conf:2: section [a] is given twice in this file\n"
		     "c.d/6.conf:0: can be written by others than its owner: "
		     "use chmod go-w\n"
		     "c.d/7.conf:2: " NEITHER);
}

static void
too_many_drop_ins(void **state)
{
	struct conf *conf;
	char name[32];

	(void)state;
	put(CONF, BYTES(""));
	assert_int_equal(0, mkdir(CONF ".d", 0755));
	for (unsigned int i = 0; i <= CONF_DROPINS_MAX; i++) {
		snprintf(name, sizeof(name), CONF ".d/%03u.conf", i);
		put(name, BYTES("[a]\nk=v\n"));
		if (i != CONF_DROPINS_MAX - 1)
			continue;
		assert_int_equal(0, run(&conf));
		assert_int_equal(1 + CONF_DROPINS_MAX, conf->n_files);
		conf_free(&conf);
	}
	expect_fault("c.d:0: more than 64 files\n");
}

static void
untrusted_places(void **state)
{
	(void)state;
	assert_int_equal(0, mkdir(CONF, 0755));
	expect_fault("c:0: is not a regular file\n");
	assert_int_equal(0, rmdir(CONF));

	put("good", BYTES("[a]\n"));
	assert_int_equal(0, symlink("good", CONF));
	expect_fault("c:0: is a symbolic link: put the file itself there\n");
	assert_int_equal(0, unlink(CONF));
	assert_int_equal(0, symlink("nowhere", CONF));
	expect_fault("c:0: is a symbolic link: put the file itself there\n");
	assert_int_equal(0, unlink(CONF));

	put(CONF, BYTES("[a]\n"));
	assert_int_equal(0, chmod(CONF, 0646));
	expect_fault("c:0: can be written by others than its owner: "
		     "use chmod go-w\n");
	assert_int_equal(0, chmod(CONF, 0400));
	expect_conf("[a] c:1\n");

	put(CONF ".d", BYTES(""));
	expect_fault("c.d:0: is not a directory, or is a symbolic link\n");
	assert_int_equal(0, unlink(CONF ".d"));
	assert_int_equal(0, mkdir("good.d", 0755));
	assert_int_equal(0, symlink("good.d", CONF ".d"));
	expect_fault("c.d:0: is not a directory, or is a symbolic link\n");
	assert_int_equal(0, unlink(CONF ".d"));
	assert_int_equal(0, mkdir(CONF ".d", 0755));
	put(CONF ".d/a.conf", BYTES("[b]\n"));
	assert_int_equal(0, chmod(CONF ".d", 0775));
	expect_fault("c.d:0: can be written by others than its owner: "
		     "use chmod go-w\n");
	assert_int_equal(0, chmod(CONF ".d", 0755));
	expect_conf("[a] c:1\n[b] c.d/a.conf:1\n");
}

/* As root this goes on as somebody who is not. */
static void
closed_places(void **state)
{
	(void)state;
	put(CONF, BYTES("[a]\n"));
	assert_int_equal(0, mkdir(CONF ".d", 0755));
	put(CONF ".d/a.conf", BYTES("[b]\n"));
	if (geteuid() == 0)
		assert_int_equal(0, seteuid(NOBODY));
	if (getuid() == 0) /* what is root's may be believed */
		expect_conf("[a] c:1\n[b] c.d/a.conf:1\n");
	assert_int_equal(0, seteuid(getuid()));
	assert_int_equal(0, chmod(CONF, 0));
	assert_int_equal(0, chmod(CONF ".d/a.conf", 0));
	if (getuid() == 0)
		assert_int_equal(0, seteuid(NOBODY));
	expect_fault("c:0: cannot be opened: Permission denied\n"
		     "c.d/a.conf:0: cannot be opened: Permission denied\n");
	assert_int_equal(0, seteuid(getuid()));
	assert_int_equal(0, chmod(CONF ".d", 0));
	if (getuid() == 0)
		assert_int_equal(0, seteuid(NOBODY));
	expect_fault("c:0: cannot be opened: Permission denied\n"
		     "c.d:0: cannot be opened: Permission denied\n");
	assert_int_equal(0, seteuid(getuid()));
	assert_int_equal(0, chmod(CONF ".d", 0755));
}

static void
strange_owners(void **state)
{
	(void)state;
	if (geteuid() != 0) {
		print_message("only root can give files away\n");
		skip();
	}
	put(CONF, BYTES("[a]\n"));
	assert_int_equal(0, mkdir(CONF ".d", 0755));
	put(CONF ".d/a.conf", BYTES("[b]\n"));
	assert_int_equal(0, chown(CONF, NOBODY, 0));
	expect_fault("c:0: belongs to uid 65534: must belong to root\n");
	assert_int_equal(0, chown(CONF ".d", NOBODY, 0));
	expect_fault("c:0: belongs to uid 65534: must belong to root\n"
		     "c.d:0: belongs to uid 65534: must belong to root\n");
	assert_int_equal(0, seteuid(NOBODY));
	expect_conf("[a] c:1\n[b] c.d/a.conf:1\n");
	assert_int_equal(0, seteuid(0));
}

static void
paths_too_long(void **state)
{
	static char path[8192];
	struct conf *conf;

	(void)state;
	memset(path, 'x', sizeof(path) - 1);
	memcpy(path, dir, strlen(dir));
	path[strlen(dir)] = '/';
	assert_int_equal(-EINVAL, conf_read(path, false, tell, NULL, &conf));
	assert_int_equal(0, conf->n);
	conf_free(&conf);
	assert_non_null(strstr(told, ":0: the path is too long\n"));
}

/* For those who judge keys: they find their faults in the same run. */
static void
faulty_but_read(void **state)
{
	struct conf *conf;

	(void)state;
	put(CONF, BYTES("[a]\nk = v\nno key\n[b\nx = y\n[c]\nz = 1\nz = 2\n"));
	assert_int_equal(-EINVAL, run(&conf));
	assert_string_equal("[a] c:1\nk=<v> c:2\n[c] c:6\nz=<1> c:7\n",
	    dump(conf));
	conf_free(&conf);
	/* Of what may not be believed nothing is read. */
	assert_int_equal(0, chmod(CONF, 0666));
	assert_int_equal(-EINVAL, run(&conf));
	assert_int_equal(0, conf->n);
	conf_free(&conf);
}

static void
finds_sections(void **state)
{
	struct conf *conf;

	(void)state;
	put(CONF, BYTES("[a]\n[b]\n"));
	assert_int_equal(0, run(&conf));
	assert_ptr_equal(&conf->section[1], conf_section(conf, "b"));
	assert_null(conf_section(conf, "B"));
	assert_null(conf_section(conf, ""));
	conf_free(&conf);
}

static void
count(void *arg, const char *file, unsigned int line, const char *what)
{
	unsigned int *n = arg;

	assert_string_equal("f", file);
	assert_true(line > 0);
	for (; *what; what++)
		assert_true((unsigned char)*what >= 0x20 && *what != 0x7f);
	(*n)++;
}

/* Whatever it is given, what comes out is of the form that conf.h tells. */
static void
any_bytes(void **state)
{
	static const char seed[] = "# c\n[default]\ntries = 3\n\n[a.b]\nk=v\n"
				   "k-2 =\tx y \r\n[a]\n=\n\xef\xbb\xbf\n";
	static const char odd[] = "\0\n\r\t []=#-aA0\x7f\xc3\xbc\xff";
	uint32_t random = 1;
	unsigned int clean = 0, faulty = 0;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		size_t len = (size_t)round % sizeof(seed);
		char *text = malloc(len + 1);
		struct conf conf = { 0 };
		unsigned int n = 0;
		struct conf_faults to = { .fault = count, .arg = &n };

		assert_non_null(text);
		memcpy(text, seed, len);
		for (int i = 0; len > 0 && i < round / 4000; i++) {
			random = random * 1664525 + 1013904223;
			text[(random >> 8) % len] =
			    odd[(random >> 24) % sizeof(odd)];
		}
		assert_int_equal(0, conf_text_read(&conf, "f", text, len, &to));
		assert_int_equal(n > 0, to.any);
		n ? faulty++ : clean++;
		for (size_t i = 0; i < conf.n; i++) {
			struct conf_section *sec = &conf.section[i];

			assert_in_range(strlen(sec->name), 1, CONF_NAME_MAX);
			for (size_t j = 0; j < sec->n; j++) {
				assert_true(sec->entry[j].key[0] != '\0');
				assert_null(
				    strpbrk(sec->entry[j].value, "\n\r\x7f"));
			}
			free(sec->entry);
		}
		free(conf.section);
		free(text);
	}
	assert_true(clean > 1000 && faulty > 1000);
}

/* A line of a file, or all of it; what is too long is cut. */
static void
fault_texts(void **state)
{
	char text[CONF_FAULT_SIZE], what[2 * CONF_FAULT_SIZE];

	(void)state;
	assert_string_equal("/etc/x:7: no",
	    conf_fault_text("/etc/x", 7, "no", text));
	assert_string_equal("/etc/x: no",
	    conf_fault_text("/etc/x", 0, "no", text));
	memset(what, 'x', sizeof(what) - 1);
	what[sizeof(what) - 1] = '\0';
	assert_int_equal(CONF_FAULT_SIZE - 1,
	    strlen(conf_fault_text("/etc/x", 7, what, text)));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, folder_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(forms),
		TEST(faults),
		TEST(limits),
		TEST(nothing_there),
		TEST(named_but_not_there),
		TEST(drop_ins),
		TEST(faults_of_all_files),
		TEST(too_many_drop_ins),
		TEST(untrusted_places),
		TEST(closed_places),
		TEST(strange_owners),
		TEST(paths_too_long),
		TEST(faulty_but_read),
		TEST(finds_sections),
		cmocka_unit_test(fault_texts),
		cmocka_unit_test(any_bytes),
	};

	return cmocka_run_group_tests_name("conf", tests, NULL, NULL);
}
