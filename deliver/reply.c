/* SPDX-License-Identifier: BSD-2-Clause */
#include "reply.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <syslog.h>
#include <unistd.h>

#include "common/address.h"
#include "common/ascii.h"

/* Whatever a library calls a failure: it must stay one line. */
static void
tame(char *text)
{
	for (; *text != '\0'; text++)
		if (!ascii_printable(*text))
			*text = '?';
}

void
reply_failed(struct reply *reply, const char *format, ...)
{
	va_list args;

	reply->ok = false;
	va_start(args, format);
	if (vsnprintf(reply->text, sizeof(reply->text), format, args) < 0)
		reply->text[0] = '\0';
	va_end(args);
	tame(reply->text);
}

void
reply_address(struct reply *reply, enum policy_method channel, const char *text)
{
	char address[ADDRESS_MAX + 1];
	size_t len = strlen(reply->text);

	if (address_read(channel, text, address) &&
	    len + 1 + strlen(address) < sizeof(reply->text))
		sprintf(reply->text + len, "%s%s", len > 0 ? " " : "", address);
}

void
reply_write(struct reply *reply)
{
	char line[DELIVERY_REPLY_MAX];
	int n = snprintf(line, sizeof(line), "%s%s%s\n",
	    reply->ok ? "ok" : "failed", reply->text[0] != '\0' ? " " : "",
	    reply->text);

	if (reply->written)
		return;
	reply->written = true;
	if (reply->later[0] != '\0' && !reply->ok)
		syslog(LOG_ERR, "a message to %s was not sent: %s",
		    reply->later, reply->text);
	if (n > 0 && write(STDOUT_FILENO, line, (size_t)n) < 0)
		return;
	/* A socket has standard input for its other end: closing is no end. */
	shutdown(STDOUT_FILENO, SHUT_WR);
	close(STDOUT_FILENO);
}
