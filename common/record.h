/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All that is known of one user's second factor, and its text form.
 *
 * Every bound of it stands here; record.c proves at compile time that the
 * fullest record fits a slot of the store.  All zero is the record of somebody
 * who has nothing.  A record holds secrets: whoever fills one wipes it.
 *
 * The text form is lines of fields.h.  The first is the version; after it
 * come the members below under their own names ("device.0.label=phone"), those
 * that are zero being left out.  Numbers are as the enums here give them.
 */
#ifndef COMMON_RECORD_H
#define COMMON_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "address.h"
#include "code.h"
#include "otp.h"
#include "policy.h"
#include "seal.h"

/*
 * A reader takes this version and every older one (whatever an older one does
 * not say is zero), writes this one, and refuses a newer one.
 */
#define RECORD_VERSION 1

#define RECORD_DEVICES 5
#define RECORD_LABEL 64
#define RECORD_SPENT 16
#define RECORD_RECOVERY 10
#define RECORD_CHANGES 4
#define RECORD_RHOST 64
#define RECORD_SENDS 10 /* codes that may be sent in a day, in each lane */
#define RECORD_BOUND 8
#define RECORD_SENT_HASH 16
#define RECORD_TEXT_SIZE SEAL_TEXT_MAX

/* Seconds: 2^36 is the year 4147.  No clock that is right says more. */
#define RECORD_TIME_MAX (UINT64_C(1) << 36)

enum device_kind {
	DEVICE_NONE = 0,
	DEVICE_TOTP = 1,
	DEVICE_HOTP = 2,
};

struct device {
	char label[RECORD_LABEL + 1];
	enum device_kind kind;
	bool off; /* locked by name: answers are refused */
	struct otp_params otp;
	uint32_t period;              /* TOTP: seconds of a step */
	uint64_t counter;             /* HOTP: the next one */
	uint64_t resync;              /* HOTP: if not 0, passes next */
	uint64_t spent[RECORD_SPENT]; /* TOTP: highest first */
	uint64_t created, used;
};

/* A set of recovery codes: used up or replaced as a whole. */
struct recovery_set {
	uint64_t created; /* 0: there is no set */
	uint32_t spent;   /* bit i: code i */
	uint8_t salt[CODE_SALT_LEN];
	uint8_t hash[RECORD_RECOVERY][CODE_HASH_LEN];
};

/* What becomes of the devices there are when a pending one is confirmed. */
enum pending_mode {
	PENDING_NEW = 0,    /* it takes the place of all */
	PENDING_ADD = 1,    /* it comes beside them */
	PENDING_ROTATE = 2, /* it takes the place of the one of its label */
};

/* An enrolment that waits for a first code of its device. */
struct pending {
	uint64_t until; /* 0: there is none */
	enum pending_mode mode;
	uint32_t wrong; /* first codes that were not right */
	struct device device;
};

/* A set of recovery codes that waits for one of them to be typed back. */
struct pending_set {
	uint64_t until; /* 0: there is none */
	uint32_t wrong; /* what was typed back and was none of them */
	struct recovery_set set;
};

/* An administrator's leave to enrol, given to the user as a one-time code. */
struct ticket {
	uint64_t until; /* 0: there is none */
	uint64_t made;
	uint8_t salt[CODE_SALT_LEN];
	uint8_t hash[CODE_HASH_LEN];
};

/* Who locked everything but recovery codes. */
enum lock_kind {
	LOCK_NONE = 0,
	LOCK_USER = 1,
	LOCK_ROOT = 2,
};

/* Failures are counted by the way they came in, one way never for another. */
enum lane {
	LANE_LOGIN = 0, /* root callers: sshd, login, sudo */
	LANE_SOCKET,    /* processes of the user, through the service */
	LANES,
};

struct failures {
	uint32_t row;         /* codes of devices, since one was accepted */
	uint32_t budget;      /* the same, whatever was accepted */
	uint64_t budget_from; /* when its 30 days began */
	uint64_t wait_until;
	uint32_t recovery_row;
	uint64_t recovery_wait_until;
};

/*
 * The newest code that was sent, and when codes were: highest first, the first
 * being that of this one.  sent.h says what becomes of it.
 */
struct sent {
	uint64_t times[RECORD_SENDS];
	enum policy_method method; /* 0: there is none, or it was spent */
	uint32_t wrong;
	uint8_t bound[RECORD_BOUND]; /* to this scenario */
	uint8_t salt[CODE_SALT_LEN];
	uint8_t hash[RECORD_SENT_HASH];
};

