/* SPDX-License-Identifier: BSD-2-Clause */
#include "enroll/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "common/policy.h"
#include "enroll/report.h"

/* What getopt gives for row i: no character, and not "?". */
#define FIRST_ROW 256

/* Take the value; false: it is none. */
typedef bool take_fn(struct options *options, const char *value);

static bool
take_conf(struct options *options, const char *value)
{
	options->conf = value;
	return *value != '\0';
}

static bool
take_user(struct options *options, const char *value)
{
	options->user = value;
	return *value != '\0';
}

static bool
take_label(struct options *options, const char *value)
{
	options->label = value;
	return record_label_new_ok(value);
}

static bool
take_issuer(struct options *options, const char *value)
{
	options->issuer = value;
	return record_label_new_ok(value);
}

static bool
take_output(struct options *options, const char *value)
{
	options->output = value;
	return *value != '\0';
}

static bool
take_algorithm(struct options *options, const char *value)
{
	options->hash = otp_hash_parse(value);
	return options->hash != 0;
}

static bool
take_number(const char *value, uint32_t min, uint32_t max, uint32_t *number)
{
	char *end;
	unsigned long n;

	if (*value < '0' || *value > '9')
		return false;
	errno = 0;
	n = strtoul(value, &end, 10);
	*number = (uint32_t)n;
	return errno == 0 && *end == '\0' && n >= min && n <= max;
}

static bool
take_digits(struct options *options, const char *value)
{
	return take_number(value, OTP_DIGITS_MIN, OTP_DIGITS_MAX,
	    &options->digits);
}

static bool
take_period(struct options *options, const char *value)
{
	return take_number(value, OTP_PERIOD_MIN, OTP_PERIOD_MAX,
	    &options->period);
}

static bool
take_hours(struct options *options, const char *value)
{
	return take_number(value, 1, OPTIONS_HOURS_MAX, &options->hours);
}

