/* SPDX-License-Identifier: BSD-2-Clause */
#include "enroll/serve.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "common/authority.h"
#include "common/authority_remote.h"
#include "common/deadline.h"
#include "common/logline.h"
#include "common/stream.h"
#include "common/wire.h"

#define OVERFLOW_UID 65534

/* A caller, and what it asks. */
struct caller {
	int fd;
	uid_t uid;
	const char *conf;
	char text[WIRE_REPLY_MAX]; /* the request, then the reply */
	struct wire_request wire;
	struct request request;
	struct authority *authority;
	struct reply reply;
};

_Static_assert(WIRE_REQUEST_MAX < WIRE_REPLY_MAX, "one byte too many is seen");

/* The kernel's stand-in for uids that it cannot say. */
static uid_t
overflow_uid(void)
{
	unsigned int uid = OVERFLOW_UID;
	FILE *file = fopen("/proc/sys/kernel/overflowuid", "re");

	if (file == NULL)
		return OVERFLOW_UID;
	if (fscanf(file, "%u", &uid) != 1)
		uid = OVERFLOW_UID;
	fclose(file);
	return uid;
}

int
serve_peer(int fd, uid_t *peer)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0)
		return -errno;
	if (cred.uid == (uid_t)-1 || cred.uid == OVERFLOW_UID ||
	    cred.uid == overflow_uid())
		return -EACCES;
	*peer = cred.uid;
	return 0;
}

void
serve_refuse(int fd, int error)
{
	char text[WIRE_REPLY_MAX];
	size_t len;

	if (wire_reply_write(error, NULL, text, &len) == 0)
		(void)!send(fd, text, len, MSG_NOSIGNAL | MSG_DONTWAIT);
	close(fd);
}

static void
reply(struct caller *caller, int error)
{
	size_t len;

	if (wire_reply_write(error, &caller->reply, caller->text, &len) < 0 &&
	    wire_reply_write(-EIO, NULL, caller->text, &len) < 0)
		return;
	(void)!stream_send(caller->fd, caller->text, len,
	    deadline_in(SERVE_SECONDS));
}

/*
 * May this caller ask about an account of another uid?  Accounts of services
 * that check codes for their users, a database say, will be named by policy
 * and come in here.
 */
static bool
may_ask_about_others(uid_t uid)
{
	return uid == 0;
}

/* No account has the uid, and that is not the name service's fault. */
static bool
is_unknown(const struct passwd *pw)
{
	return pw == NULL && (errno == 0 || errno == ENOENT || errno == ESRCH);
}

/*
 * A user may own many uids that no account has (/etc/subuid), and all the
 * places with them: each holds its place for one look-up, and not until it
 * has said something.
 */
static int
check_caller(uid_t uid)
{
	const struct passwd *pw;

	if (may_ask_about_others(uid))
		return 0;
	errno = 0;
	pw = getpwuid(uid);
	if (is_unknown(pw))
		return -EACCES;
	return pw == NULL ? -errno : 0;
}

/*
 * The account that is asked about, as the system knows it now.  Names are
 * not believed: an ordinary caller is who has the uid.
 */
static int
find_account(struct caller *caller)
{
	const char *name = caller->request.account.name;
	struct account *account = &caller->request.account;
	const struct passwd *pw;
	size_t len;
	bool other = name != NULL && may_ask_about_others(caller->uid);

	errno = 0;
	pw = other ? getpwnam(name) : getpwuid(caller->uid);
	if (pw == NULL && !is_unknown(pw))
		return -errno;
	if (pw == NULL && !other)
		return -EACCES;
	if (!other && name != NULL && strcmp(name, pw->pw_name) != 0)
		return -EACCES;
	if (pw == NULL) {
		account->uid = (uid_t)-1;
		return 0;
	}
	len = strlen(pw->pw_name);
	if (len >= sizeof(caller->wire.user))
		return -ENAMETOOLONG;
	/* NSS owns what it gave, until it is asked again. */
	memcpy(caller->wire.user, pw->pw_name, len + 1);
	*account = (struct account){ caller->wire.user, pw->pw_uid, true };
	return 0;
}

static void
log_fault(void *arg, const char *file, unsigned int line, const char *what)
{
	char text[CONF_FAULT_SIZE];

	(void)arg;
	syslog(LOG_ERR, "%s", conf_fault_text(file, line, what, text));
}

