/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The benchmark's PAM client: runs the logins of a script and times each from
 * pam_start to pam_end.
 *
 *	client [-ckm] [-s SLOT] CONFDIR SERVICE <script
 *	client [-s SLOT] CONFDIR SERVICE USER CODE
 *
 * Lines of the script:
 *	login USER CODE    log in, giving CODE to every question
 *	copy FROM TO       put a file back as it was, in place and durably
 *
 * Every login prints "RESULT INSIDE WHOLE": the PAM code, and nanoseconds
 * from pam_start to pam_end, and from before the fork to the end of the
 * process (with -c, which gives every login a process of its own; else 0).
 *
 *	-k  make a system call that cannot succeed before and after each login,
 *	    for whoever reads a trace
 *	-m  print memory and shared objects before pam_end
 *	-s  write a slot of this file durably in each login: the floor
 */
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <security/pam_appl.h>

#define SLOT_SIZE 8192
#define LOGINS_MAX 4096
#define RECORD_MAX (64 << 20)

struct host {
	char *confdir, *service, *slot;
	bool cold, mark, memory;
	int fd; /* of the slot's file, or -1 */
	unsigned int written;
};

struct result {
	int code;
	uint64_t inside, whole;
};

extern char **environ;

static void __attribute__((noreturn, format(printf, 1, 2)))
fail(const char *what, ...)
{
	va_list ap;

	va_start(ap, what);
	vfprintf(stderr, what, ap);
	va_end(ap);
	fprintf(stderr, ": %s\n", strerror(errno));
	_exit(2);
}

static uint64_t
nanoseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static int
converse(int n, const struct pam_message **msg, struct pam_response **resp,
    void *code)
{
	struct pam_response *r = calloc((size_t)n, sizeof(*r));

	if (!r)
		return PAM_BUF_ERR;
	for (int i = 0; i < n; i++)
		if (msg[i]->msg_style == PAM_PROMPT_ECHO_OFF ||
		    msg[i]->msg_style == PAM_PROMPT_ECHO_ON)
			r[i].resp = strdup(code);
	*resp = r;
	return PAM_SUCCESS;
}

/* Nobody is kept waiting after a failure, whatever a module asks for. */
static void
no_delay(int code, unsigned int usec, void *arg)
{
	(void)code;
	(void)usec;
	(void)arg;
}

static int
print_object(struct dl_phdr_info *info, size_t size, void *arg)
{
	(void)size;
	(void)arg;
	if (info->dlpi_name[0])
		printf("object %s\n", info->dlpi_name);
	return 0;
}

static void
print_memory(void)
{
	char line[256];
	FILE *f = fopen("/proc/self/smaps_rollup", "re");

	if (!f)
		fail("/proc/self/smaps_rollup");
	while (fgets(line, sizeof(line), f))
		printf("memory %s", line);
	fclose(f);
	dl_iterate_phdr(print_object, NULL);
}

static void
write_slot(struct host *host)
{
	static const char slot[SLOT_SIZE];
	struct iovec iov = { (void *)(uintptr_t)slot, SLOT_SIZE };

	if (pwritev2(host->fd, &iov, 1, SLOT_SIZE * (host->written++ & 1),
		RWF_DSYNC) != SLOT_SIZE)
		fail("slot");
}

static struct result
login(struct host *host, const char *user, char *code)
{
	struct pam_conv conv = { converse, code };
	struct result res = { .code = PAM_ABORT };
	pam_handle_t *pamh;
	uint64_t start = nanoseconds();
	void (*delay)(int, unsigned int, void *) = no_delay;
	const void *item;

	if (pam_start_confdir(host->service, user, &conv, host->confdir, &pamh))
		fail("pam_start");
	memcpy(&item, &delay, sizeof(item));
	if (pam_set_item(pamh, PAM_FAIL_DELAY, item) ||
	    pam_set_item(pamh, PAM_RHOST, "192.0.2.7"))
		fail("pam_set_item");
	res.code = pam_authenticate(pamh, 0);
	if (host->fd >= 0)
		write_slot(host);
	if (host->memory)
		print_memory();
	pam_end(pamh, res.code);
	res.inside = nanoseconds() - start;
	return res;
}

