/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <unistd.h>

#include "common/address.h"
#include "enroll/context.h"
#include "enroll/report.h"
#include "enroll/tty.h"

/* Why it failed was told as it would be logged. */
static int
say(const char *address, const struct reply *reply)
{
	if (reply->send.result != SEND_SENT)
		return report(EXIT_FAULT,
		    "nothing was sent: mend what stands above, and try again");
	tty_say("A message for %s is on its way: look whether it arrives. The "
		"code in it lets nobody in.",
	    address);
	return EXIT_DONE;
}

int
cmd_test(const struct context *context)
{
	struct request request = context_request(context, VERB_TEST);
	char address[ADDRESS_MAX + 1];
	struct reply reply;
	int r;

	if (getuid() != 0)
		return report(EXIT_NO, "only root can have messages sent");
	request.channel = address_channel(context->word[0]);
	if (!address_read(request.channel, context->word[0], address))
		return report_usage("\"%s\" is neither an email address nor "
				    "a phone number",
		    context->word[0]);
	request.account = (struct account){ "root", 0, true };
	request.service = "otp-enroll";
	request.address = address;
	r = authority_ask(context->authority, &request, &reply);
	if (r == -ENOTSUP)
		return report(EXIT_NO,
		    "the configuration has no server for that in [%s]",
		    request.channel == METHOD_EMAIL ? "email" : "sms");
	r = report_reply(r, &reply);
	return r != 0 ? r : say(address, &reply);
}
