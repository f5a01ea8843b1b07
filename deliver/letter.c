/* SPDX-License-Identifier: BSD-2-Clause */
#include "letter.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/ascii.h"
#include "common/utf8.h"

#define WORD_BYTES 45 /* as base64 in "=?UTF-8?B??=": 72 of the 75 allowed */

int
letter_date(time_t now, char out[static LETTER_DATE_SIZE])
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct tm tm;

	if (gmtime_r(&now, &tm) == NULL || tm.tm_year > 9999 - 1900)
		return -EINVAL;
	snprintf(out, LETTER_DATE_SIZE,
	    "Date: %.3s, %02d %.3s %04d %02d:%02d:%02d +0000",
	    days + 3 * tm.tm_wday, tm.tm_mday, months + 3 * tm.tm_mon,
	    tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
	return 0;
}

void
letter_id(const uint8_t random[static LETTER_ID_BYTES], const char *from,
    char out[static LETTER_ID_SIZE])
{
	char *at = stpcpy(out, "Message-ID: <");

	for (size_t i = 0; i < LETTER_ID_BYTES; i++)
		at += sprintf(at, "%02x", random[i]);
	sprintf(at, "@%.254s>", strrchr(from, '@') + 1);
}

/* Can it stand there as it is? */
static bool
is_plain(const char *text)
{
	for (const char *s = text; *s != '\0'; s++)
		if (!ascii_printable(*s))
			return false;
	return strstr(text, "=?") == NULL;
}

/* How much of it makes a word, no character being cut; not 0. */
static size_t
word_len(const char *text)
{
	size_t len = 0, one;

	while (text[len] != '\0') {
		one = utf8_length(text + len);
		if (one == 0)
			one = 1;
		if (len + one > WORD_BYTES)
			break;
		len += one;
	}
	return len;
}

static char *
put_word(char *out, const char *text, size_t len)
{
	unsigned char word[WORD_BYTES];

	for (size_t i = 0; i < len; i++)
		word[i] = (unsigned char)text[i];
	out = stpcpy(out, "=?UTF-8?B?");
	out += EVP_EncodeBlock((unsigned char *)out, word, (int)len);
	return stpcpy(out, "?=");
}

void
letter_subject(const char *text, char out[static LETTER_SUBJECT_SIZE])
{
	char tame[256];
	char *at = stpcpy(out, "Subject: ");

	snprintf(tame, sizeof(tame), "%s", text);
	utf8_tame(tame);
	if (is_plain(tame)) {
		stpcpy(at, tame);
		return;
	}
	for (size_t len, done = 0; tame[done] != '\0'; done += len) {
		len = word_len(tame + done);
		if (done > 0)
			at = stpcpy(at, "\r\n ");
		at = put_word(at, tame + done, len);
	}
}

int
letter_body(const char *text, char *out, size_t size)
{
	size_t len = 0;

	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (len + 3 > size)
			return -ENOBUFS;
		if (c == '\n')
			out[len++] = '\r';
		else if ((c < ' ' && c != '\t') || c == 0x7f)
			c = '?';
		out[len++] = (char)c;
	}
	out[len] = '\0';
	return 0;
}
