/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include "deliver.h"

const char *
deliver_strerror(int error)
{
	static const struct {
		int error;
		const char *text;
	} rows[] = {
		{ -EREMOTEIO, "it was refused" },
		{ -ETIME, "there was no answer in time (timeout in [send])" },
		{ -ETIMEDOUT, "no time was left for it (timeout in [send])" },
		{ -EPROTO,
		    "the delivery program said nothing that can be "
		    "understood" },
		{ -EHOSTDOWN,
		    "nobody serves the socket of [send]: start "
		    "pam_otp-send.socket, or pam_otpd --listen as root" },
		{ -ENOENT,
		    "there is no delivery program (program in [send]), "
		    "or no user " DELIVER_USER
		    ": install the package pam-otp-send" },
		{ -EACCES,
		    "program or socket of [send] may not be used: run "
		    "\"otp-enroll config --check\"" },
		{ -EINVAL,
		    "what was to be sent is no message: run "
		    "\"otp-enroll config --check\"" },
		{ -ENOBUFS, "the text is too long" },
	};
	const char *text = strerrordesc_np(-error);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].error == error)
			return rows[i].text;
	return text != NULL ? text : "unknown";
}
