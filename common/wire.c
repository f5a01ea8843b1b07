/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire.h"

#include <errno.h>
#include <string.h>

#include "members.h"

/* X(struct, name in the text, member, how it is written) */
/* clang-format off */
#define REQUEST(X)                                           \
	X(wire_request, "verb", verb, TEXT)                  \
	X(wire_request, "user", user, TEXT)                  \
	X(wire_request, "service", service, TEXT)            \
	X(wire_request, "scenario", scenario, TEXT)          \
	X(wire_request, "rhost", rhost, TEXT)                \
	X(wire_request, "answer", answer, TEXT)              \
	X(wire_request, "label", label, TEXT)                \
	X(wire_request, "new_label", new_label, TEXT)        \
	X(wire_request, "kind", kind, SMALL)                 \
	X(wire_request, "hash", hash, SMALL)                 \
	X(wire_request, "digits", digits, SMALL)             \
	X(wire_request, "period", period, SMALL)             \
	X(wire_request, "mode", mode, SMALL)                 \
	X(wire_request, "unchecked", unchecked, FLAG)        \
	X(wire_request, "recovery", recovery, FLAG)          \
	X(wire_request, "channel", channel, SMALL)           \
	X(wire_request, "choice", choice, SMALL)             \
	X(wire_request, "address", address, TEXT)            \
	X(wire_request, "seconds", seconds, NUMBER)

#define REPLY(X)                                             \
	X(reply, "pass", pass, FLAG)                         \
	X(reply, "wait", outcome.wait, NUMBER)               \
	X(reply, "method", outcome.method, SMALL)            \
	X(reply, "recovery_left", outcome.recovery_left, SMALL) \
	X(reply, "ahead", ahead, NUMBER)                     \
	X(reply, "behind", behind, NUMBER)                   \
	X(reply, "hash", otp.hash, SMALL)                    \
	X(reply, "digits", otp.digits, SMALL)                \
	X(reply, "secret", otp.secret, SECRET)               \
	X(reply, "codes", n_codes, SMALL)                    \
	X(reply, "ticket", ticket, TEXT)                     \
	X(reply, "ticket_until", ticket_until, TIME)

#define SEND(X)                                              \
	X(send_reply, "result", result, SMALL)               \
	X(send_reply, "wait", wait, NUMBER)                  \
	X(send_reply, "offers", n_offers, SMALL)

#define OFFER(X)                                             \
	X(offer_address, "masked", masked, TEXT)

#define CODE(X)                                              \
	X(wire_code, "text", text, TEXT)

#define CHALLENGE(X)                                         \
	X(challenge, "enrolled", enrolled, FLAG)             \
	X(challenge, "methods", methods, NUMBER)             \
	X(challenge, "barriers", barriers, NUMBER)           \
	X(challenge, "wait", wait, NUMBER)                   \
	X(challenge, "recovery_left", recovery_left, SMALL)  \
	X(challenge, "sent", sent, SMALL)                    \
	X(challenge, "sent_at", sent_at, TIME)               \
	X(challenge, "send_only", send_only, FLAG)

#define STATUS(X)                                            \
	X(status, "enrolled", enrolled, FLAG)                \
	X(status, "locked", locked, SMALL)                   \
	X(status, "locked_at", locked_at, TIME)              \
	X(status, "devices", n_devices, SMALL)               \
	X(status, "recovery_left", recovery_left, SMALL)     \
	X(status, "recovery_created", recovery_created, TIME) \
	X(status, "pending_until", pending_until, TIME)      \
	X(status, "pending_mode", pending_mode, SMALL)       \
	X(status, "pending_label", pending_label, TEXT)      \
	X(status, "pending_set_until", pending_set_until, TIME) \
	X(status, "ticket_until", ticket_until, TIME)        \
	X(status, "email", email, TEXT)                      \
	X(status, "phone", phone, TEXT)                      \
	X(status, "pending_address_until", pending_address_until, TIME) \
	X(status, "pending_channel", pending_channel, SMALL) \
	X(status, "pending_address", pending_address, TEXT)  \
	X(status, "channels", channels, NUMBER)              \
	X(status, "enroll", enroll, SMALL)                   \
	X(status, "self_lock", self_lock, FLAG)

