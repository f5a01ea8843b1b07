/* SPDX-License-Identifier: BSD-2-Clause */
#include "enroll/json.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "common/utf8.h"

/* The second byte of C1 is its number, as the first is of what is ASCII. */
static void
put_string(FILE *out, const char *text)
{
	size_t len;

	fputc('"', out);
	for (; *text != '\0'; text += len > 0 ? len : 1) {
		len = utf8_length(text);
		if (len == 0)
			fputs("\\ufffd", out);
		else if (utf8_visible(text) == 0 || strchr("\"\\", *text))
			fprintf(out, "\\u%04x",
			    (unsigned int)(unsigned char)text[len - 1]);
		else
			fwrite(text, 1, len, out);
	}
	fputc('"', out);
}

static void
put_key(struct json *json, const char *key)
{
	if (json->more)
		fputs(", ", json->out);
	json->more = true;
	if (key != NULL) {
		put_string(json->out, key);
		fputs(": ", json->out);
	}
}

void
json_open(struct json *json, const char *key, char bracket)
{
	put_key(json, key);
	fputc(bracket, json->out);
	json->more = false;
}

void
json_close(struct json *json, char bracket)
{
	fputc(bracket, json->out);
	json->more = true;
}

void
json_text(struct json *json, const char *key, const char *value)
{
	put_key(json, key);
	put_string(json->out, value);
}

void
json_number(struct json *json, const char *key, uint64_t value)
{
	put_key(json, key);
	fprintf(json->out, "%" PRIu64, value);
}

void
json_bool(struct json *json, const char *key, bool value)
{
	put_key(json, key);
	fputs(value ? "true" : "false", json->out);
}

int
json_flush(struct json *json)
{
	return fflush(json->out) == 0 && !ferror(json->out) ? 0 : -EIO;
}

int
json_end(struct json *json)
{
	fputc('\n', json->out);
	return json_flush(json);
}
