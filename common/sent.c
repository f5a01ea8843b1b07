/* SPDX-License-Identifier: BSD-2-Clause */
#include "sent.h"

#include <errno.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "ascii.h"

#define WINDOW_SECONDS (15 * 60)
#define DAY_SECONDS 86400

/* What clocks of hosts that share a store differ by, and are put right by. */
#define CLOCK_SECONDS 60

/* Crockford's digits, the decimal ones first. */
static const char characters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
#define DECIMALS 10
#define CHARACTERS (sizeof(characters) - 1)

_Static_assert(SENT_RANDOM >= 10 * SENT_CODE_MAX,
    "too few random bytes are not to be expected");

/* Those of this alphabet, and how many there are. */
static const char *
alphabet(const struct policy_sent *pol, size_t *n)
{
	switch (pol->alphabet) {
	case ALPHABET_DIGITS:
		*n = DECIMALS;
		return characters;
	case ALPHABET_LETTERS:
		*n = CHARACTERS - DECIMALS;
		return characters + DECIMALS;
	case ALPHABET_BOTH:
		break;
	}
	*n = CHARACTERS;
	return characters;
}

bool
sent_write(const struct policy_sent *pol,
    const uint8_t random[static SENT_RANDOM], char code[static SENT_CODE_SIZE])
{
	size_t n, len = 0;
	const char *from = alphabet(pol, &n);

	memset(code, 0, SENT_CODE_SIZE);
	if (pol->length < SENT_CODE_MIN || pol->length > SENT_CODE_MAX)
		return false;
	for (size_t i = 0; i < SENT_RANDOM; i++) {
		/* The bytes above the last multiple would favour some. */
		if (random[i] >= 256 / n * n)
			continue;
		code[len++] = from[random[i] % n];
		if (len == pol->length)
			return true;
	}
	explicit_bzero(code, SENT_CODE_SIZE);
	return false;
}

static const char *
skip(const char *text)
{
	while (code_passes_over(*text))
		text++;
	return text;
}

/* What stands after the prefix, or NULL: it is not there. */
static const char *
after_prefix(const char *typed, const char *prefix)
{
	for (prefix = skip(prefix); *prefix != '\0'; prefix = skip(prefix)) {
		typed = skip(typed);
		if (ascii_lower(*typed) != ascii_lower(*prefix))
			return NULL;
		typed++;
		prefix++;
	}
	return typed;
}

bool
sent_fits(const struct code *answer, const struct policy_sent *pol)
{
	size_t n;
	const char *from = alphabet(pol, &n);

	for (size_t i = 0; i < answer->len; i++)
		if (memchr(from, answer->text[i], n) == NULL)
			return false;
	return answer->len != 0 && answer->len == pol->length;
}

/* A prefix is one only before a code that is sent: it may look like one. */
static void
read_without_prefix(const char *typed, const struct policy_sent *pol,
    struct code *code)
{
	const char *rest = after_prefix(typed, pol->prefix);
	struct code without;

	if (rest == NULL)
		return;
	code_read(rest, &without);
	if (sent_fits(&without, pol))
		*code = without;
	explicit_bzero(&without, sizeof(without));
}

const struct policy_sent *
sent_policy(const struct policy *pol)
{
	return (pol->methods & METHODS_SENT) != 0 ? &pol->sent : NULL;
}

void
sent_read(const char *typed, const struct policy_sent *pol, struct code *code)
{
	code_read(typed, code);
	if (pol != NULL && strnlen(typed, CODE_TYPED_MAX + 1) <= CODE_TYPED_MAX)
		read_without_prefix(typed, pol, code);
	if (code->shape == CODE_OTHER && (pol == NULL || !sent_fits(code, pol)))
		explicit_bzero(code, sizeof(*code));
}

/* Can it have been sent then?  Clocks differ a little. */
static bool
is_past(uint64_t at, uint64_t now)
{
	return at != 0 && at <= now + CLOCK_SECONDS;
}

/* What is left of "seconds" since then. */
static uint64_t
left(uint64_t since, uint64_t seconds, uint64_t now)
{
	if (!is_past(since, now) || now >= since + seconds)
		return 0;
	return now < since ? seconds : since + seconds - now;
}