#define DEVICE(X)                                            \
	X(device_status, "label", label, TEXT)               \
	X(device_status, "kind", kind, SMALL)                \
	X(device_status, "hash", hash, SMALL)                \
	X(device_status, "digits", digits, SMALL)            \
	X(device_status, "period", period, SMALL)            \
	X(device_status, "off", off, FLAG)                   \
	X(device_status, "created", created, TIME)           \
	X(device_status, "used", used, TIME)

#define LANE(X)                                              \
	X(lane_status, "off", off, FLAG)                     \
	X(lane_status, "row", row, NUMBER)                   \
	X(lane_status, "budget", budget, NUMBER)             \
	X(lane_status, "wait", wait, NUMBER)

/* X(list, prefix in the text, member of the reply, how many of it) */
#define REPLY_PARTS(X)                                       \
	X(CODE, "code.", code, RECORD_RECOVERY)              \
	X(SEND, "send.", send, 1)                            \
	X(OFFER, "offer.", send.offer, SEND_OFFERS)          \
	X(CHALLENGE, "challenge.", challenge, 1)             \
	X(RECORD_MISSED, "missed.", challenge.missed, 1)            \
	X(RECORD_CHANGE, "change.", challenge.change, RECORD_CHANGES) \
	X(STATUS, "status.", status, 1)                      \
	X(RECORD_MISSED, "status.missed.", status.missed, 1)        \
	X(DEVICE, "device.", status.device, RECORD_DEVICES)  \
	X(LANE, "lane.", status.lane, LANES)
/* clang-format on */

/* One of reply.code, as a struct. */
struct wire_code {
	char text[CODE_RECOVERY_SIZE];
};

static const struct member REQUEST_members[] = { REQUEST(MEMBERS_ROW) };
static const struct member REPLY_members[] = { REPLY(MEMBERS_ROW) };
static const struct member SEND_members[] = { SEND(MEMBERS_ROW) };
static const struct member OFFER_members[] = { OFFER(MEMBERS_ROW) };
static const struct member CODE_members[] = { CODE(MEMBERS_ROW) };
static const struct member CHALLENGE_members[] = { CHALLENGE(MEMBERS_ROW) };
static const struct member RECORD_MISSED_members[] = { RECORD_MISSED(
    MEMBERS_ROW) };
static const struct member RECORD_CHANGE_members[] = { RECORD_CHANGE(
    MEMBERS_ROW) };
static const struct member STATUS_members[] = { STATUS(MEMBERS_ROW) };
static const struct member DEVICE_members[] = { DEVICE(MEMBERS_ROW) };
static const struct member LANE_members[] = { LANE(MEMBERS_ROW) };

#define PART(...) MEMBERS_PART(reply, __VA_ARGS__)

static const struct part request_parts[] = { MEMBERS_WHOLE(wire_request,
    REQUEST) };
static const struct part reply_parts[] = { MEMBERS_WHOLE(reply, REPLY),
	REPLY_PARTS(PART) };

_Static_assert(RECORD_RECOVERY <= 10 && SEND_OFFERS <= 10,
    "a place has one digit");
_Static_assert(sizeof("version=") + 10 + (0 REQUEST(MEMBERS_LINE_LEN)) <=
	WIRE_REQUEST_MAX,
    "the longest request fits");
_Static_assert(sizeof("version=") + 10 + sizeof("verdict=") + 10 +
	    (0 REPLY(MEMBERS_LINE_LEN)) + (0 REPLY_PARTS(MEMBERS_PART_LEN)) <=
	WIRE_REPLY_MAX,
    "the longest reply fits");

static const char *const verb_names[VERBS] = {
	[VERB_CHALLENGE] = "challenge",
	[VERB_ANSWER] = "answer",
	[VERB_ENROL] = "enrol",
	[VERB_CONFIRM] = "confirm",
	[VERB_STATUS] = "status",
	[VERB_RECOVERY] = "recovery",
	[VERB_RENAME] = "rename",
	[VERB_REMOVE] = "remove",
	[VERB_LOCK] = "lock",
	[VERB_UNLOCK] = "unlock",
	[VERB_DISABLE] = "disable",
	[VERB_RESET] = "reset",
	[VERB_TICKET] = "ticket",
	[VERB_SEND] = "send",
	[VERB_ADDRESS] = "address",
	[VERB_CONFIRM_ADDRESS] = "confirm_address",
	[VERB_TEST] = "test",
	[VERB_ADOPT] = "adopt",
};

