/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A code on its way to the delivery program, and what notices need for theirs.
 *
 * - A code, or a whole address, MUST NOT be logged.
 * - A code MUST be in no memory of ours while a server takes its time.
 */
#include "authority_call.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "deliver.h"
#include "random.h"

#define LOG_SIZE (DELIVERY_REPLY_MAX + 256)

void
call_log(const struct call *call, const char *format, ...)
{
	char text[LOG_SIZE];
	va_list args;

	if (call->log == NULL)
		return;
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	call->log(call->log_arg, text);
}

static void
log_fault(void *arg, const char *file, unsigned int line, const char *what)
{
	char text[CONF_FAULT_SIZE];

	call_log(arg, "%s", conf_fault_text(file, line, what, text));
}

static void
log_contact(void *arg, const char *what)
{
	call_log(arg, "%s", what);
}

struct contact_ask
call_contacts(struct call *call, enum policy_method method,
    const struct record *rec)
{
	return (struct contact_ask){
		.policy = call->delivery,
		.method = method,
		.account = call->req->account.name,
		.rec = rec,
		.deadline = call->deadline,
		.log = log_contact,
		.arg = call,
	};
}

int
call_secrets(struct call *call, struct secrets *secrets)
{
	return secrets_read(call->delivery->send.secrets, log_fault, call,
	    secrets);
}

struct message
call_message(const struct call *call, char host[static HOST_NAME_MAX + 1])
{
	const struct request *req = call->req;
	bool login = req->verb == VERB_SEND || req->verb == VERB_ANSWER ||
	    req->verb == VERB_TEST;

	if (gethostname(host, HOST_NAME_MAX + 1) < 0)
		host[0] = '\0';
	host[HOST_NAME_MAX] = '\0';
	return (struct message){
		.user = req->account.name,
		.host = host,
		.login = login,
		.service = req->service,
		.rhost = req->rhost,
		.root = req->caller == 0,
		.now = req->now,
	};
}

int
call_make_sent(struct call *call)
{
	uint8_t random[SENT_RANDOM];
	int r = random_bytes(random, sizeof(random));

	if (r == 0)
		r = random_bytes(call->sent_salt, sizeof(call->sent_salt));
	if (r == 0 && !sent_write(&call->policy->sent, random, call->sent))
		r = -EIO;
	explicit_bzero(random, sizeof(random));
	return r;
}

int
call_keep_sent(struct call *call, const char *scenario, struct record *next)
{
	return sent_store(call->sent, scenario, call->to.method,
	    call->sent_salt, call->req->now, &next->sent[call->req->lane]);
}

/* What is to be delivered; 0, or an error, of which "why" may say more. */
static int
make_delivery(struct call *call, struct delivery *delivery,
    char why[static DELIVERY_REPLY_MAX])
{
	char host[HOST_NAME_MAX + 1];
	struct message message = call_message(call, host);
	struct secrets secrets;
	int r = call_secrets(call, &secrets);

	if (r < 0)
		strcpy(why, "the file of passwords cannot be used");
	message.method = call->to.method;
	message.to = call->to.address;
	if (r == 0)
		r = message_code(&message, call->delivery, &secrets,
		    &call->policy->sent, call->sent, delivery);
	explicit_bzero(&secrets, sizeof(secrets));
	/* Sent to nobody: the same work comes to nothing. */
	if (r == 0 && call->to.address[0] == '\0')
		delivery->kind = DELIVERY_LOOKUP;
	return r;
}

/*
 * 0, or an error; "why" is left empty where deliver_strerror() knows it.  The
 * log alone hears of either.
 */
static int
hand_over(struct call *call, bool later, char why[static DELIVERY_REPLY_MAX])
{
	const struct policy_send *send = &call->delivery->send;
	struct delivery delivery;
	int r = make_delivery(call, &delivery, why);

	/* Before anything is waited for; deliver() wipes the rest. */
	explicit_bzero(call->sent, sizeof(call->sent));
	if (r < 0)
		return r;
	return later ? deliver_later(send, &delivery)
		     : deliver(send, &delivery, call->deadline, why);
}

void
call_deliver(struct call *call, bool later)
{
	struct send_reply *send = &call->reply->send;
	char why[DELIVERY_REPLY_MAX] = "", masked[ADDRESS_MASKED_SIZE];
	int r = hand_over(call, later, why);

	address_mask(call->to.address, masked);
	if (r < 0)
		call_log(call, "a code to %s was not sent: %s", masked,
		    why[0] != '\0' ? why : deliver_strerror(r));
	if (later)
		return;
	send->result = r < 0 ? SEND_FAILED : SEND_SENT;
	send->n_offers = 1;
	memcpy(send->offer[0].masked, masked, sizeof(masked));
}

/* As a login has it, in the administrator's words: the code is of zeros. */
int
call_test(struct call *call)
{
	const struct request *req = call->req;

	if ((call->policy->channels & req->channel) == 0)
		return -ENOTSUP;
	call->to.method = req->channel;
	if (req->address == NULL ||
	    !address_read(req->channel, req->address, call->to.address))
		return -EINVAL;
	memset(call->sent, '0', call->policy->sent.length);
	call_deliver(call, false);
	call->reply->verdict = VERDICT_ACCEPT;
	return 0;
}
