/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pam_otp-send: delivers one code, or looks one user's addresses up.
 *
 * It parses what foreign servers say, so it owns nothing that is worth having:
 * who starts it gives it a uid of its own (common/deliver.h), one request on
 * its standard input, and no other file.  What it was told is wiped, never
 * written, and in no core file; neither its arguments nor its environment
 * hold anything.  A second after delivery->seconds it is killed by its own
 * alarm, whatever it is doing.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "common/address.h"
#include "common/delivery.h"
#include "confine.h"
#include "exec.h"
#include "http.h"
#include "ldap.h"
#include "mail.h"
#include "reply.h"

#define READ_SECONDS 5
#define ALARM_LATE 1 /* second: what keeps the time itself still has its say */
#ifndef DATA_MAX /* a sanitizer takes terabytes, so its build says another */
#define DATA_MAX (128UL << 20)
#endif

/*
 * Begin again without an environment, if there is one: libraries look at it
 * when they are loaded, which is before anybody can clear it.
 */
static bool
begin_clean(void)
{
	char name[] = "pam_otp-send";
	char *const argv[] = { name, NULL }, *const none[] = { NULL };

	if (environ == NULL || *environ == NULL)
		return true;
	execve("/proc/self/exe", argv, none);
	return false;
}

/* Every signal does what it does of itself, but that nobody reads is no end. */
static void
reset_signals(void)
{
	sigset_t none;

	for (int i = 1; i < NSIG; i++)
		signal(i, i == SIGPIPE ? SIG_IGN : SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Standard input and output, and nothing else. */
static bool
keep_two(void)
{
	int null = open("/dev/null", O_RDWR);

	return null >= 0 && dup2(null, STDERR_FILENO) == STDERR_FILENO &&
	    close_range(STDERR_FILENO + 1, ~0U, 0) == 0;
}

/* No privilege, core file, tracer, terminal or directory. */
static bool
give_up(void)
{
	const struct rlimit none = { 0, 0 };

	(void)setsid();
	umask(077);
	return chdir("/") == 0 && setrlimit(RLIMIT_CORE, &none) == 0 &&
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 &&
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

/* All of standard input, to its end.  False: there is no request in it. */
static bool
read_request(struct delivery *delivery)
{
	static char text[DELIVERY_REQUEST_MAX + 1];
	size_t len = 0;
	ssize_t n;
	bool ok;

	do {
		n = read(STDIN_FILENO, text + len, sizeof(text) - len);
		if (n > 0)
			len += (size_t)n;
	} while ((n > 0 && len < sizeof(text)) || (n < 0 && errno == EINTR));
	ok = n == 0 && delivery_read(text, len, delivery) == 0 &&
	    delivery->seconds >= 1 && delivery->seconds <= POLICY_SECONDS_MAX;
	explicit_bzero(text, sizeof(text));
	return ok;
}

/*
 * If nobody waits, the log is told of a failure.  It is opened, and its clock
 * set, while they can still be reached.
 */
static void
open_log(const struct delivery *delivery, struct reply *reply)
{
	if (!delivery->later || delivery->to[0] == '\0')
		return;
	tzset();
	openlog("pam_otp-send", LOG_PID | LOG_NDELAY, LOG_AUTHPRIV);
	address_mask(delivery->to, reply->later);
}

static bool
is_exec(const struct delivery *delivery)
{
	return delivery->kind == DELIVERY_LOOKUP &&
	    strncmp(delivery->source, "exec:", strlen("exec:")) == 0;
}

/* liblber allocates whatever a server says is coming. */
static int
limit_memory(void)
{
	const struct rlimit most = { DATA_MAX, DATA_MAX };

	/* EPERM: the limit that was there is lower. */
	return setrlimit(RLIMIT_DATA, &most) == 0 || errno == EPERM ? 0
								    : -errno;
}

static int
confine_for(const struct delivery *delivery)
{
	const char *const files[] = { delivery->ca_file, delivery->client_cert,
		delivery->client_key, NULL };
	int r;

	/* It is for a program to say what it needs. */
	if (is_exec(delivery))
		return confine_exec();
	r = limit_memory();
	return r < 0 ? r : confine(files);
}

static void
serve(const struct delivery *delivery, struct reply *reply)
{
	int r;

	open_log(delivery, reply);
	r = confine_for(delivery);
	if (r < 0)
		reply_failed(reply, "pam_otp-send cannot confine itself: %s",
		    strerrordesc_np(-r));
	else if (delivery->kind == DELIVERY_MAIL)
		mail_send(delivery, reply);
	else if (delivery->kind == DELIVERY_HTTP)
		http_send(delivery, reply);
	else if (is_exec(delivery))
		exec_lookup(delivery, reply);
	else
		ldap_lookup(delivery, reply);
}

int
main(int argc, char **argv)
{
	static struct delivery delivery;
	struct reply reply = { .ok = false };

	(void)argv;
	if (argc > 1 || isatty(STDIN_FILENO)) {
		fprintf(stderr,
		    "pam_otp-send: pam_otp starts it; "
		    "see pam_otp-send(8)\n");
		return 2;
	}
	if (!begin_clean())
		return 1;
	reset_signals();
	alarm(READ_SECONDS);
	if (!keep_two() || !give_up()) {
		reply_failed(&reply, "pam_otp-send cannot start: %s",
		    strerrordesc_np(errno));
	} else if (!read_request(&delivery)) {
		reply_failed(&reply, "pam_otp-send was asked nothing it knows");
	} else {
		alarm(delivery.seconds + ALARM_LATE);
		serve(&delivery, &reply);
	}
	explicit_bzero(&delivery, sizeof(delivery));
	reply_write(&reply);
	/*
	 * What libraries have to do at the end was all for this.  Whoever
	 * inherits it from its host is not to see whether an address was right.
	 */
	_exit(0);
}
