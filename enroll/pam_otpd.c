/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pam_otpd: the authority for those who may not open the store.
 *
 * One loop, and a child for every caller.  It runs as the owner of the store,
 * who is not root, so that nothing of root's is within anybody's reach; it
 * goes on whatever a caller does; and no login of root's side needs it.
 */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "common/authority.h"
#include "common/place.h"
#include "enroll/broker.h"
#include "enroll/clients.h"
#include "enroll/listener.h"
#include "enroll/serve.h"

#define IDLE_SECONDS 60

enum { DONE = 0, USAGE = 2, FAULT = 3 };

struct options {
	const char *conf, *listen;
};

struct service {
	const char *conf;
	int listener;
	int lifeline; /* of the broker; -1: there is none */
	struct clients clients;
};

/* What ends the loop, or wakes it up. */
static const int signals[] = { SIGCHLD, SIGTERM, SIGINT, SIGHUP };

static volatile sig_atomic_t ended;

static void
on_signal(int signal)
{
	/* SIGCHLD is here to wake the loop up. */
	if (signal != SIGCHLD)
		ended = 1;
}

static void
usage(FILE *out)
{
	fputs("usage: pam_otpd [--conf FILE] [--listen SOCKET]\n"
	      "\n"
	      "Serves otp-enroll and screen lockers of ordinary users. systemd "
	      "gives it its\nsocket; --listen makes one where there is no "
	      "systemd.\n",
	    out);
}

/* The exit status; -1: go on. */
static int
read_options(int argc, char **argv, struct options *options)
{
	static const struct option rows[] = {
		{ "conf", required_argument, NULL, 'c' },
		{ "listen", required_argument, NULL, 'l' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ 0 },
	};
	int c;

	*options = (struct options){ 0 };
	while ((c = getopt_long(argc, argv, "", rows, NULL)) != -1) {
		switch (c) {
		case 'c':
			options->conf = optarg;
			break;
		case 'l':
			options->listen = optarg;
			break;
		case 'h':
			usage(stdout);
			return DONE;
		case 'v':
			puts("pam_otpd " PAM_OTP_VERSION);
			return DONE;
		default:
			usage(stderr);
			return USAGE;
		}
	}
	if (optind < argc) {
		usage(stderr);
		return USAGE;
	}
	return -1;
}

static int
complain(const char *what, int error)
{
	fprintf(stderr, "pam_otpd: %s: %s\n", what, strerror(-error));
	return FAULT;
}

static void
no_fault(void *arg, const char *file, unsigned int line, const char *what)
{
	(void)arg;
	(void)file;
	(void)line;
	(void)what;
}

/*
 * Without it all else goes on, but nothing is sent.  Faults of the
 * configuration are told of when somebody asks.
 */
static void
start_broker(struct service *service)
{
	struct authority *authority;
	const struct policy_send *send;
	int r = authority_open(service->conf, no_fault, NULL, &authority);

	if (r < 0) {
		fputs("pam_otpd: the configuration has faults, so no codes are "
		      "sent: see \"otp-enroll config --check\", and start "
		      "pam_otpd again\n",
		    stderr);
		return;
	}
	send = &authority_delivery(authority)->send;
	r = broker_start(send, &service->lifeline);
	if (r < 0)
		(void)complain(send->socket, r);
	authority_close(&authority);
}

/* Everything that is given up, before the first byte of anybody's is read. */
static int
prepare(const struct options *options, struct service *service)
{
	int fd, r;

	r = listener_check_uids();
	if (r < 0)
		return complain("uids are mapped here, so callers cannot be "
				"told apart (PrivateUsers=?)",
		    r);
	if (options->listen != NULL)
		start_broker(service);
	fd = options->listen != NULL
	    ? listener_make(options->listen, 0666, LISTENER_NO_GROUP)
	    : listener_inherit();
	if (fd == -ENOENT && options->listen == NULL) {
		fputs("pam_otpd: systemd gave no socket; start "
		      "pam_otpd.socket, or use --listen\n",
		    stderr);
		return USAGE;
	}
	if (fd == -EEXIST && options->listen != NULL) {
		fprintf(stderr,
		    "pam_otpd: %s is there and is not a socket of root's, or "
		    "of whoever starts this; it was left alone\n",
		    options->listen);
		return FAULT;
	}
	if (fd < 0)
		return complain(options->listen != NULL ? options->listen
							: "the socket",
		    fd);
	service->listener = fd;
	r = listener_drop(PLACE_USER);
	if (r < 0)
		return complain("becoming the user _pam_otp", r);
	prctl(PR_SET_DUMPABLE, 0);
	clearenv();
	return 0;
}

/* Signals come in while the loop waits, and at no other time. */
static void
catch_signals(sigset_t *waiting)
{
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t mine;

	sigemptyset(&mine);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		sigaddset(&mine, signals[i]);
		sigaction(signals[i], &action, NULL);
	}
	sigprocmask(SIG_BLOCK, &mine, waiting);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigdelset(waiting, signals[i]);
}

static void
reap(struct clients *clients)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		clients_remove(clients, pid);
}

/* The child of one caller. */
static void __attribute__((noreturn))
child(const struct service *service, int fd, uid_t peer)
{
	sigset_t none;

	close(service->listener);
	/* The broker is not to outlive its pam_otpd while callers stay. */
	if (service->lifeline >= 0)
		close(service->lifeline);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		signal(signals[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	serve(fd, peer, service->conf);
	_exit(DONE);
}

static void
take_in(struct service *service, int fd)
{
	uid_t peer;
	pid_t pid;
	int r;

	r = serve_peer(fd, &peer);
	if (r < 0) {
		syslog(LOG_WARNING, "a caller without a uid was refused");
		serve_refuse(fd, r);
		return;
	}
	if (!clients_room(&service->clients, peer)) {
		serve_refuse(fd, -EBUSY);
		return;
	}
	pid = fork();
	if (pid == 0)
		child(service, fd, peer);
	if (pid < 0) {
		syslog(LOG_ERR, "a caller was refused: %s", strerror(errno));
		serve_refuse(fd, -EBUSY);
		return;
	}
	clients_add(&service->clients, pid, peer);
	close(fd);
}

/* Until a signal ends it, or nobody comes for a while ("idle"). */
static void
loop(struct service *service, bool idle)
{
	const struct timespec patience = { .tv_sec = IDLE_SECONDS };
	struct pollfd poller = { .fd = service->listener, .events = POLLIN };
	sigset_t waiting;

	catch_signals(&waiting);
	while (!ended) {
		int n = ppoll(&poller, 1, idle ? &patience : NULL, &waiting);
		int fd;

		reap(&service->clients);
		if (n == 0 && service->clients.n == 0)
			return;
		if (n <= 0)
			continue;
		fd = listener_accept(service->listener);
		if (fd >= 0)
			take_in(service, fd);
	}
}

int
main(int argc, char **argv)
{
	struct service service = { .lifeline = -1 };
	struct options options;
	int r;

	r = read_options(argc, argv, &options);
	if (r >= 0)
		return r;
	openlog("pam_otpd", LOG_PID, LOG_AUTHPRIV);
	service.conf = options.conf;
	r = prepare(&options, &service);
	if (r != DONE)
		return r;
	loop(&service, options.listen == NULL);
	return DONE;
}
