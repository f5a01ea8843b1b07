/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is told by mail of what was changed, after the fact.
 *
 * Best effort: nobody waits for it, and that it failed changes nothing.
 *
 * - It MUST go to whoever had the address BEFORE the change, since the change
 *   may be that somebody else has it now.
 */
#include "authority_call.h"

#include <stdio.h>
#include <string.h>

#include "ascii.h"
#include "deliver.h"
#include "sentence.h"

/* What is said; with it a message is within DELIVERY_TEXT_MAX. */
#define LINES_SIZE 1280

/* A line as a whole, or nothing. */
static void
add(char lines[static LINES_SIZE], const char *line)
{
	size_t len = strlen(lines), room = LINES_SIZE - len;

	if (snprintf(lines + len, room, "%s\n", line) >= (int)room)
		lines[len] = '\0';
}

static void
say_changes(const struct notices *notices, char lines[static LINES_SIZE])
{
	char line[SENTENCE_SIZE];

	for (size_t i = 0; i < notices->n; i++)
		if (sentence_change(&notices->change[i], line))
			add(lines, line);
	if (notices->untold)
		add(lines,
		    "something of it was used or changed. To see how it "
		    "stands, run: otp-enroll status");
}

/* All that this user is to be told; empty: nothing. */
static void
say(const struct notices *notices, char lines[static LINES_SIZE])
{
	lines[0] = '\0';
	say_changes(notices, lines);
	if (notices->off)
		add(lines,
		    "codes were switched off after too many wrong ones. A "
		    "recovery code or your administrator switches them on "
		    "again. Not you? Somebody knows your password: change it");
	else if (notices->row)
		add(lines,
		    "several wrong codes were typed in a row. Not you? "
		    "Somebody knows your password: change it");
	if (lines[0] != '\0' && notices->last)
		add(lines,
		    "what is done next is not mailed for some minutes, as it "
		    "is so much. To see how it stands, run: otp-enroll "
		    "status");
}

static void
send_to(const struct call *call, const struct secrets *secrets,
    enum policy_method method, const char *address, const char *lines)
{
	char host[HOST_NAME_MAX + 1], masked[ADDRESS_MASKED_SIZE];
	struct message message = call_message(call, host);
	struct delivery delivery;
	int r;

	message.method = method;
	message.to = address;
	r = message_notice(&message, call->delivery, secrets, lines, &delivery);
	if (r == 0)
		r = deliver_later(&call->delivery->send, &delivery);
	if (r < 0) {
		address_mask(address, masked);
		call_log(call, "a notice to %s was not sent: %s", masked,
		    deliver_strerror(r));
	}
}

/* Whoever would have been sent mail before; if nobody, whoever is now. */
static size_t
find_mail(struct call *call, struct contact to[static CONTACT_MAX])
{
	const struct notices *notices = &call->notices;
	struct record rec = { 0 };
	struct contact_ask ask = call_contacts(call, METHOD_EMAIL, &rec);
	size_t n;

	ask.local = true;
	memcpy(rec.email, notices->old_email, sizeof(rec.email));
	n = contact_find(&ask, to);
	if (n > 0 || strcmp(notices->old_email, notices->email) == 0)
		return n;
	memcpy(rec.email, notices->email, sizeof(rec.email));
	return contact_find(&ask, to);
}

static void
tell_mail(struct call *call, const struct secrets *secrets, const char *lines)
{
	const struct notices *notices = &call->notices;
	struct contact to[CONTACT_MAX];
	size_t n = find_mail(call, to);
	bool old = notices->old_email[0] != '\0' &&
	    !ascii_same(notices->old_email, notices->email);

	for (size_t i = 0; i < n; i++) {
		send_to(call, secrets, METHOD_EMAIL, to[i].address, lines);
		old = old && !ascii_same(notices->old_email, to[i].address);
	}
	/* Also where policy looks for none in the record. */
	if (old)
		send_to(call, secrets, METHOD_EMAIL, notices->old_email, lines);
}

/* A number is told when it is no longer one, with what else was done then. */
static void
tell_phone(struct call *call, const struct secrets *secrets)
{
	const struct notices *notices = &call->notices;
	char lines[LINES_SIZE] = "";

	if (notices->old_phone[0] == '\0' ||
	    ascii_same(notices->old_phone, notices->phone))
		return;
	say_changes(notices, lines);
	send_to(call, secrets, METHOD_SMS, notices->old_phone, lines);
}

void
call_notify(struct call *call)
{
	const unsigned int channels = call->policy->channels;
	struct secrets secrets;
	char lines[LINES_SIZE];

	if (!call->notices.any || (channels & METHODS_SENT) == 0)
		return;
	say(&call->notices, lines);
	if (lines[0] == '\0' || call_secrets(call, &secrets) < 0)
		return;
	if ((channels & METHOD_EMAIL) != 0)
		tell_mail(call, &secrets, lines);
	if ((channels & METHOD_SMS) != 0)
		tell_phone(call, &secrets);
	explicit_bzero(&secrets, sizeof(secrets));
}
