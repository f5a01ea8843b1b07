/* SPDX-License-Identifier: BSD-2-Clause */
#include "enroll/device.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/duration.h"
#include "enroll/report.h"
#include "enroll/screen.h"
#include "enroll/tty.h"

struct shown {
	const struct context *context;
	const struct offer *offer;
	const char *title;
	enum qr_form form;
};

int
device_confirm(const struct context *context, const char *typed,
    const struct otp_secret *secret, struct reply *reply)
{
	struct request request = context_request(context, VERB_CONFIRM);

	request.answer = typed;
	request.unchecked = typed == NULL;
	request.secret = secret;
	return authority_ask(context->authority, &request, reply);
}

static void
gap(struct page *page, enum words words)
{
	if (words == WORDS_AIRY)
		page_gap(page);
}

static void
add_key(struct page *page, enum words words, const struct shown *shown)
{
	gap(page, words);
	page_text(page, shown->offer->key);
	if (shown->context->options.given & OPTION_URI) {
		gap(page, words);
		page_text(page, shown->offer->uri);
	}
	gap(page, words);
}

static void
fill(struct page *page, enum words words, void *arg)
{
	const struct shown *shown = arg;
	const struct terms *terms = &shown->offer->terms;
	char line[128];

	if (words == WORDS_FEW) {
		page_text(page,
		    "Scan this with an authenticator app, or type "
		    "this key into it, and then its code below:");
		add_key(page, words, shown);
		return;
	}
	page_text(page, shown->title);
	page_gap(page);
	page_text(page,
	    "1. Open an authenticator app on your phone (if you "
	    "have none: FreeOTP, Aegis, Google Authenticator) and "
	    "let it add a code.");
	gap(page, words);
	page_text(page,
	    shown->form != QR_NONE
		? "2. Scan the QR code with it, or type this key into it:"
		: "2. Type this key into it:");
	add_key(page, words, shown);
	snprintf(line, sizeof(line), "3. Type the %" PRIu32 " digits that %s.",
	    terms->digits,
	    terms->kind == DEVICE_HOTP ? "it gives first"
				       : "the app shows now");
	page_text(page, line);
}

/* What to say of a first code that was not right. */
static void
explain(const struct reply *reply, char text[static REPORT_VERDICT_SIZE])
{
	const bool ahead = reply->ahead > 0;
	char time[DURATION_SIZE];

	if (reply->verdict != VERDICT_DENY) {
		report_verdict(reply, text);
	} else if (ahead || reply->behind > 0) {
		duration_text(ahead ? reply->ahead : reply->behind, time);
		snprintf(text, REPORT_VERDICT_SIZE,
		    "Your phone's clock is %s %s: set it to automatic, then "
		    "type the next code.",
		    time, ahead ? "ahead" : "behind");
	} else {
		snprintf(text, REPORT_VERDICT_SIZE,
		    "That code is not right. Type the one that the app shows "
		    "now, for this entry.");
	}
}

static enum qr_form
choose_form(const struct options *options)
{
	if (!options->qr_auto)
		return options->qr;
	if (!tty_capable())
		return QR_NONE;
	return tty_utf8() ? QR_UTF8 : QR_ASCII;
}

int
device_show(const struct context *context, const struct offer *offer,
    const char *title, struct reply *reply)
{
	struct shown shown = { .context = context,
		.offer = offer,
		.title = title,
		.form = choose_form(&context->options) };
	struct screen screen = {
		.qr = shown.form != QR_NONE ? &offer->qr : NULL,
		.form = shown.form,
		.text = fill,
		.arg = &shown,
	};
	char line[CODE_TYPED_MAX + 2], message[REPORT_VERDICT_SIZE];
	int r;

	do {
		r = tty_ask(screen_draw, &screen, "Code: ", line, sizeof(line));
		if (r < 0)
			break;
		if (tty_blank(line)) {
			screen_turn(&screen);
			continue;
		}
		r = device_confirm(context, line, NULL, reply);
		if (r < 0)
			break;
		explain(reply, message);
		screen_say(&screen, message);
	} while (reply->verdict != VERDICT_ACCEPT);
	tty_alternate(false);
	explicit_bzero(line, sizeof(line));
	return r;
}
