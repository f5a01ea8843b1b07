/* SPDX-License-Identifier: BSD-2-Clause */
#include "enroll/tty.h"

#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "common/utf8.h"
#include "enroll/page.h"

#define COLUMNS 80
#define LINES 24

#define ENTER "\033[?1049h"
#define LEAVE "\033[?1049l"
#define CLEAR "\033[H\033[2J"

static const int ending[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

/* What the handlers leave, while tty_ask() waits. */
static volatile sig_atomic_t ended_by, stopped, resized;

static struct {
	bool saved, alternate, keep, hidden;
	struct termios termios;
	sigset_t held; /* the mask that was there before */
} tty;

static void
on_signal(int number)
{
	if (number == SIGWINCH)
		resized = 1;
	else if (number == SIGTSTP)
		stopped = 1;
	else
		ended_by = number;
}

static void
hold(sigset_t *set, int number)
{
	const struct sigaction action = { .sa_handler = on_signal };
	struct sigaction old;

	/* What was ignored, under nohup say, stays so. */
	if (sigaction(number, NULL, &old) < 0 || old.sa_handler == SIG_IGN)
		return;
	sigaction(number, &action, NULL);
	sigaddset(set, number);
}

void
tty_begin(void)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++)
		hold(&set, ending[i]);
	hold(&set, SIGTSTP);
	hold(&set, SIGWINCH);
	sigprocmask(SIG_BLOCK, &set, &tty.held);
	tty.saved = tcgetattr(STDIN_FILENO, &tty.termios) == 0;
}

/* In the background it is not ours, and touching it would stop us. */
static bool
is_ours(void)
{
	return tty.saved && tcgetpgrp(STDIN_FILENO) == getpgrp();
}

void
tty_end(void)
{
	tty_alternate(false);
	tty_hide(false);
	fflush(stdout);
	/* What was half typed must not become a command of the shell. */
	if (ended_by != 0 && is_ours())
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &tty.termios);
}

void
tty_hide(bool on)
{
	struct termios quiet = tty.termios;

	if (tty.hidden == on || !tty.saved)
		return;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	if (on || is_ours())
		tcsetattr(STDIN_FILENO, TCSADRAIN, on ? &quiet : &tty.termios);
	tty.hidden = on;
}

