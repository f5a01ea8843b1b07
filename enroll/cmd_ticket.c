/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "enroll/context.h"
#include "enroll/listing.h"
#include "enroll/report.h"
#include "enroll/tty.h"

/* Whatever ticket there was before is good no more. */
static int
say_unprinted(void)
{
	return report(EXIT_FAULT,
	    "the ticket could not be printed: run this again");
}

static int
print_json(const struct context *context, const struct reply *reply)
{
	struct json json = { .out = stdout };

	json_open(&json, NULL, '{');
	json_text(&json, "user", context->person.name);
	json_text(&json, "ticket", reply->ticket);
	json_number(&json, "until", reply->ticket_until);
	json_close(&json, '}');
	return json_end(&json) < 0 ? say_unprinted() : EXIT_DONE;
}

static int
print(const struct context *context, const struct reply *reply)
{
	char host[HOST_NAME_MAX + 1] = "this machine";
	char when[LISTING_TIME_SIZE];

	if (context->options.given & OPTION_JSON)
		return print_json(context, reply);
	gethostname(host, sizeof(host) - 1);
	tty_say("A ticket for %s, good for one enrolment until %s:",
	    context->person.shown, listing_date(reply->ticket_until, when));
	printf("\n    %s\n\n", reply->ticket);
	tty_say("It is not shown again, and takes the place of any before it. "
		"Give it to %s with this sentence:",
	    context->person.shown);
	putchar('\n');
	tty_say("On %s type  otp-enroll new  and, when it asks for your "
		"ticket, this one.",
	    host);
	return fflush(stdout) != 0 || ferror(stdout) ? say_unprinted()
						     : EXIT_DONE;
}

static int
ask(const struct context *context)
{
	struct request request = context_request(context, VERB_TICKET);
	struct reply reply = { 0 };
	int r;

	request.seconds = context->options.hours * 3600;
	r = authority_ask(context->authority, &request, &reply);
	r = report_reply(r, &reply);
	if (r == 0)
		r = print(context, &reply);
	explicit_bzero(&reply, sizeof(reply));
	return r;
}

int
cmd_ticket(const struct context *context)
{
	struct status status;
	int r;

	if (getuid() != 0)
		return report(EXIT_NO,
		    "tickets come from an administrator: ask yours for "
		    "\"otp-enroll ticket --user %s\"",
		    context->person.shown);
	r = context_status(context, &status);
	if (r != 0)
		return r;
	if (status.enrolled)
		return report(EXIT_NO,
		    "%s has a second factor, and needs no ticket to change it; "
		    "where all of it is lost, take it away first: otp-enroll "
		    "reset --user %s",
		    context->person.shown, context->person.shown);
	return ask(context);
}