static const enum verdict verdicts[] = { VERDICT_DENY, VERDICT_MALFORMED,
	VERDICT_REPLAY, VERDICT_WAIT, VERDICT_OFF, VERDICT_UNUSABLE,
	VERDICT_ACCEPT };

/* Copy text that may be NULL; false: it is too long to be carried. */
static bool
take(const char *text, char *out, size_t size)
{
	size_t len = text == NULL ? 0 : strlen(text);

	if (len >= size)
		return false;
	memcpy(out, text == NULL ? "" : text, len);
	return true;
}

/* What the host says of a login is cut to size: it decides nothing there. */
static void
take_cut(const char *text, char *out, size_t size)
{
	if (text != NULL)
		memcpy(out, text, strnlen(text, size - 1));
}

/* Nothing at all takes an address away; an empty one must not. */
static bool
take_address(const struct request *req, struct wire_request *wire)
{
	if (req->verb == VERB_ADDRESS && req->address != NULL &&
	    req->address[0] == '\0')
		return false;
	return take(req->address, wire->address, sizeof(wire->address));
}

static bool
wire_of(const struct request *req, struct wire_request *wire)
{
	*wire = (struct wire_request){
		.kind = req->kind,
		.hash = req->hash,
		.digits = req->digits,
		.period = req->period,
		.mode = req->mode,
		.unchecked = req->unchecked,
		.recovery = req->recovery,
		.channel = req->channel,
		.choice = req->choice,
		.seconds = req->seconds,
	};
	take_cut(req->rhost, wire->rhost, sizeof(wire->rhost));
	return (unsigned int)req->verb < VERBS &&
	    take(verb_names[req->verb], wire->verb, sizeof(wire->verb)) &&
	    take(req->account.name, wire->user, sizeof(wire->user)) &&
	    take(req->service, wire->service, sizeof(wire->service)) &&
	    take(req->scenario, wire->scenario, sizeof(wire->scenario)) &&
	    take(req->answer, wire->answer, sizeof(wire->answer)) &&
	    take(req->label, wire->label, sizeof(wire->label)) &&
	    take(req->new_label, wire->new_label, sizeof(wire->new_label)) &&
	    take_address(req, wire);
}

int
wire_request_write(const struct request *req,
    char text[static WIRE_REQUEST_MAX], size_t *len)
{
	struct wire_request wire;
	struct fields_out out;
	int r = -EINVAL;

	fields_begin(&out, text, WIRE_REQUEST_MAX);
	if (wire_of(req, &wire)) {
		fields_put_number(&out, "version", WIRE_VERSION);
		members_put(&out, request_parts, MEMBERS_N_OF(request_parts),
		    &wire);
		r = fields_end(&out, len) < 0 ? -EINVAL : 0;
	}
	explicit_bzero(&wire, sizeof(wire));
	if (r < 0)
		explicit_bzero(text, WIRE_REQUEST_MAX);
	return r;
}

/* The first field: 0, or why the rest is not to be looked at. */
static int
read_version(struct fields_in *in)
{
	struct field field;
	uint64_t version;

	if (fields_next(in, &field) <= 0 || !field_is(&field, "version") ||
	    field_number(&field, UINT32_MAX, &version) < 0)
		return -EPROTO;
	return version == WIRE_VERSION ? 0 : -EPROTONOSUPPORT;
}

/* NULL if there was nothing. */
static const char *
given(const char *text)
{
	return *text != '\0' ? text : NULL;
}