bool
tty_present(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

bool
tty_capable(void)
{
	const char *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && term != NULL && *term != '\0' &&
	    strcmp(term, "dumb") != 0;
}

bool
tty_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

void
tty_size(size_t *columns, size_t *lines)
{
	struct winsize size = { 0 };

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
		size = (struct winsize){ 0 };
	*columns = size.ws_col > 0 ? size.ws_col : COLUMNS;
	*lines = size.ws_row > 0 ? size.ws_row : LINES;
}

void
tty_alternate(bool on)
{
	if (!tty_capable() || (on ? tty.keep : !tty.alternate))
		return;
	if (on)
		fputs(tty.alternate ? CLEAR : ENTER CLEAR, stdout);
	else
		fputs(CLEAR LEAVE, stdout);
	tty.alternate = on;
	fflush(stdout);
}

void
tty_keep(bool on)
{
	tty.keep = on;
}

bool
tty_keeps(void)
{
	return tty.keep;
}

void
tty_print(FILE *out, const char *text)
{
	const size_t indent = strspn(text, " ");
	const size_t more = indent > 0 ? indent + 2 : 0;
	size_t columns, lines;
	struct page page;

	if (!isatty(fileno(out))) {
		fprintf(out, "%s\n", text);
		return;
	}
	tty_size(&columns, &lines);
	page_begin(&page, columns > more ? columns - more : 1);
	page_text(&page, text + indent);
	for (size_t i = 0; i < page.n; i++)
		fprintf(out, "%*s%s\n", (int)(i == 0 ? indent : more), "",
		    page.line[i]);
}

void
tty_say(const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	utf8_tame(text);
	tty_print(stdout, text);
}

int
tty_signal(void)
{
	return (int)ended_by;
}

/* Ctrl-Z: stop as if nobody had caught it, and draw again after. */
static void
stop(void)
{
	const bool alternate = tty.alternate, hidden = tty.hidden;
	const struct timespec now = { 0 };

	stopped = 0;
	tty_alternate(false);
	tty_hide(false);
	raise(SIGSTOP);
	/*
	 * What was sent meanwhile is let in first: in the background, touching
	 * the terminal would stop us again, and nothing would end us.
	 */
	ppoll(NULL, 0, &now, &tty.held);
	if (ended_by != 0)
		return;
	tty_hide(hidden);
	if (alternate)
		tty_alternate(true);
	resized = 1;
}

/* Wait for input.  1: there is some; 0: draw again; or -errno. */
static int
wait_input(void)
{
	struct pollfd pollfd = { .fd = STDIN_FILENO, .events = POLLIN };

	for (;;) {
		if (ended_by != 0)
			return -EINTR;
		if (stopped) {
			stop();
			continue;
		}
		if (resized) {
			resized = 0;
			return 0;
		}
		if (ppoll(&pollfd, 1, NULL, &tty.held) > 0)
			return 1;
		if (errno != EINTR)
			return -errno;
	}
}

/*
 * Read up to the end of a line, byte by byte: what follows it in a pipe is
 * not ours.  1: a line; 0: draw again; or -errno.
 */
static int
read_line(char *line, size_t size, size_t *len)
{
	ssize_t n;
	char c;
	int r;

	for (;;) {
		r = wait_input();
		if (r <= 0)
			return r;
		n = read(STDIN_FILENO, &c, 1);
		if (n < 0)
			return -errno;
		if (n == 0 && *len == 0)
			return -ENODATA;
		if (n == 0 || c == '\n')
			return 1;
		if (*len < size - 1)
			line[(*len)++] = c;
		line[*len] = '\0';
	}
}

int
tty_ask(tty_draw_fn *draw, void *arg, const char *prompt, char *line,
    size_t size)
{
	size_t len = 0;
	int r;

	line[0] = '\0';
	do {
		if (draw != NULL)
			draw(arg);
		if (isatty(STDIN_FILENO))
			fputs(prompt, stdout);
		fflush(stdout);
		r = read_line(line, size, &len);
	} while (r == 0);
	if (r < 0 && isatty(STDIN_FILENO))
		fputc('\n', stdout);
	return r < 0 ? r : 0;
}

bool
tty_blank(const char *line)
{
	return line[strspn(line, " \t\r")] == '\0';
}

/* Take back the rows that the prompt and what was typed after it took. */
static void
erase_typed(const char *prompt, size_t typed)
{
	size_t columns, lines;

	tty_size(&columns, &lines);
	for (size_t n = 0; n <= (strlen(prompt) + typed) / columns; n++)
		fputs("\033[A\033[2K", stdout);
	printf("\r%s\n", prompt);
}

int
tty_ask_code(const char *prompt, char *line, size_t size)
{
	int r = tty_ask(NULL, NULL, prompt, line, size);

	if (r == 0 && isatty(STDIN_FILENO) && tty_capable())
		erase_typed(prompt, strlen(line));
	return r;
}

int
tty_ask_hidden(const char *prompt, char *line, size_t size)
{
	int r;

	tty_hide(true);
	r = tty_ask(NULL, NULL, prompt, line, size);
	tty_hide(false);
	if (r == 0 && isatty(STDIN_FILENO))
		fputc('\n', stdout);
	return r;
}

int
tty_pause(unsigned int milliseconds)
{
	const struct timespec time = { milliseconds / 1000,
		milliseconds % 1000 * 1000000L };

	if (ended_by == 0 && !stopped)
		ppoll(NULL, 0, &time, &tty.held);
	if (ended_by == 0 && stopped)
		stop();
	resized = 0;
	return ended_by != 0 ? -EINTR : 0;
}

int
tty_agree(const char *question)
{
	char line[16];
	int r;

	r = tty_ask(NULL, NULL, question, line, sizeof(line));
	if (r < 0)
		return r;
	if (strcasecmp(line, "y") == 0 || strcasecmp(line, "yes") == 0)
		return 0;
	return -ECANCELED;
}
