/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The person at the terminal.
 *
 * From tty_begin() on signals are held back, and let in only while somebody
 * is being asked: whatever is decided and stored in between is done whole.
 * One that ends the program comes back from tty_ask() as -EINTR, so that its
 * callers put things in order on the way out.  Ctrl-Z leaves the alternate
 * screen, with the echo on, and comes back to it.
 *
 * There is one terminal, and its state is kept inside.
 */
#ifndef ENROLL_TTY_H
#define ENROLL_TTY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

void tty_begin(void);

/* Put the terminal back as it was. */
void tty_end(void);

/* Are standard input and output both a terminal? */
bool tty_present(void);

/* Does it know escape sequences, as all but TERM=dumb do? */
bool tty_capable(void);

/* Does the locale say that it shows UTF-8? */
bool tty_utf8(void);

/* The window; 80 by 24 if nobody knows. */
void tty_size(size_t *columns, size_t *lines);

/*
 * The screen that leaves nothing in the scroll-back.  Entering clears it, and
 * so does entering again.  Does nothing unless the terminal is capable, nor
 * after tty_keep(true).
 */
void tty_alternate(bool on);

/* What is shown is to stay in the scroll-back. */
void tty_keep(bool on);
bool tty_keeps(void);

/*
 * Print this and a line end; a terminal gets it in lines of its window, those
 * after the first a little further in if the first begins with blanks.  "Say"
 * goes to standard output, and what would move the cursor becomes "?".
 */
void tty_print(FILE *out, const char *text);
void tty_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Draws what stands above the prompt, and leaves the cursor at its line. */
typedef void tty_draw_fn(void *arg);

/*
 * Draw, print the prompt, and read a line; draw again whenever the window has
 * changed.  "draw" may be NULL.  Nothing is printed if standard input is no
 * terminal.  0; -EINTR: a signal ends the program; -ENODATA: the input ended;
 * -errno.  "line" has no line end, is cut to "size", and is the caller's to
 * wipe.
 */
int tty_ask(tty_draw_fn *draw, void *arg, const char *prompt, char *line,
    size_t size) __attribute__((warn_unused_result));

/* Is there nothing but blanks in a line? */
bool tty_blank(const char *line);

/* Ask for a code, of which nothing is left on the terminal after it. */
int tty_ask_code(const char *prompt, char *line, size_t size)
    __attribute__((warn_unused_result));

/* Ask without showing what is typed. */
int tty_ask_hidden(const char *prompt, char *line, size_t size)
    __attribute__((warn_unused_result));

/* What is typed is not shown; has no effect on what is no terminal. */
void tty_hide(bool on);

/* Wait as long, or until there is a reason to draw again.  0; -EINTR. */
int tty_pause(unsigned int milliseconds) __attribute__((warn_unused_result));

/* "yes" or "y" typed in answer: 0; anything else: -ECANCELED; or as above. */
int tty_agree(const char *question) __attribute__((warn_unused_result));

/* The signal that ended it; 0: none. */
int tty_signal(void);

#endif
