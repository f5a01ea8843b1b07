/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The options of all subcommands, in one table.
 */
#ifndef ENROLL_OPTIONS_H
#define ENROLL_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "common/otp.h"
#include "common/record.h"
#include "enroll/qr.h"

/* Each is a bit: a subcommand says which it takes, and "given" which came. */
enum option_bit {
	OPTION_CONF = 1 << 0,
	OPTION_USER = 1 << 1,
	OPTION_LABEL = 1 << 2,
	OPTION_ISSUER = 1 << 3,
	OPTION_ALGORITHM = 1 << 4,
	OPTION_DIGITS = 1 << 5,
	OPTION_PERIOD = 1 << 6,
	OPTION_HOTP = 1 << 7,
	OPTION_QR = 1 << 8,
	OPTION_OUTPUT = 1 << 9,
	OPTION_URI = 1 << 10,
	OPTION_JSON = 1 << 11,
	OPTION_NO_CONFIRM = 1 << 12,
	OPTION_NO_CHECK = 1 << 13,
	OPTION_YES = 1 << 14,
	OPTION_CHECK = 1 << 15,
	OPTION_HELP = 1 << 16,
	OPTION_VERSION = 1 << 17,
	OPTION_KEEP = 1 << 18,
	OPTION_ALL = 1 << 19,
	OPTION_HOURS = 1 << 20,
	OPTION_WATCH = 1 << 21,
	OPTION_REMOVE = 1 << 22,
};

/* The most arguments that a subcommand has. */
#define OPTIONS_WORDS 2

#define OPTIONS_HOURS_MAX 168

struct options {
	unsigned int given;
	const char *conf, *user, *label, *issuer, *output;
	enum otp_hash hash;
	enum device_kind kind;
	uint32_t digits, period, hours;
	enum qr_form qr; /* where --qr was given and is not "auto" */
	bool qr_auto;

	/* The words that are no options. */
	int n_words;
	char **word;
};

/*
 * Read the command line, whose words it moves to the end.  0, or the exit
 * status of a wrong one, which a line on standard error explained.
 */
int options_read(int argc, char **argv, struct options *options)
    __attribute__((warn_unused_result));

/* The name of the first option among these bits, for messages. */
const char *options_name(unsigned int bits);

/* One line of help for each option among these bits. */
void options_help(unsigned int bits, FILE *out);

#endif
