/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What stands behind pam_otp.so in a PAM service's file.
 */
#ifndef PAM_OTP_ARGUMENTS_H
#define PAM_OTP_ARGUMENTS_H

#include <stdbool.h>

struct arguments {
	const char *conf;     /* conf=PATH, absolute, or NULL */
	const char *scenario; /* scenario=NAME, or NULL */
	bool debug;
};

/*
 * Read them.  NULL, or the first one that is unknown, empty, given twice or
 * not an absolute path: then nothing may pass, since whoever wrote it wanted
 * something else than what we would do.
 */
const char *arguments_read(int argc, const char **argv,
    struct arguments *arguments) __attribute__((warn_unused_result));

#endif