static void
log_trouble(void *arg, const char *what)
{
	(void)arg;
	syslog(LOG_ERR, "%s", what);
}

/*
 * A send looks addresses up also where nothing comes of it, and no counter
 * limits that: a process of the user could have a directory asked as fast as it
 * answers.  So many at once (clients.h), a second each, is as often as it is.
 */
static void
pace(const struct caller *caller)
{
	const struct timespec second = { .tv_sec = 1 };

	if (caller->request.verb == VERB_SEND && caller->uid != 0)
		nanosleep(&second, NULL);
}

static int
ask(struct caller *caller)
{
	struct request *request = &caller->request;
	time_t now = time(NULL);
	int r;

	r = find_account(caller);
	if (r < 0)
		return r;
	request->caller = caller->uid;
	request->lane = LANE_SOCKET;
	request->now = now > 0 ? (uint64_t)now : 0;
	/* Where it comes from is here, whatever an ordinary caller says. */
	if (caller->uid != 0)
		request->rhost = NULL;
	r = authority_open(caller->conf, log_fault, NULL, &caller->authority);
	if (r < 0)
		return r;
	authority_log(caller->authority, log_trouble, NULL);
	alarm(SERVE_SECONDS +
	    authority_remote_seconds(request->verb,
		authority_delivery(caller->authority)));
	pace(caller);
	return authority_ask(caller->authority, request, &caller->reply);
}

/* What came of it, as counters of failures read it. */
static const char *
result_of(const struct caller *caller, int error)
{
	if (error < 0)
		return "error";
	if (caller->request.verb == VERB_CHALLENGE)
		return caller->reply.pass ? "pass" : "ask";
	if (caller->request.verb == VERB_SEND)
		return "send";
	return caller->reply.verdict == VERDICT_ACCEPT ? "accept" : "deny";
}

static const char *
reason_of(const struct caller *caller, int error)
{
	if (error < 0)
		return strerrorname_np(-error);
	if (caller->request.verb == VERB_CHALLENGE)
		return caller->reply.reason;
	if (caller->request.verb == VERB_SEND ||
	    caller->reply.send.result != SEND_NOTHING)
		return authority_send_name(caller->reply.send.result);
	return decide_name(caller->reply.verdict);
}

/* Is it the store's fault, or the machine's, rather than the caller's? */
static bool
is_ours(int error)
{
	return error < 0 && error != -EACCES && error != -EPROTO &&
	    error != -EPROTONOSUPPORT && error != -EMSGSIZE &&
	    error != -ETIME && error != -ENOENT && error != -EEXIST;
}

/* Whether it was allowed, and what came of it; never a code. */
static void
report(const struct caller *caller, int error)
{
	struct logline line = { 0 };
	char uid[16];

	snprintf(uid, sizeof(uid), "%u", (unsigned int)caller->uid);
	logline_add(&line, "user", caller->wire.user);
	logline_add(&line, "service", caller->wire.service);
	logline_add(&line, "uid", uid);
	logline_add(&line, "verb", caller->wire.verb);
	logline_add(&line, "result", result_of(caller, error));
	logline_add(&line, "reason", reason_of(caller, error));
	if (is_ours(error))
		syslog(LOG_ERR, "%s", authority_strerror(error));
	syslog(error == -EACCES  ? LOG_WARNING
		: is_ours(error) ? LOG_ERR
				 : LOG_INFO,
	    "%s", line.text);
}

void
serve(int fd, uid_t peer, const char *conf)
{
	struct caller caller = { .fd = fd, .uid = peer, .conf = conf };
	size_t len;
	int r;

	/* Whatever hangs, a name service say, ends soon after its client. */
	alarm(SERVE_SECONDS + AUTHORITY_REMOTE_SECONDS);
	r = check_caller(peer);
	if (r == 0)
		r = stream_receive(fd, caller.text, WIRE_REQUEST_MAX, &len,
		    deadline_in(SERVE_SECONDS));
	if (r == 0)
		r = wire_request_read(caller.text, len, &caller.wire,
		    &caller.request);
	if (r == 0)
		r = ask(&caller);
	report(&caller, r);
	reply(&caller, r);
	close(fd);
	authority_close(&caller.authority);
	explicit_bzero(&caller, sizeof(caller));
}