/* What is left of the wait that "n" of them bring; none at all are too many. */
static uint64_t
wait_of(const struct sent *sent, uint32_t n, uint64_t seconds, uint64_t now)
{
	if (n == 0)
		return seconds;
	return left(sent->times[n <= RECORD_SENDS ? n - 1 : RECORD_SENDS - 1],
	    seconds, now);
}

uint64_t
sent_wait(const struct sent *sent, const struct policy_sent *pol, uint64_t now)
{
	const uint64_t waits[] = {
		wait_of(sent, 1, pol->resend_after, now),
		wait_of(sent, pol->resend_max, WINDOW_SECONDS, now),
		wait_of(sent, RECORD_SENDS, DAY_SECONDS, now),
	};
	uint64_t most = 0;

	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++)
		if (waits[i] > most)
			most = waits[i];
	return most;
}

static int
bind_to(const char *scenario, uint8_t bound[static RECORD_BOUND])
{
	uint8_t hash[EVP_MAX_MD_SIZE];
	int ok;

	/* What fails here is no business of a host that uses OpenSSL too. */
	ERR_set_mark();
	ok = EVP_Digest(scenario, strlen(scenario), hash, NULL, EVP_sha256(),
	    NULL);
	ERR_pop_to_mark();
	if (ok != 1)
		return -EIO;
	memcpy(bound, hash, RECORD_BOUND);
	return 0;
}

/* "now", and what was before it: each at another second, newest first. */
static void
count(const struct sent *sent, uint64_t now, uint64_t times[RECORD_SENDS])
{
	size_t n = 0;

	times[n++] = now;
	for (size_t i = 0; i < RECORD_SENDS && n < RECORD_SENDS; i++) {
		uint64_t at = sent->times[i];

		if (!is_past(at, now))
			continue;
		if (at >= times[n - 1])
			at = times[n - 1] - 1;
		times[n++] = at;
	}
}

int
sent_store(const char *code, const char *scenario, enum policy_method method,
    const uint8_t salt[static CODE_SALT_LEN], uint64_t now, struct sent *sent)
{
	struct sent made = { .method = method };
	uint8_t hash[CODE_HASH_LEN];

	if (bind_to(scenario, made.bound) < 0 ||
	    code_derive(code, salt, hash) < 0)
		return -EIO;
	count(sent, now, made.times);
	memcpy(made.salt, salt, sizeof(made.salt));
	memcpy(made.hash, hash, sizeof(made.hash));
	explicit_bzero(hash, sizeof(hash));
	*sent = made;
	explicit_bzero(&made, sizeof(made));
	return 0;
}

bool
sent_is_for(const struct sent *sent, const char *scenario)
{
	uint8_t bound[RECORD_BOUND];

	return sent->method != 0 && bind_to(scenario, bound) == 0 &&
	    memcmp(bound, sent->bound, sizeof(bound)) == 0;
}

bool
sent_live(const struct sent *sent, const struct policy_sent *pol,
    const char *scenario, uint64_t now)
{
	return sent_is_for(sent, scenario) && sent->wrong < pol->tries &&
	    left(sent->times[0], UINT64_C(60) * pol->minutes, now) > 0;
}

int
sent_match(const struct code *answer, const struct policy_sent *pol,
    struct sent *sent, bool *right)
{
	uint8_t hash[CODE_HASH_LEN];

	if (code_derive(answer->text, sent->salt, hash) < 0)
		return -EIO;
	*right = CRYPTO_memcmp(hash, sent->hash, sizeof(sent->hash)) == 0;
	explicit_bzero(hash, sizeof(hash));
	sent->wrong++;
	if (*right || sent->wrong >= pol->tries)
		sent_forget(sent);
	return 0;
}

void
sent_forget(struct sent *sent)
{
	struct sent left_over = { 0 };

	memcpy(left_over.times, sent->times, sizeof(left_over.times));
	explicit_bzero(sent, sizeof(*sent));
	*sent = left_over;
}
