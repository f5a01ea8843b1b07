/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rows of the table of keys, and how values of each type are read.
 */
#include "policy_table.h"

#include <limits.h>
#include <string.h>

#include "utf8.h"

#define STRING_(x) #x
#define STRING(x) STRING_(x)
#define BLANKS " \t"

_Static_assert(sizeof(enum policy_unenrolled) == sizeof(unsigned int) &&
	sizeof(enum policy_self_enroll) == sizeof(unsigned int),
    "choices are stored as unsigned int");

/* The next word of "*at", or NULL. */
static const char *
next_word(const char **at, const char *blanks, size_t *len)
{
	const char *word = *at + strspn(*at, blanks);

	*len = strcspn(word, blanks);
	*at = word + *len;
	return *len ? word : NULL;
}

/* The place of a word among the choices "range", or -1. */
static int
find_choice(const char *range, const char *word, size_t word_len)
{
	const char *choice;
	size_t len;

	for (int i = 0; (choice = next_word(&range, ", ", &len)); i++) {
		if (len == word_len && memcmp(choice, word, len) == 0)
			return i;
	}
	return -1;
}

static bool
read_number(const struct policy_row *row, const char *value, void *out)
{
	size_t len = strspn(value, "0123456789");
	uint32_t number = 0;

	if (len < 1 || len > 9 || value[len] != '\0' ||
	    (len > 1 && value[0] == '0'))
		return false;
	for (size_t i = 0; i < len; i++)
		number = number * 10 + (uint32_t)(value[i] - '0');
	if (number < row->min || number > row->max)
		return false;
	*(uint32_t *)out = number;
	return true;
}

static bool
read_choice(const struct policy_row *row, const char *value, void *out)
{
	int i = find_choice(row->range, value, strlen(value));
	unsigned int number = (unsigned int)i;

	if (i < 0)
		return false;
	memcpy(out, &number, sizeof(number));
	return true;
}

static bool
read_flag(const struct policy_row *row, const char *value, void *out)
{
	int i = find_choice(row->range, value, strlen(value));

	if (i < 0)
		return false;
	*(bool *)out = i == 1;
	return true;
}

static bool
read_set(const struct policy_row *row, const char *value, void *out)
{
	unsigned int set = 0;
	const char *word;
	size_t len;

	while ((word = next_word(&value, BLANKS, &len))) {
		int i = find_choice(row->range, word, len);

		if (i < 0 || (set & 1U << i))
			return false;
		set |= 1U << i;
	}
	if (!set)
		return false;
	*(unsigned int *)out = set;
	return true;
}

static bool
is_text(const struct policy_row *row, const char *value)
{
	size_t len = strlen(value), n;

	if (len < row->min || len > row->max)
		return false;
	for (const char *s = value; *s; s += n) {
		n = utf8_visible(s);
		if (n == 0)
			return false;
	}
	return true;
}

static bool
read_text(const struct policy_row *row, const char *value, void *out)
{
	size_t size = strlen(value) + 1;

	if (size > row->size || !is_text(row, value))
		return false;
	memcpy(out, value, size);
	return true;
}

/*
 * Text that an answer is typed behind: conf.h cuts blanks off, so one comes
 * back, if it fits.
 */
static bool
read_prompt(const struct policy_row *row, const char *value, void *out)
{
	char *text = out;
	size_t len = strlen(value);

	if (!read_text(row, value, out))
		return false;
	if (len < row->max)
		memcpy(text + len, " ", 2);
	return true;
}

static bool
read_path(const struct policy_row *row, const char *value, void *out)
{
	(void)out;
	return value[0] == '/' && is_text(row, value);
}

/* Names of services: PAM makes them lower case, so no others can match. */
static bool
read_names(const struct policy_row *row, const char *value, void *out)
{
	(void)row;
	(void)out;
	return value[strspn(value, BLANKS)] != '\0' &&
	    value[strspn(value,
		BLANKS "abcdefghijklmnopqrstuvwxyz0123456789_.@+-")] == '\0';
}

static bool
match_service(const char *value, const struct policy_facts *facts)
{
	const char *word;
	size_t len;

	while (facts->service && (word = next_word(&value, BLANKS, &len))) {
		if (strlen(facts->service) == len &&
		    memcmp(facts->service, word, len) == 0)
			return true;
	}
	return false;
}

static const struct policy_type number = { read_number, "a number from ", "" };
static const struct policy_type choice = { read_choice, "one of: ", "" };
static const struct policy_type flag = { read_flag, "one of: ", "" };
static const struct policy_type set = { read_set,
	"one or more of: ", ", each once, with blanks between" };
static const struct policy_type text = { read_text, "",
	" of UTF-8 without control characters" };
static const struct policy_type prompt = { read_prompt, "",
	" of UTF-8 without control characters" };
static const struct policy_type path = { read_path, "an ", "" };
static const struct policy_type names = { read_names, "",
	", in lower case, with blanks between" };