/* The same in a process of its own. */
static struct result
login_cold(const struct host *host, char *user, char *code)
{
	struct result res = { 0 };
	char exe[] = "/proc/self/exe", option[] = "-s", out[128] = "";
	char *argv[8] = { exe };
	posix_spawn_file_actions_t act;
	int fd[2], status, n = 1;
	pid_t pid;
	uint64_t start;

	if (host->slot) {
		argv[n++] = option;
		argv[n++] = host->slot;
	}
	argv[n++] = host->confdir;
	argv[n++] = host->service;
	argv[n++] = user;
	argv[n++] = code;
	if (pipe2(fd, O_CLOEXEC) < 0)
		fail("pipe");
	posix_spawn_file_actions_init(&act);
	posix_spawn_file_actions_adddup2(&act, fd[1], STDOUT_FILENO);
	start = nanoseconds();
	errno = posix_spawn(&pid, exe, &act, NULL, argv, environ);
	if (errno)
		fail("spawn");
	if (waitpid(pid, &status, 0) != pid || status != 0)
		fail("cold login: status %d", status);
	res.whole = nanoseconds() - start;
	if (read(fd[0], out, sizeof(out) - 1) <= 0 ||
	    sscanf(out, "%d %lu", &res.code, &res.inside) != 2)
		fail("cold login: '%s'", out);
	posix_spawn_file_actions_destroy(&act);
	close(fd[0]);
	close(fd[1]);
	return res;
}

static void
copy(const char *from, const char *to)
{
	struct stat st;
	char *buf;
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (in < 0 || out < 0 || fstat(in, &st) < 0 || st.st_size > RECORD_MAX)
		fail("copy %s %s", from, to);
	buf = malloc((size_t)st.st_size);
	if (!buf || read(in, buf, (size_t)st.st_size) != st.st_size ||
	    pwrite(out, buf, (size_t)st.st_size, 0) != st.st_size ||
	    ftruncate(out, st.st_size) < 0 || fsync(out) < 0)
		fail("copy %s %s", from, to);
	free(buf);
	close(in);
	close(out);
}

static void
mark(const struct host *host, const char *what)
{
	if (host->mark && write(-1, what, strlen(what)) >= 0)
		fail("mark");
}

/* Results are printed at the end, so that printing disturbs no login. */
static void
run(struct host *host)
{
	static struct result res[LOGINS_MAX];
	char *line = NULL, verb[16], a[512], b[512];
	size_t size = 0, logins = 0;

	while (getline(&line, &size, stdin) > 0)
		if (sscanf(line, "%15s %511s %511s", verb, a, b) != 3)
			fail("script: %s", line);
		else if (!strcmp(verb, "copy"))
			copy(a, b);
		else if (logins == LOGINS_MAX)
			fail("script: too many logins");
		else {
			mark(host, "begin");
			res[logins++] = host->cold ? login_cold(host, a, b)
						   : login(host, a, b);
			mark(host, "end");
		}
	free(line);
	for (size_t i = 0; i < logins; i++)
		printf("%d %lu %lu\n", res[i].code, res[i].inside,
		    res[i].whole);
}

int
main(int argc, char **argv)
{
	struct host host = { .fd = -1 };
	int opt;

	while ((opt = getopt(argc, argv, "ckms:")) != -1)
		if (opt == 'c')
			host.cold = true;
		else if (opt == 'k')
			host.mark = true;
		else if (opt == 'm')
			host.memory = true;
		else if (opt == 's')
			host.slot = optarg;
		else
			return 2;
	if (host.slot)
		host.fd = open(host.slot, O_WRONLY | O_CLOEXEC);
	if (host.slot && host.fd < 0)
		fail("%s", host.slot);
	argv += optind;
	if (argc - optind != 2 && argc - optind != 4)
		return 2;
	host.confdir = argv[0];
	host.service = argv[1];
	if (argc - optind == 2) {
		run(&host);
	} else {
		struct result res = login(&host, argv[2], argv[3]);

		printf("%d %lu %lu\n", res.code, res.inside, res.whole);
	}
	return 0;
}