static bool
take_qr(struct options *options, const char *value)
{
	static const struct {
		const char *name;
		enum qr_form form;
	} forms[] = {
		{ "auto", QR_NONE },
		{ "utf8", QR_UTF8 },
		{ "ascii", QR_ASCII },
		{ "none", QR_NONE },
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (strcmp(value, forms[i].name) == 0) {
			options->qr = forms[i].form;
			options->qr_auto = i == 0;
			return true;
		}
	return false;
}

static const struct row {
	const char *name;
	enum option_bit bit;
	take_fn *take;     /* NULL: it has no value */
	const char *value; /* what the value is, for help and messages */
	const char *help;
} rows[] = {
	{ "conf", OPTION_CONF, take_conf, "FILE",
	    "another configuration, and so another store" },
	{ "user", OPTION_USER, take_user, "NAME",
	    "whose second factor (root: anybody's; else your own)" },
	{ "label", OPTION_LABEL, take_label, "NAME",
	    "what to call the device (\"phone\")" },
	{ "issuer", OPTION_ISSUER, take_issuer, "NAME",
	    "what the app calls this place (this host's name)" },
	{ "algorithm", OPTION_ALGORITHM, take_algorithm, "sha1|sha256|sha512",
	    "many apps know sha1 alone, safe here (sha1)" },
	{ "digits", OPTION_DIGITS, take_digits, "6|7|8",
	    "the length of a code (6)" },
	{ "period", OPTION_PERIOD, take_period, "15..300",
	    "seconds until the next code (30)" },
	{ "hotp", OPTION_HOTP, NULL, NULL,
	    "codes that follow a counter and not the clock" },
	{ "qr", OPTION_QR, take_qr, "auto|utf8|ascii|none",
	    "how to draw the QR code (auto: as the terminal can)" },
	{ "output", OPTION_OUTPUT, take_output, "FILE",
	    "recovery codes to a new file; FILE.svg: the QR code" },
	{ "keep", OPTION_KEEP, NULL, NULL,
	    "leave what is shown in the scroll-back of the terminal" },
	{ "uri", OPTION_URI, NULL, NULL,
	    "show the otpauth URI that the QR code carries" },
	{ "json", OPTION_JSON, NULL, NULL, "for programs: JSON" },
	{ "no-confirm", OPTION_NO_CONFIRM, NULL, NULL,
	    "root, with --json: in force without a first code" },
	{ "no-check", OPTION_NO_CHECK, NULL, NULL,
	    "do not ask for one of the recovery codes" },
	{ "all", OPTION_ALL, NULL, NULL, "everything but recovery codes" },
	{ "hours", OPTION_HOURS, take_hours, "1..168",
	    "how long the ticket is good (24)" },
	{ "watch", OPTION_WATCH, NULL, NULL,
	    "go on showing it, with the seconds left, until Ctrl-C" },
	{ "remove", OPTION_REMOVE, NULL, NULL, "take away what is set" },
	{ "yes", OPTION_YES, NULL, NULL, "do not ask whether it is meant" },
	{ "check", OPTION_CHECK, NULL, NULL,
	    "say file and line of every fault" },
	{ "help", OPTION_HELP, NULL, NULL, "this help" },
	{ "version", OPTION_VERSION, NULL, NULL, "the version" },
};

#define ROWS ((int)(sizeof(rows) / sizeof(rows[0])))

static int
take(const struct row *row, struct options *options)
{
	if (options->given & row->bit)
		return report_usage("--%s is given twice", row->name);
	options->given |= row->bit;
	if (row->take != NULL && !row->take(options, optarg))
		return report_usage("--%s wants %s", row->name, row->value);
	return 0;
}

static int
complain(int c, char **argv)
{
	const char *word = argv[optind - 1];

	if (c == ':')
		return report_usage("%s wants a value", word);
	if (optopt >= FIRST_ROW)
		return report_usage("--%s has no value",
		    rows[optopt - FIRST_ROW].name);
	if (optopt != 0)
		return report_usage("-%c: there is no such option", optopt);
	return report_usage("%s: there is no such option", word);
}

int
options_read(int argc, char **argv, struct options *options)
{
	struct option table[ROWS + 1] = { 0 };
	int c, r;

	*options = (struct options){
		.hash = OTP_SHA1,
		.kind = DEVICE_TOTP,
		.digits = 6,
		.period = 30,
		.hours = 24,
		.qr_auto = true,
	};
	for (int i = 0; i < ROWS; i++)
		table[i] = (struct option){ .name = rows[i].name,
			.has_arg = rows[i].value != NULL,
			.val = FIRST_ROW + i };

	while ((c = getopt_long(argc, argv, ":h", table, NULL)) != -1) {
		if (c == 'h')
			options->given |= OPTION_HELP;
		else if (c < FIRST_ROW)
			return complain(c, argv);
		else if ((r = take(&rows[c - FIRST_ROW], options)) != 0)
			return r;
	}
	if (options->given & OPTION_HOTP)
		options->kind = DEVICE_HOTP;
	options->n_words = argc - optind;
	options->word = argv + optind;
	return 0;
}

const char *
options_name(unsigned int bits)
{
	for (int i = 0; i < ROWS; i++)
		if (bits & rows[i].bit)
			return rows[i].name;
	return "";
}

void
options_help(unsigned int bits, FILE *out)
{
	char name[64];

	for (int i = 0; i < ROWS; i++) {
		if (!(bits & rows[i].bit))
			continue;
		snprintf(name, sizeof(name), "--%s%s%s", rows[i].name,
		    rows[i].value != NULL ? "=" : "",
		    rows[i].value != NULL ? rows[i].value : "");
		if (strlen(name) > 22)
			fprintf(out, "  %s\n%26s%s\n", name, "", rows[i].help);
		else
			fprintf(out, "  %-22s  %s\n", name, rows[i].help);
	}
}