#define RANGE(min, max) STRING(min) " to " STRING(max), min, max
#define BYTES(min, max) STRING(min) " to " STRING(max) " bytes", min, max
#define MEMBER(m) offsetof(struct policy, m), sizeof(((struct policy *)0)->m)
#define PLACE(m) offsetof(struct policy_store, m), 0
#define OVER(key, m, by) .over = { key, offsetof(struct policy, m), by }

/* clang-format off */
const struct policy_row policy_table[] = {
	{ IN_SCENARIO, "service", &names, "names of PAM services", 0, 0,
	    "", .match = match_service, .meaning =
	    "The PAM services that this scenario is for." },
	{ IN_DEFAULT, "methods", &set, "totp, hotp, recovery", 0, 0,
	    "totp hotp recovery", MEMBER(methods), .meaning =
	    "What may be answered with." },
	{ IN_DEFAULT, "unenrolled", &choice, "deny, allow", 0, 0,
	    "allow", MEMBER(unenrolled), .meaning =
	    "Whether users without a second factor pass without one." },
	{ IN_DEFAULT, "self-enroll", &choice, "off, ticket, open, auto", 0, 0,
	    "auto", MEMBER(self_enroll), .meaning =
	    "What users without a second factor need to set one up." },
	{ IN_DEFAULT, "self-lock", &flag, "no, yes", 0, 0,
	    "yes", MEMBER(self_lock), .meaning =
	    "Whether users may lock their own without a code." },
	{ IN_DEFAULT, "exempt", &flag, "no, yes", 0, 0,
	    "no", MEMBER(exempt), .meaning =
	    "Whether everybody passes unasked, enrolled or not." },
	{ IN_DEFAULT, "tries", &number, RANGE(1, 10),
	    "3", MEMBER(tries), .meaning =
	    "How many times one login asks." },
	{ IN_DEFAULT, "window", &number, RANGE(0, 2),
	    "1", MEMBER(window), .meaning =
	    "How many time steps a code may be early or late." },
	{ IN_DEFAULT, "prompt", &prompt, BYTES(1, POLICY_PROMPT_MAX),
	    "Verification code:", MEMBER(prompt), .meaning =
	    "What users are asked; a blank is added at the end." },
	{ IN_DEFAULT, "echo", &flag, "no, yes", 0, 0,
	    "no", MEMBER(echo), .meaning =
	    "Whether the code is seen while it is typed." },
	{ IN_DEFAULT, "issuer", &text, BYTES(0, POLICY_ISSUER_MAX),
	    "", MEMBER(issuer), .meaning =
	    "What authenticator apps call this host; empty is its name." },
	{ IN_DEFAULT, "wait-after", &number, RANGE(1, 10),
	    "5", MEMBER(throttle.wait_after), .meaning =
	    "How many wrong codes in a row bring the first wait." },
	{ IN_DEFAULT, "wait-first", &number, RANGE(10, 600),
	    "30", MEMBER(throttle.wait_first), .meaning =
	    "Seconds of the first wait; each wrong code after it doubles it." },
	{ IN_DEFAULT, "wait-max", &number, RANGE(60, 86400),
	    "3600", MEMBER(throttle.wait_max),
	    OVER("wait-first", throttle.wait_first, 0), .meaning =
	    "Seconds that a wait never exceeds." },
	{ IN_DEFAULT, "off-after", &number, RANGE(3, 50),
	    "20", MEMBER(throttle.off_after),
	    OVER("wait-after", throttle.wait_after, 1), .meaning =
	    "Wrong codes in a row that switch the user's devices off." },
	{ IN_DEFAULT, "budget", &number, RANGE(10, 100),
	    "50", MEMBER(throttle.budget), .meaning =
	    "Wrong codes in 30 days that do so, whatever succeeds." },
	{ IN_STORE, "path", &path, "absolute path", 2, PATH_MAX - 1,
	    "/var/lib/pam_otp", PLACE(path), .meaning =
	    "The directory of the users' records." },
	{ IN_STORE, "key", &path, "absolute path", 2, PATH_MAX - 1,
	    "/etc/security/pam_otp.key", PLACE(key), .meaning =
	    "The file of the key that seals them." },
	{ IN_STORE, "socket", &path, "absolute path", 2, 107,
	    "/run/pam_otp/socket", PLACE(socket), .meaning =
	    "Where pam_otpd serves those who may not open them." },
};
/* clang-format on */

const size_t policy_rows = sizeof(policy_table) / sizeof(policy_table[0]);

/* Lists store the place of a choice, or its bit. */
_Static_assert(METHOD_TOTP == 1 << 0 && METHOD_HOTP == 1 << 1 &&
	METHOD_RECOVERY == 1 << 2 && UNENROLLED_DENY == 0 &&
	UNENROLLED_ALLOW == 1 && SELF_ENROLL_OFF == 0 &&
	SELF_ENROLL_TICKET == 1 && SELF_ENROLL_OPEN == 2 &&
	SELF_ENROLL_AUTO == 3,
    "the order of choices in the table");
