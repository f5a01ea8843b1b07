/* SPDX-License-Identifier: BSD-2-Clause */
#include "store.h"

#include <errno.h>
#include <string.h>

const char *
store_strerror(int error)
{
	static const struct {
		int error;
		const char *text;
	} rows[] = {
		{ -ENOENT, "there is no record of this user" },
		{ -ENOMEDIUM,
		    "there is no store here: mount it, or make one with "
		    "\"otp-enroll init\"" },
		{ -ESTALE,
		    "the record belongs to another uid: an administrator can "
		    "\"otp-enroll adopt\" it, if it is the same person, or "
		    "\"reset\" it" },
		{ -EBADMSG,
		    "the record does not open, it is damaged: restore it, or "
		    "\"otp-enroll reset\" it" },
		{ -ENOKEY,
		    "the key is missing or is not the one that this was "
		    "sealed under: put the right key back" },
		{ -EKEYREJECTED,
		    "the key is not the one that the store was made with: put "
		    "the right key back" },
		{ -EPROTONOSUPPORT,
		    "a newer version of pam_otp wrote the record: upgrade "
		    "this one" },
		{ -EPERM,
		    "a file of the store or its key has not the type, owner "
		    "or mode that pam_otp gave it: put them right" },
		{ -EACCES, "only root may open this store" },
		{ -ETIMEDOUT,
		    "another process held the record for too long: try again" },
		{ -ENOSPC, "the disk of the store is full: free some space" },
		{ -EFBIG,
		    "the file size limit of this process is too low and "
		    "cannot be lifted: raise it (ulimit -f)" },
		{ -ENOTEMPTY,
		    "records are here but their key or mark is not, and a new "
		    "one would not open them: restore both" },
		{ -EOVERFLOW,
		    "the record was written as often as one can be: "
		    "\"otp-enroll reset\" it" },
		{ -EEXIST, "it is there already, and was left as it is" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].error == error)
			return rows[i].text;
	return strerrordesc_np(-error) ? strerrordesc_np(-error) : "unknown";
}