static bool
request_of(const struct wire_request *wire, struct request *req)
{
	unsigned int verb = 0;

	while (verb < VERBS && strcmp(verb_names[verb], wire->verb) != 0)
		verb++;
	*req = (struct request){
		.verb = (enum verb)verb,
		.account = { .name = given(wire->user) },
		.service = given(wire->service),
		.scenario = given(wire->scenario),
		.rhost = given(wire->rhost),
		.answer = given(wire->answer),
		.label = given(wire->label),
		.new_label = given(wire->new_label),
		.kind = wire->kind,
		.hash = wire->hash,
		.digits = wire->digits,
		.period = wire->period,
		.mode = wire->mode,
		.unchecked = wire->unchecked,
		.recovery = wire->recovery,
		.channel = wire->channel,
		.choice = wire->choice,
		.address = given(wire->address),
		.seconds = wire->seconds,
	};
	return verb < VERBS;
}

int
wire_request_read(const char *text, size_t len, struct wire_request *wire,
    struct request *req)
{
	struct fields_in in;
	int r;

	memset(wire, 0, sizeof(*wire));
	memset(req, 0, sizeof(*req));
	fields_open(&in, text, len);
	r = read_version(&in);
	if (r < 0)
		return r;
	r = members_read(&in, request_parts, MEMBERS_N_OF(request_parts), wire);
	return r == 0 && request_of(wire, req) ? 0 : -EPROTO;
}

int
wire_reply_write(int error, const struct reply *reply,
    char text[static WIRE_REPLY_MAX], size_t *len)
{
	const char *name = error < 0 ? strerrorname_np(-error) : NULL;
	struct fields_out out;
	int r;

	fields_begin(&out, text, WIRE_REPLY_MAX);
	fields_put_number(&out, "version", WIRE_VERSION);
	if (error < 0) {
		fields_put(&out, "error", name != NULL ? name : "EIO");
	} else {
		fields_put(&out, "verdict", decide_name(reply->verdict));
		members_put(&out, reply_parts, MEMBERS_N_OF(reply_parts),
		    reply);
	}
	r = fields_end(&out, len) < 0 ? -EINVAL : 0;
	if (r < 0)
		explicit_bzero(text, WIRE_REPLY_MAX);
	return r;
}

/* An error by its name; whatever we do not know is still an error. */
static int
read_error(const struct field *field)
{
	for (int error = 1; error < 256; error++) {
		const char *name = strerrorname_np(error);

		if (name != NULL && strlen(name) == field->value_len &&
		    memcmp(name, field->value, field->value_len) == 0)
			return -error;
	}
	return -EIO;
}

static int
read_verdict(const struct field *field, struct reply *reply)
{
	for (size_t i = 0; i < MEMBERS_N_OF(verdicts); i++) {
		const char *name = decide_name(verdicts[i]);

		if (strlen(name) != field->value_len ||
		    memcmp(name, field->value, field->value_len) != 0)
			continue;
		reply->verdict = reply->outcome.verdict = verdicts[i];
		return 0;
	}
	return -EPROTO;
}

/* What follows from members, and is not carried. */
static int
complete(struct reply *reply)
{
	if (reply->n_codes > RECORD_RECOVERY ||
	    reply->send.n_offers > SEND_OFFERS ||
	    reply->send.result >= SEND_RESULTS ||
	    reply->status.n_devices > RECORD_DEVICES)
		return -EPROTO;
	reply->reason = reply->challenge.enrolled ? "enrolled" : "unenrolled";
	return 0;
}

int
wire_reply_read(const char *text, size_t len, struct reply *reply)
{
	struct fields_in in;
	struct field field;
	int r;

	memset(reply, 0, sizeof(*reply));
	fields_open(&in, text, len);
	r = read_version(&in);
	if (r < 0)
		return -EPROTO;
	if (fields_next(&in, &field) <= 0)
		return -EPROTO;
	if (field_is(&field, "error")) {
		/* Of the protocol's version, not of the record's. */
		r = read_error(&field);
		return r == -EPROTONOSUPPORT ? -EPROTO : r;
	}
	if (!field_is(&field, "verdict") || read_verdict(&field, reply) < 0)
		return -EPROTO;
	r = members_read(&in, reply_parts, MEMBERS_N_OF(reply_parts), reply);
	if (r == 0)
		r = complete(reply);
	if (r < 0) {
		explicit_bzero(reply, sizeof(*reply));
		r = -EPROTO;
	}
	return r;
}
