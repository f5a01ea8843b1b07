/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * otp-enroll: everybody's second factor, from a terminal.
 */
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#include "enroll/context.h"
#include "enroll/report.h"
#include "enroll/tty.h"

enum need {
	NEED_NOTHING = 0,
	NEED_AUTHORITY,
	NEED_NAME,    /* of an account, which may be gone */
	NEED_ACCOUNT, /* one that is there */
};

#define ACCOUNT (OPTION_CONF | OPTION_USER)
#define DEVICE                                                                 \
	(ACCOUNT | OPTION_LABEL | OPTION_ISSUER | OPTION_ALGORITHM |           \
	    OPTION_DIGITS | OPTION_PERIOD | OPTION_HOTP | OPTION_QR |          \
	    OPTION_OUTPUT | OPTION_URI | OPTION_JSON | OPTION_NO_CONFIRM |     \
	    OPTION_NO_CHECK)

static int help(const struct context *context);

static const struct command {
	const char *name;
	int (*run)(const struct context *context);
	enum need need;
	unsigned int takes; /* options */
	const char *word;   /* the argument; NULL: it has none */
	bool optional;      /* it may be left out */
	const char *who, *help;
} commands[] = {
	{ "new", cmd_new, NEED_ACCOUNT, DEVICE, NULL, false, "",
	    "set up a second factor, or one in place of the old" },
	{ "add", cmd_add, NEED_ACCOUNT, DEVICE, NULL, false, "",
	    "set up one more device" },
	{ "status", cmd_status, NEED_ACCOUNT, ACCOUNT | OPTION_JSON, NULL,
	    false, "", "what there is, and how it was used" },
	{ "check", cmd_check, NEED_ACCOUNT, ACCOUNT, NULL, false, "",
	    "try a code as a login would (it is used up)" },
	{ "recovery", cmd_recovery, NEED_ACCOUNT, ACCOUNT | OPTION_NO_CHECK,
	    NULL, false, "", "make new recovery codes" },
	{ "remove", cmd_remove, NEED_ACCOUNT, ACCOUNT | OPTION_YES, "DEVICE",
	    false, "", "take a device away" },
	{ "reset", cmd_reset, NEED_NAME, ACCOUNT | OPTION_YES, NULL, false,
	    "root", "take everything away that a user has" },
	{ "adopt", cmd_adopt, NEED_ACCOUNT, ACCOUNT, NULL, false, "root",
	    "keep a second factor whose account has a new uid" },
	{ "list", cmd_list, NEED_AUTHORITY, OPTION_CONF | OPTION_JSON, NULL,
	    false, "root", "who has something here" },
	{ "init", cmd_init, NEED_AUTHORITY, OPTION_CONF, NULL, false, "root",
	    "make the store and its key, once" },
	{ "config", cmd_config, NEED_NOTHING, OPTION_CONF | OPTION_CHECK, NULL,
	    false, "", "every key of the configuration and its default" },
	{ "help", help, NEED_NOTHING, 0, "COMMAND", true, "",
	    "this, or the help for one command" },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const struct command *
find_command(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static void
print_help(void)
{
	puts("otp-enroll sets up your second factor: after the password, a "
	     "login then asks for\na code that an app on your phone shows.\n"
	     "\n"
	     "To begin:  otp-enroll new\n");
	for (size_t i = 0; i < COMMANDS; i++)
		printf("  %-10s%s%s%s\n", commands[i].name, commands[i].help,
		    *commands[i].who != '\0' ? "; for " : "", commands[i].who);
	puts("\nMore on one of them: otp-enroll help COMMAND\n"
	     "\n"
	     "A secret is shown once, while it is set up, and never again: for "
	     "a new phone,\nset up a new one. NO_COLOR changes nothing: only "
	     "the QR code has colours, and\nneeds them to be read.\n"
	     "\n"
	     "Exit status: 0 done; 1 refused, wrong or not there; 2 the "
	     "command line is wrong;\n3 it cannot be done now; 130 Ctrl-C.");
}

static void
print_command_help(const struct command *command)
{
	printf("otp-enroll %s%s%s%s%s\n%s\n\n", command->name,
	    command->takes != 0 ? " [OPTIONS]" : "",
	    command->word != NULL ? " " : "",
	    command->word != NULL ? command->word : "",
	    *command->who != '\0' ? "; for root" : "", command->help);
	options_help(command->takes | OPTION_HELP, stdout);
	if (command->run == cmd_status)
		puts("Exit status: 0 there is a second factor; 1 there is "
		     "none.");
}

static int
help(const struct context *context)
{
	const struct command *command;

	if (context->word == NULL) {
		print_help();
		return EXIT_DONE;
	}
	command = find_command(context->word);
	if (command == NULL)
		return report_usage("%s: there is no such command",
		    context->word);
	print_command_help(command);
	return EXIT_DONE;
}

/* The command that the words name, if all that was given fits it. */
static int
choose(struct context *context, const struct command **command)
{
	const struct options *options = &context->options;
	unsigned int other;

	if (options->n_words == 0)
		return report_usage("say what to do");
	*command = find_command(options->word[0]);
	if (*command == NULL)
		return report_usage("%s: there is no such command",
		    options->word[0]);
	if (options->given & OPTION_HELP)
		return 0;
	other = options->given & ~(*command)->takes;
	if (other != 0)
		return report_usage("%s does not take --%s", (*command)->name,
		    options_name(other));
	if (options->n_words > 2 ||
	    (options->n_words == 2 && (*command)->word == NULL))
		return report_usage("%s: one word too many",
		    options->word[options->n_words - 1]);
	if (options->n_words == 2)
		context->word = options->word[1];
	else if ((*command)->word != NULL && !(*command)->optional)
		return report_usage("%s wants %s", (*command)->name,
		    (*command)->word);
	return 0;
}

static void
fault(void *arg, const char *file, unsigned int line, const char *what)
{
	(void)arg;
	report(EXIT_FAULT, "%s:%u: %s", file, line, what);
}

/* What the command needs, and the command. */
static int
run(struct context *context, const struct command *command)
{
	const char *conf = context->options.conf;
	int r;

	if (command->need >= NEED_NAME) {
		r = account_find(&context->options, &context->person);
		if (r != 0)
			return r;
		if (command->need == NEED_ACCOUNT &&
		    !context->person.account.known)
			return report(EXIT_NO, "there is no account called %s",
			    context->person.name);
	}
	if (command->need >= NEED_AUTHORITY) {
		r = authority_open(conf != NULL ? conf : POLICY_CONF, fault,
		    NULL, &context->authority);
		if (r == -EINVAL)
			return EXIT_FAULT;
		if (r < 0)
			return report_error(r);
	}
	return command->run(context);
}

int
main(int argc, char **argv)
{
	struct context context = { 0 };
	const struct command *command = NULL;
	int r;

	setlocale(LC_CTYPE, "");
	/* No core file, and no look from outside, while secrets are here. */
	prctl(PR_SET_DUMPABLE, 0);

	r = options_read(argc, argv, &context.options);
	if (r != 0)
		return r;
	if (context.options.given & OPTION_VERSION) {
		puts("otp-enroll " PAM_OTP_VERSION);
		return EXIT_DONE;
	}
	if (context.options.n_words == 0 &&
	    (context.options.given & OPTION_HELP)) {
		print_help();
		return EXIT_DONE;
	}
	r = choose(&context, &command);
	if (r != 0)
		return r;
	if (context.options.given & OPTION_HELP) {
		print_command_help(command);
		return EXIT_DONE;
	}
	tty_begin();
	r = run(&context, command);
	tty_end();
	authority_close(&context.authority);
	if (fflush(stdout) != 0 || ferror(stdout))
		return report(EXIT_FAULT, "the output could not be written");
	return r;
}
