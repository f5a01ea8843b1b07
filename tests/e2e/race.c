/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Logins at once: as many processes as there are "user=answer" on a line of
 * standard input all wait at the prompt, then are given their answers in the
 * same moment.  One line of PAM results comes out for each line that goes in.
 *
 *	usage: race CONFDIR SERVICE [MODULE]
 *
 * After a word "@USEC" in the line all of it are killed so many microseconds
 * after their answers; "killed" stands for the result of who was not through.
 */
#include <dlfcn.h>
#include <security/pam_appl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define RUNNERS 64
#define LINE_SIZE 8192

struct runner {
	const char *user, *answer;
	int ready, go; /* pipes: at the prompt; the answer may be given */
	int asked;
};

static int
answer_once(int n, const struct pam_message **msg, struct pam_response **resp,
    void *arg)
{
	struct runner *runner = arg;
	struct pam_response *reply;
	char byte = 0;

	reply = calloc((size_t)n, sizeof(*reply));
	if (!reply)
		return PAM_BUF_ERR;
	for (int i = 0; i < n; i++) {
		if (msg[i]->msg_style != PAM_PROMPT_ECHO_OFF &&
		    msg[i]->msg_style != PAM_PROMPT_ECHO_ON)
			continue;
		/* A second prompt is a refusal: it is not answered. */
		if (runner->asked++ || write(runner->ready, &byte, 1) != 1 ||
		    read(runner->go, &byte, 1) != 1) {
			free(reply);
			return PAM_CONV_ERR;
		}
		reply[i].resp = strdup(runner->answer);
	}
	*resp = reply;
	return PAM_SUCCESS;
}

static int
login(struct runner *runner, const char *confdir, const char *service)
{
	struct pam_conv conv = { answer_once, runner };
	pam_handle_t *pamh = NULL;
	char byte = 0;
	int r;

	r = pam_start_confdir(service, runner->user, &conv, confdir, &pamh);
	if (r == PAM_SUCCESS)
		r = pam_authenticate(pamh, 0);
	pam_end(pamh, r);
	/* Refused unasked: the others must not wait for this one. */
	if (!runner->asked && write(runner->ready, &byte, 1) != 1)
		return PAM_ABORT;
	/* What came of the one answer, not of the prompt after it. */
	if (runner->asked > 1 && r == PAM_CONV_ERR)
		return PAM_AUTH_ERR;
	return r;
}

static size_t
split(char *line, struct runner *runners, const char **killed_after)
{
	char *save = NULL;
	size_t n = 0;

	line[strcspn(line, "\n")] = '\0';
	for (char *word = strtok_r(line, " ", &save); word && n < RUNNERS;
	     word = strtok_r(NULL, " ", &save)) {
		char *mark = strchr(word, '=');

		if (word[0] == '@')
			*killed_after = word + 1;
		if (!mark)
			continue;
		*mark = '\0';
		runners[n++] =
		    (struct runner){ .user = word, .answer = mark + 1 };
	}
	return n;
}

static int
start(struct runner *runners, size_t n, pid_t *pids, const int ready[2],
    const int go[2], char *argv[])
{
	for (size_t i = 0; i < n; i++) {
		pids[i] = fork();
		if (pids[i] < 0)
			return -1;
		if (pids[i] == 0) {
			close(ready[0]);
			close(go[1]);
			runners[i].ready = ready[1];
			runners[i].go = go[0];
			_exit(login(&runners[i], argv[1], argv[2]));
		}
	}
	return 0;
}

static int
race(char *line, char *argv[])
{
	struct runner runners[RUNNERS];
	pid_t pids[RUNNERS];
	int ready[2], go[2], status;
	char bytes[RUNNERS] = { 0 };
	const char *killed_after = NULL;
	size_t n = split(line, runners, &killed_after);

	if (pipe(ready) < 0 || pipe(go) < 0 ||
	    start(runners, n, pids, ready, go, argv) < 0)
		return -1;
	close(ready[1]);
	for (size_t i = 0; i < n; i++)
		if (read(ready[0], bytes, 1) != 1)
			break;
	if (n && write(go[1], bytes, n) != (ssize_t)n)
		return -1;
	if (killed_after) {
		usleep((useconds_t)strtoul(killed_after, NULL, 10));
		for (size_t i = 0; i < n; i++)
			kill(pids[i], SIGKILL);
	}
	for (size_t i = 0; i < n; i++) {
		if (waitpid(pids[i], &status, 0) != pids[i])
			return -1;
		if (WIFEXITED(status))
			printf("%d ", WEXITSTATUS(status));
		else
			printf("killed ");
	}
	printf("\n");
	fflush(stdout);
	close(ready[0]);
	close(go[0]);
	close(go[1]);
	return 0;
}

int
main(int argc, char *argv[])
{
	char line[LINE_SIZE];

	if (argc < 3)
		return 2;
	/* Loaded once, so that the rounds are short: libpam loads it again. */
	if (argc > 3 && dlopen(argv[3], RTLD_NOW) == NULL) {
		fprintf(stderr, "race: %s\n", dlerror());
		return 1;
	}
	signal(SIGPIPE, SIG_IGN);
	while (fgets(line, sizeof(line), stdin))
		if (race(line, argv) < 0) {
			perror("race");
			return 1;
		}
	return 0;
}
