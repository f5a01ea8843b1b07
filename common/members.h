/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Structs as lines of fields.h, by tables of their members.
 *
 * A list of members for each struct is all there is to it: writer, reader and
 * the proof that the fullest one fits are made of it.  record.h, record.c,
 * wire.c and delivery.c have the lists.  Members that are zero are left out,
 * and what a text does not say is zero.
 */
#ifndef COMMON_MEMBERS_H
#define COMMON_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fields.h"
#include "otp.h"

enum member_how {
	MEMBER_TEXT,   /* char[] with a NUL */
	MEMBER_LINES,  /* the same, with line ends: as bytes */
	MEMBER_NUMBER, /* of four or eight bytes */
	MEMBER_SMALL,  /* the same, up to 999 */
	MEMBER_TIME,   /* the same, up to RECORD_TIME_MAX */
	MEMBER_FLAG,   /* bool */
	MEMBER_SECRET, /* struct otp_secret */
	MEMBER_BYTES,  /* uint8_t[] */
	MEMBER_STEPS,  /* uint64_t[], highest first, each as TIME; 0 ends it */
};

struct member {
	const char *name;
	enum member_how how;
	size_t at, size;
};

/* Members of a struct, or of each struct in an array, in the whole. */
struct part {
	const char *prefix; /* of up to ten, "device." is "device.0." */
	const struct member *member;
	size_t n, at, size, count;
};

#define MEMBERS_SIZE_OF(type, member) sizeof(((struct type *)NULL)->member)
#define MEMBERS_N_OF(array) (sizeof(array) / sizeof((array)[0]))

/* For lists of X(struct, name in the text, member, how) */
#define MEMBERS_ROW(type, name, member, how)                                   \
	{ name, MEMBER_##how, offsetof(struct type, member),                   \
		MEMBERS_SIZE_OF(type, member) },

/* The whole itself as a part, which comes first; "list" is such a list. */
#define MEMBERS_WHOLE(whole, list)                                             \
	{                                                                      \
		"", list##_members, MEMBERS_N_OF(list##_members), 0,           \
		    sizeof(struct whole), 1                                    \
	}

/* A part of "whole"; "list" is such a list, and list##_members its rows. */
#define MEMBERS_PART(whole, list, prefix, member, count)                       \
	{ prefix, list##_members, MEMBERS_N_OF(list##_members),                \
		offsetof(struct whole, member),                                \
		MEMBERS_SIZE_OF(whole, member) / (count), count },

/* What a value can become, as text, at the most. */
#define MEMBERS_TEXT_LEN(size) ((size)-1)
#define MEMBERS_LINES_LEN(size) FIELDS_BASE64_LEN((size)-1)
#define MEMBERS_NUMBER_LEN(size) ((size) == 8 ? 20 : 10)
#define MEMBERS_SMALL_LEN(size) 3
#define MEMBERS_TIME_LEN(size) 11
#define MEMBERS_FLAG_LEN(size) 1
#define MEMBERS_SECRET_LEN(size) FIELDS_BASE64_LEN(OTP_SECRET_MAX)
#define MEMBERS_BYTES_LEN(size) FIELDS_BASE64_LEN(size)
#define MEMBERS_STEPS_LEN(size) ((size) / 8 * 12)
#define MEMBERS_LINE_LEN(type, name, member, how)                              \
	+sizeof(name "=") + MEMBERS_##how##_LEN(MEMBERS_SIZE_OF(type, member))
/* Of "count" parts: the prefix, and ".0" after it where there are several. */
#define MEMBERS_PART_LEN(list, prefix, member, count)                          \
	+(count) *                                                             \
	    (MEMBERS_N_OF(list##_members) *                                    \
		    (sizeof(prefix) - 1 + ((count) > 1 ? 2 : 0)) +             \
		(0 list(MEMBERS_LINE_LEN)))

/* Write them; a member that is out of bounds is a fault of "out". */
void members_put(struct fields_out *out, const struct part *parts, size_t n,
    const void *whole);

/*
 * Read the fields that are left, each into the member that it names.  0, or
 * -EBADMSG: nobody knows a key, it was there before, or its value is not of its
 * kind; "whole" has what came before that.
 */
int members_read(struct fields_in *in, const struct part *parts, size_t n,
    void *whole) __attribute__((warn_unused_result));

#endif
