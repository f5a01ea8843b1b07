/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A record under the host key: one slot of a record's file.
 *
 *	offset  bytes
 *	     0      8  "pam_otp\n"
 *	     8      4  format, 1
 *	    12      4  length of the text
 *	    16      8  key id: the first bytes of a hash of the key
 *	    24      8  generation
 *	    32      4  uid of the account
 *	    36     12  nonce, random
 *	    48     16  tag of AES-256-GCM
 *	    64         the text, encrypted; then zeros up to SEAL_SLOT
 *
 * Numbers are little-endian.  Associated data is bytes 0 to 47 and the user's
 * name, so a slot opens for the name it was made for, or not at all.
 */
#ifndef COMMON_SEAL_H
#define COMMON_SEAL_H

#include <stddef.h>
#include <stdint.h>

#define SEAL_SLOT 8192
#define SEAL_HEADER 64
#define SEAL_TEXT_MAX (SEAL_SLOT - SEAL_HEADER)
#define SEAL_KEY_LEN 32
#define SEAL_KEY_ID_LEN 8

struct seal_key {
	uint8_t bytes[SEAL_KEY_LEN];
	uint8_t id[SEAL_KEY_ID_LEN];
};

/* What a slot says of itself; true only once it has been opened. */
struct seal_head {
	uint64_t generation;
	uint32_t uid;
};

/* Set the id of a key from its bytes.  0, or -EIO. */
int seal_key_init(struct seal_key *key) __attribute__((warn_unused_result));

/*
 * Make a slot.  0; -EINVAL: the text is too long; -EIO: the crypto library
 * failed.  "slot" is all zero unless the result is 0.
 */
int seal_close(const struct seal_key *key, const char *name,
    const struct seal_head *head, const char *text, size_t len,
    uint8_t slot[static SEAL_SLOT]) __attribute__((warn_unused_result));

/*
 * Open a slot.  0; -EBADMSG: not a slot, torn, changed, or of another name;
 * -ENOKEY: sealed under another key; -EPROTONOSUPPORT: of a newer format;
 * -EIO: the crypto library failed, so it could not be tried.  "text" holds
 * nothing unless the result is 0.
 */
int seal_open(const struct seal_key *key, const char *name,
    const uint8_t slot[static SEAL_SLOT], struct seal_head *head,
    char text[static SEAL_TEXT_MAX], size_t *len)
    __attribute__((warn_unused_result));

/*
 * The generation that a slot claims, to choose the one to try first; 0 if it
 * is no slot.
 */
uint64_t seal_claim(const uint8_t slot[static SEAL_SLOT]);

#endif