/*
 * An address that waits for the code that was sent to it; the code is a struct
 * sent bound to SENT_CONFIRMS, of the lane that asked.
 */
struct pending_address {
	uint64_t until; /* 0: there is none */
	enum policy_method method;
	char text[ADDRESS_MAX + 1];
};

/*
 * What came in since the last login, to tell the user at the next one.  When
 * and from where is of logins; what came in by the socket sets it only where
 * nothing stands.
 */
struct missed {
	uint32_t wrong, replayed;
	uint64_t last;
	char rhost[RECORD_RHOST + 1]; /* as decide.c lets it in: can be shown */
};

enum change_kind {
	CHANGE_NONE = 0,
	CHANGE_DEVICE_ADDED = 1,
	CHANGE_DEVICE_REPLACED = 2, /* all there were, by this one */
	CHANGE_DEVICE_REMOVED = 3,
	CHANGE_RECOVERY_SET = 4,
	CHANGE_RECOVERY_USED = 5,
	CHANGE_ADOPTED = 6,
	CHANGE_DEVICE_ROTATED = 7, /* its secret, by a new one */
	CHANGE_DEVICE_RENAMED = 8, /* to this */
	CHANGE_DEVICE_LOCKED = 9,
	CHANGE_DEVICE_UNLOCKED = 10,
	CHANGE_LOCKED = 11, /* everything but recovery codes */
	CHANGE_UNLOCKED = 12,
	CHANGE_DISABLED = 13, /* the user took everything away */
	CHANGE_ADDRESS = 14,  /* "email" or "phone": set, or another */
	CHANGE_ADDRESS_REMOVED = 15,
};

/* A change that the user has not been told of yet, oldest first. */
struct change {
	uint64_t number; /* 1, 2, ... through the life of the record */
	uint64_t at;
	enum change_kind kind;
	char label[RECORD_LABEL + 1];
};

/*
 * The members of these two as lists of members.h: the text of a record and
 * what is said over the socket write them alike.
 */
/* clang-format off */
#define RECORD_MISSED(X)                                     \
	X(missed, "wrong", wrong, NUMBER)                    \
	X(missed, "replayed", replayed, NUMBER)              \
	X(missed, "last", last, TIME)                        \
	X(missed, "rhost", rhost, TEXT)

#define RECORD_CHANGE(X)                                     \
	X(change, "number", number, NUMBER)                  \
	X(change, "at", at, TIME)                            \
	X(change, "kind", kind, SMALL)                       \
	X(change, "label", label, TEXT)
/* clang-format on */

struct record {
	uint64_t uid;
	uint64_t created;
	enum lock_kind locked; /* everything but recovery codes */
	uint64_t locked_at;
	struct device device[RECORD_DEVICES]; /* without gaps */
	struct recovery_set recovery;

	/* Confirmed addresses, and since when; empty: none. */
	char email[ADDRESS_MAX + 1], phone[ADDRESS_PHONE_MAX + 1];
	uint64_t email_since, phone_since;
	struct pending_address pending_address;
	struct sent sent[LANES];

	struct pending pending;
	struct pending_set pending_set;
	struct ticket ticket;
	struct failures failures[LANES];
	struct missed missed;
	uint64_t changes; /* the number of the newest ever */
	uint64_t untold;  /* since when there is one to tell, or 0 */
	uint64_t notices; /* when those that were mailed count no more */
	struct change change[RECORD_CHANGES];
};

/*
 * Write the text form.  0 and its length, or -EINVAL: a member is out of
 * bounds.  "text" is not NUL-terminated, and is wiped unless the result is 0.
 */
int record_write(const struct record *rec, char text[static RECORD_TEXT_SIZE],
    size_t *len) __attribute__((warn_unused_result));

/*
 * Read it.  0; -EPROTONOSUPPORT: a newer version wrote it; -EBADMSG: not the
 * text of a record.  "rec" is all zero unless the result is 0.
 */
int record_read(const char *text, size_t len, struct record *rec)
    __attribute__((warn_unused_result));

/*
 * May a record hold "label"?  1 to RECORD_LABEL bytes, none of them a control
 * byte: there are records with others than may be given now, and whoever has
 * one must not be locked out.
 */
bool record_label_ok(const char *label);

/* May "label" be given to something new?  The same, of utf8_plain() alone. */
bool record_label_new_ok(const char *label);

/* The number of devices, and of recovery codes that are left. */
size_t record_devices(const struct record *rec);
unsigned int record_recovery_left(const struct recovery_set *set);

/* The place of the device of this label, or -ENOENT. */
int record_find(const struct record *rec, const char *label);

#endif
