/* SPDX-License-Identifier: BSD-2-Clause */
#include "core.h"

#include "common/seal.h"

static const char text[] = "version=1\nuid=1000\n";

static struct seal_key
make_key(uint8_t first)
{
	struct seal_key key = { { first }, { 0 } };

	assert_int_equal(0, seal_key_init(&key));
	return key;
}

static void
make_slot(uint8_t slot[static SEAL_SLOT], uint64_t generation)
{
	const struct seal_head head = { generation, 1000 };
	struct seal_key key = make_key(1);

	assert_int_equal(0,
	    seal_close(&key, "alice", &head, text, sizeof(text) - 1, slot));
}

static int
try_open(const uint8_t *slot, const char *name, uint8_t key_byte)
{
	struct seal_key key = make_key(key_byte);
	struct seal_head head;
	char out[SEAL_TEXT_MAX], zero[SEAL_TEXT_MAX] = { 0 };
	size_t len = 0;
	int r;

	memset(out, 0, sizeof(out));
	r = seal_open(&key, name, slot, &head, out, &len);
	if (r < 0) {
		assert_memory_equal(zero, out, sizeof(out));
		return r;
	}
	assert_int_equal(sizeof(text) - 1, len);
	assert_memory_equal(text, out, len);
	assert_int_equal(1000, head.uid);
	return r;
}

static void
round_trip(void **state)
{
	uint8_t slot[SEAL_SLOT], again[SEAL_SLOT];

	(void)state;
	make_slot(slot, UINT64_MAX);
	assert_int_equal(0, try_open(slot, "alice", 1));
	assert_int_equal(UINT64_MAX, seal_claim(slot));
	/* A nonce of its own each time. */
	make_slot(again, UINT64_MAX);
	assert_memory_not_equal(slot + 36, again + 36, 12);
	assert_null(memmem(slot, sizeof(slot), "uid=1000", 8));
}

static void
whose(void **state)
{
	uint8_t slot[SEAL_SLOT];

	(void)state;
	make_slot(slot, 7);
	assert_int_equal(-EBADMSG, try_open(slot, "bob", 1));
	assert_int_equal(-EBADMSG, try_open(slot, "alic", 1));
	assert_int_equal(-EBADMSG, try_open(slot, "alicea", 1));
	assert_int_equal(-ENOKEY, try_open(slot, "alice", 2));
	memset(slot, 0, sizeof(slot));
	assert_int_equal(-EBADMSG, try_open(slot, "alice", 1));
	assert_int_equal(0, seal_claim(slot));
}

/* T43: no bit of a slot may be flipped, but for the zeros behind the text. */
static void
every_bit(void **state)
{
	uint8_t slot[SEAL_SLOT];

	(void)state;
	make_slot(slot, 7);
	for (size_t i = 0; i < (SEAL_HEADER + sizeof(text) - 1) * 8; i++) {
		int r;

		slot[i / 8] ^= (uint8_t)(1 << i % 8);
		r = try_open(slot, "alice", 1);
		assert_true(
		    r == -EBADMSG || r == -ENOKEY || r == -EPROTONOSUPPORT);
		slot[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	assert_int_equal(0, try_open(slot, "alice", 1));
}

/* T44: a write torn at any byte leaves no slot that opens as either. */
static void
torn(void **state)
{
	uint8_t old[SEAL_SLOT], new[SEAL_SLOT], mixed[SEAL_SLOT];

	(void)state;
	make_slot(old, 7);
	make_slot(new, 9);
	for (size_t i = 1; i < SEAL_HEADER + sizeof(text) - 1; i++) {
		memcpy(mixed, old, sizeof(mixed));
		memcpy(mixed, new, i);
		if (memcmp(mixed, old, sizeof(mixed)) == 0 ||
		    memcmp(mixed, new, sizeof(mixed)) == 0)
			continue;
		assert_int_equal(-EBADMSG, try_open(mixed, "alice", 1));
	}
}

static void
newer_format(void **state)
{
	uint8_t slot[SEAL_SLOT];

	(void)state;
	make_slot(slot, 7);
	slot[8] = 2;
	assert_int_equal(-EPROTONOSUPPORT, try_open(slot, "alice", 1));
}

static void
lengths(void **state)
{
	static const size_t rows[] = { 0, 1, 15, 16, 17, SEAL_TEXT_MAX };
	struct seal_key key = make_key(1);
	const struct seal_head head = { 1, 1000 };
	struct seal_head got;
	char in[SEAL_TEXT_MAX + 1], out[SEAL_TEXT_MAX];
	uint8_t slot[SEAL_SLOT];
	size_t len;

	(void)state;
	memset(in, 'x', sizeof(in));
	for (size_t i = 0; i < N(rows); i++) {
		assert_int_equal(0,
		    seal_close(&key, "a", &head, in, rows[i], slot));
		assert_int_equal(0,
		    seal_open(&key, "a", slot, &got, out, &len));
		assert_int_equal(rows[i], len);
		assert_memory_equal(in, out, len);
	}
	assert_int_equal(-EINVAL,
	    seal_close(&key, "a", &head, in, sizeof(in), slot));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(whose),
		cmocka_unit_test(every_bit),
		cmocka_unit_test(torn),
		cmocka_unit_test(newer_format),
		cmocka_unit_test(lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
