/* SPDX-License-Identifier: BSD-2-Clause */
#include "address.h"

#include <stdio.h>
#include <string.h>

#include "ascii.h"
#include "url.h"

#define LOCAL_MAX 64 /* RFC 5321, 4.5.3.1.1 */
#define DOMAIN_SHOWN 48
#define PHONE_MIN 7
#define PHONE_MAX 15

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
local_ok(const char *text, size_t len)
{
	if (len < 1 || len > LOCAL_MAX || text[0] == '-')
		return false;
	for (size_t i = 0; i < len; i++) {
		bool edge = i == 0 || i + 1 == len || text[i - 1] == '.';

		if (text[i] == '.' ? edge
				   : !ascii_alnum(text[i]) &&
			    (text[i] == '\0' || !strchr("_%+=-", text[i])))
			return false;
	}
	return true;
}

bool
address_mail_ok(const char *text)
{
	const char *at = strchr(text, '@');

	return at != NULL && strnlen(text, ADDRESS_MAX + 1) <= ADDRESS_MAX &&
	    local_ok(text, (size_t)(at - text)) &&
	    url_host_ok(at + 1, strlen(at + 1));
}

bool
address_phone_ok(const char *text)
{
	size_t n = 0;

	if (text[0] != '+' || text[1] == '0')
		return false;
	while (n <= PHONE_MAX && is_digit(text[1 + n]))
		n++;
	return n >= PHONE_MIN && n <= PHONE_MAX && text[1 + n] == '\0';
}

static bool
read_phone(const char *text, char out[static ADDRESS_MAX + 1])
{
	char number[ADDRESS_PHONE_MAX + 3] = "";
	const char *from = number;
	size_t len = 0;

	/* A digit dialled at home alone: nobody knows which is meant. */
	if (strstr(text, "(0)") != NULL)
		return false;
	for (; *text != '\0' && len < sizeof(number) - 1; text++)
		if (strchr(" .-()", *text) == NULL)
			number[len++] = *text;
	number[len] = '\0';
	if (*text != '\0')
		return false;
	if (strncmp(number, "00", 2) == 0) {
		number[1] = '+';
		from++;
	}
	if (!address_phone_ok(from))
		return false;
	strcpy(out, from);
	return true;
}

enum policy_method
address_channel(const char *text)
{
	return strchr(text, '@') != NULL ? METHOD_EMAIL : METHOD_SMS;
}

bool
address_channel_ok(enum policy_method method)
{
	return method == METHOD_EMAIL || method == METHOD_SMS;
}

bool
address_read(enum policy_method method, const char *text,
    char out[static ADDRESS_MAX + 1])
{
	if (method == METHOD_SMS)
		return read_phone(text, out);
	if (method != METHOD_EMAIL || !address_mail_ok(text))
		return false;
	strcpy(out, text);
	return true;
}

/* "+1" and "+7" are whole countries; of others the first two digits. */
static void
mask_phone(const char *text, char out[static ADDRESS_MASKED_SIZE])
{
	int shown = text[1] == '1' || text[1] == '7' ? 2 : 3;

	snprintf(out, ADDRESS_MASKED_SIZE, "%.*s *** %s", shown, text,
	    text + strlen(text) - 2);
}

static void
mask_mail(const char *text, char out[static ADDRESS_MASKED_SIZE])
{
	const char *at = strchr(text, '@');
	bool shown = at - text > 2;

	snprintf(out, ADDRESS_MASKED_SIZE, "%.*s***%.*s@%.*s%s", shown ? 1 : 0,
	    text, shown ? 1 : 0, shown ? at - 1 : "", DOMAIN_SHOWN, at + 1,
	    strlen(at + 1) > DOMAIN_SHOWN ? "..." : "");
}

void
address_mask(const char *text, char out[static ADDRESS_MASKED_SIZE])
{
	if (address_mail_ok(text))
		mask_mail(text, out);
	else if (address_phone_ok(text))
		mask_phone(text, out);
	else
		strcpy(out, "***");
}
