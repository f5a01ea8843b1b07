/* SPDX-License-Identifier: BSD-2-Clause */
#include "report.h"

#include <stddef.h>
#include <stdio.h>

/* Seven keys of 9 bytes at most, "=", the value as \xNN, and a blank. */
_Static_assert(7 * (9 + 1 + 4 * REPORT_VALUE_MAX + 1) < REPORT_SIZE,
    "the longest line fits");

static size_t
put(char *out, size_t size, const char *key, const char *value)
{
	size_t len = (size_t)snprintf(out, size, "%s=", key);

	if (value == NULL || *value == '\0')
		value = "-";
	for (size_t i = 0; i < REPORT_VALUE_MAX && value[i] != '\0'; i++) {
		unsigned char c = (unsigned char)value[i];

		if (c <= ' ' || c >= 0x7f || c == '=' || c == '\\')
			len += (size_t)snprintf(out + len, size - len,
			    "\\x%02x", c);
		else
			out[len++] = (char)c;
	}
	out[len] = '\0';
	return len;
}

void
report_write(const struct report *report, char text[static REPORT_SIZE])
{
	/*
	 * What was typed as the name of nobody is left out: people type
	 * their password there.
	 */
	const struct {
		const char *key, *value;
	} row[] = {
		{ "user", report->user != NULL ? report->user : "?" },
		{ "service", report->service },
		{ "rhost", report->rhost },
		{ "scenario", report->scenario },
		{ "method", report->method },
		{ "result", report->result },
		{ "reason", report->reason },
	};
	size_t len = 0;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		if (i > 0)
			text[len++] = ' ';
		len += put(text + len, REPORT_SIZE - len, row[i].key,
		    row[i].value);
	}
}
