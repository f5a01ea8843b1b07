/* SPDX-License-Identifier: BSD-2-Clause */
#include "sentence.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "utf8.h"

/* Each byte may need four; two quotes, NUL. */
#define QUOTED_SIZE (4 * RECORD_LABEL + 3)

/*
 * A label as a word of a shell, since the command is there to be pasted, and
 * whoever chose the label may be the reason for it.  One from before labels
 * were judged is made harmless: the host may print it as it is.
 */
static void
quote(const char *label, char out[static QUOTED_SIZE])
{
	char tame[RECORD_LABEL + 1];
	size_t len = 0;

	snprintf(tame, sizeof(tame), "%s", label);
	utf8_tame(tame);
	out[len++] = '\'';
	for (size_t i = 0; tame[i] != '\0'; i++) {
		if (tame[i] == '\'') {
			memcpy(out + len, "'\\'", 3);
			len += 3;
		}
		out[len++] = tame[i];
	}
	out[len++] = '\'';
	out[len] = '\0';
}

/* Where a change's label stands in what is told of it. */
enum label { NO_LABEL = 0, IN_TEXT, IN_COMMAND };

/*
 * What happened, with the command that undoes it.  A label stands in it only
 * once: of the longest, two would never find room.
 */
static const struct {
	enum label label;
	const char *before, *after; /* what comes before and after it */
} sentences[] = {
	[CHANGE_DEVICE_ADDED] = { IN_COMMAND,
	    "a device was added. Not you? Run: otp-enroll remove ", "" },
	[CHANGE_DEVICE_REPLACED] = { IN_TEXT, "your devices were replaced by ",
	    ". Not you? Ask your administrator, or run: otp-enroll new" },
	[CHANGE_DEVICE_REMOVED] = { IN_TEXT, "device ",
	    " was removed. Not you? Run: otp-enroll new" },
	[CHANGE_RECOVERY_SET] = { NO_LABEL,
	    "new recovery codes were made. Not you? Run: otp-enroll recovery",
	    "" },
	[CHANGE_RECOVERY_USED] = { NO_LABEL,
	    "a recovery code was used. Not you? Run: otp-enroll recovery", "" },
	[CHANGE_ADOPTED] = { NO_LABEL,
	    "your second factor was bound to this account anew. Not expected? "
	    "Ask your administrator.",
	    "" },
	[CHANGE_DEVICE_ROTATED] = { IN_COMMAND,
	    "a device was given a new secret. Not you? Run: otp-enroll rotate ",
	    "" },
	[CHANGE_DEVICE_RENAMED] = { IN_COMMAND,
	    "a device was renamed. Not you? Run: otp-enroll rename ",
	    " NEW_NAME" },
	[CHANGE_DEVICE_LOCKED] = { IN_COMMAND,
	    "a device was locked. To use it again, run: otp-enroll rotate ",
	    "" },
	[CHANGE_DEVICE_UNLOCKED] = { IN_COMMAND,
	    "a device was unlocked. Not you? Run: otp-enroll lock ", "" },
	[CHANGE_LOCKED] = { NO_LABEL,
	    "your second factor was locked. Not you? Run: otp-enroll unlock",
	    "" },
	[CHANGE_UNLOCKED] = { NO_LABEL,
	    "your second factor was unlocked. Not you? Run: otp-enroll lock "
	    "--all",
	    "" },
	[CHANGE_DISABLED] = { NO_LABEL,
	    "your second factor was turned off. Not you? Tell your "
	    "administrator, and run: otp-enroll new",
	    "" },
};

/* The label is "email" or "phone": what it is called, and the command. */
static void
of_address(const struct change *change, char text[static SENTENCE_SIZE])
{
	bool phone = strcmp(change->label, "phone") == 0;

	snprintf(text, SENTENCE_SIZE,
	    "your %s for codes was %s. Not you? Run: otp-enroll %s",
	    phone ? "phone number" : "email address",
	    change->kind == CHANGE_ADDRESS ? "set or changed" : "removed",
	    phone ? "phone" : "email");
}

bool
sentence_change(const struct change *change, char text[static SENTENCE_SIZE])
{
	char label[QUOTED_SIZE] = "";
	size_t kind = change->kind;
	bool dash;

	text[0] = '\0';
	if (kind == CHANGE_ADDRESS || kind == CHANGE_ADDRESS_REMOVED) {
		of_address(change, text);
		return true;
	}
	if (kind >= sizeof(sentences) / sizeof(sentences[0]) ||
	    sentences[kind].before == NULL)
		return false;
	if (sentences[kind].label != NO_LABEL)
		quote(change->label, label);
	dash = sentences[kind].label == IN_COMMAND && change->label[0] == '-';
	snprintf(text, SENTENCE_SIZE, "%s%s%s%s", sentences[kind].before,
	    dash ? "-- " : "", label, sentences[kind].after);
	return true;
}

/* In UTC and without strftime(), which would look at TZ. */
const char *
sentence_date(uint64_t seconds, char text[static SENTENCE_DATE_SIZE])
{
	time_t t = (time_t)seconds;
	struct tm tm = { 0 };

	if (gmtime_r(&t, &tm) == NULL)
		memset(&tm, 0, sizeof(tm));
	snprintf(text, SENTENCE_DATE_SIZE, "%04d-%02d-%02d %02d:%02d UTC",
	    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
	    tm.tm_min);
	return text;
}
