/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * otp-enroll: everybody's second factor, from a terminal.
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

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
	(ACCOUNT | OPTION_ISSUER | OPTION_ALGORITHM | OPTION_DIGITS |          \
	    OPTION_PERIOD | OPTION_HOTP | OPTION_QR | OPTION_OUTPUT |          \
	    OPTION_URI | OPTION_KEEP | OPTION_JSON | OPTION_NO_CONFIRM |       \
	    OPTION_NO_CHECK)
#define ADDRESS                                                                \
	(ACCOUNT | OPTION_REMOVE | OPTION_OUTPUT | OPTION_KEEP |               \
	    OPTION_NO_CHECK | OPTION_YES)
#define BARE (OPTION_ALGORITHM | OPTION_DIGITS | OPTION_PERIOD)

/* When a person wants it: the order is that of the help. */
enum group {
	EVERYDAY = 0,
	LOST,
	ADMINISTRATOR,
	GROUPS,
};

static const char *const headings[GROUPS] = {
	[EVERYDAY] = "Every day",
	[LOST] = "A phone is lost, stolen or new",
	[ADMINISTRATOR] = "For administrators, as root",
};

static int help(const struct context *context);

static const struct command {
	const char *name;
	int (*run)(const struct context *context);
	enum need need;
	enum group group;
	unsigned int takes; /* options */
	const char *help;
	/* Arguments: those in brackets may be left out. */
	const char *word[OPTIONS_WORDS];
} commands[] = {
	{ "new", cmd_new, NEED_ACCOUNT, EVERYDAY,
	    DEVICE | OPTION_LABEL | OPTION_YES,
	    .help = "set up a second factor, or one in place of the old" },
	{ "add", cmd_add, NEED_ACCOUNT, EVERYDAY,
	    DEVICE | OPTION_LABEL | OPTION_YES,
	    .help = "set up one more device beside those there are" },
	{ "status", cmd_status, NEED_ACCOUNT, EVERYDAY, ACCOUNT | OPTION_JSON,
	    .help = "what there is, and how it was used" },
	{ "devices", cmd_devices, NEED_ACCOUNT, EVERYDAY, ACCOUNT | OPTION_JSON,
	    .help = "the devices, and when each was used last" },
	{ "rename", cmd_rename, NEED_ACCOUNT, EVERYDAY, ACCOUNT,
	    .help = "give a device another name",
	    .word = { "DEVICE", "NAME" } },
	{ "email", cmd_email, NEED_ACCOUNT, EVERYDAY, ADDRESS,
	    .help = "the email address that codes are sent to",
	    .word = { "[ADDRESS]" } },
	{ "phone", cmd_phone, NEED_ACCOUNT, EVERYDAY, ADDRESS,
	    .help = "the phone that codes are sent to by text message",
	    .word = { "[NUMBER]" } },
	{ "check", cmd_check, NEED_ACCOUNT, EVERYDAY, ACCOUNT,
	    .help = "try a code as a login under [default] would: it is used" },
	{ "code", cmd_code, NEED_NOTHING, EVERYDAY, BARE | OPTION_WATCH,
	    .help = "show the code of a secret that you keep yourself" },
	{ "help", help, NEED_NOTHING, EVERYDAY, 0,
	    .help = "this, or the help for one command",
	    .word = { "[COMMAND]" } },

	{ "lock", cmd_lock, NEED_ACCOUNT, LOST, ACCOUNT | OPTION_ALL,
	    .help = "stolen: refuse its codes, at once",
	    .word = { "[DEVICE]" } },
	{ "unlock", cmd_unlock, NEED_ACCOUNT, LOST, ACCOUNT,
	    .help = "take the lock away again, with a recovery code",
	    .word = { "[DEVICE]" } },
	{ "rotate", cmd_rotate, NEED_ACCOUNT, LOST, DEVICE,
	    .help = "a new secret for a device, in place of the old",
	    .word = { "[DEVICE]" } },
	{ "recovery", cmd_recovery, NEED_ACCOUNT, LOST,
	    ACCOUNT | OPTION_NO_CHECK | OPTION_OUTPUT | OPTION_KEEP,
	    .help = "new recovery codes, in place of the old" },
	{ "remove", cmd_remove, NEED_ACCOUNT, LOST, ACCOUNT | OPTION_YES,
	    .help = "take a device away", .word = { "DEVICE" } },
	{ "disable", cmd_disable, NEED_ACCOUNT, LOST, ACCOUNT | OPTION_YES,
	    .help = "have no second factor any more" },

	{ "ticket", cmd_ticket, NEED_ACCOUNT, ADMINISTRATOR,
	    ACCOUNT | OPTION_HOURS | OPTION_JSON,
	    .help = "let a user set up a first one, once" },
	{ "reset", cmd_reset, NEED_NAME, ADMINISTRATOR, ACCOUNT | OPTION_YES,
	    .help = "take everything away that a user has" },
	{ "adopt", cmd_adopt, NEED_ACCOUNT, ADMINISTRATOR, ACCOUNT,
	    .help = "keep a second factor whose account has a new uid" },
	{ "list", cmd_list, NEED_AUTHORITY, ADMINISTRATOR,
	    OPTION_CONF | OPTION_JSON, .help = "who has something here" },
	{ "init", cmd_init, NEED_AUTHORITY, ADMINISTRATOR, OPTION_CONF,
	    .help = "make the store and its key, once" },
	{ "test", cmd_test, NEED_AUTHORITY, ADMINISTRATOR, OPTION_CONF,
	    .help = "send a message as a login would, to see that it arrives",
	    .word = { "ADDRESS" } },
	{ "config", cmd_config, NEED_NOTHING, ADMINISTRATOR,
	    OPTION_CONF | OPTION_CHECK,
	    .help = "every key of the configuration and its default" },
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
print_group(enum group group)
{
	char words[32];

	printf("\n%s:\n", headings[group]);
	for (size_t i = 0; i < COMMANDS; i++) {
		const struct command *command = &commands[i];

		if (command->group != group)
			continue;
		snprintf(words, sizeof(words), "%s%s%s%s%s", command->name,
		    command->word[0] != NULL ? " " : "",
		    command->word[0] != NULL ? command->word[0] : "",
		    command->word[1] != NULL ? " " : "",
		    command->word[1] != NULL ? command->word[1] : "");
		printf("  %-20s%s\n", words, command->help);
	}
}

static void
print_help(void)
{
	puts("otp-enroll sets up your second factor: after the password, a "
	     "login then asks for\na code that an app on your phone shows.\n"
	     "\n"
	     "To begin:  otp-enroll new");
	for (enum group group = 0; group < GROUPS; group++)
		print_group(group);
	puts("\nMore on one of them: otp-enroll help COMMAND\n"
	     "Root says with --user NAME whose second factor is meant, in any "
	     "of them.\n"
	     "\n"
	     "A secret is shown once, while it is set up, and can never be "
	     "shown again, not by\nroot either: to move a device to another "
	     "phone, give it a new secret (rotate).\n"
	     "NO_COLOR changes nothing: only the QR code has colours, and "
	     "needs them.\n"
	     "\n"
	     "Exit status: 0 done; 1 refused, wrong or not there; 2 the "
	     "command line is wrong;\n3 it cannot be done now; 130 Ctrl-C.");
}

/* To whoever typed the name alone, and does not know what comes next. */
static int
print_first_steps(void)
{
	tty_say("otp-enroll sets up your second factor: after the password, a "
		"login then asks for a code that an app on your phone shows.");
	puts("\nTo set it up, type:    otp-enroll new\n"
	     "To see what you have:  otp-enroll status\n"
	     "If a phone is stolen:  otp-enroll lock\n"
	     "For all the rest:      otp-enroll help");
	return EXIT_USAGE;
}

static void
print_command_help(const struct command *command)
{
	printf("otp-enroll %s%s", command->name,
	    command->takes != 0 ? " [OPTIONS]" : "");
	for (size_t i = 0; i < OPTIONS_WORDS; i++)
		if (command->word[i] != NULL)
			printf(" %s", command->word[i]);
	printf("%s\n%s\n\n",
	    command->group == ADMINISTRATOR ? "; for administrators" : "",
	    command->help);
	options_help(command->takes | OPTION_HELP, stdout);
	if (command->run == cmd_status)
		puts("Exit status: 0 there is a second factor; 1 there is "
		     "none.");
}

static int
help(const struct context *context)
{
	const struct command *command;

	if (context->word[0] == NULL) {
		print_help();
		return EXIT_DONE;
	}
	command = find_command(context->word[0]);
	if (command == NULL)
		return report_usage("%s: there is no such command",
		    context->word[0]);
	print_command_help(command);
	return EXIT_DONE;
}

/* The arguments that the command has, and none that it has not. */
static int
take_words(struct context *context, const struct command *command)
{
	const struct options *options = &context->options;
	int n = 0;

	for (; n < OPTIONS_WORDS && command->word[n] != NULL; n++) {
		if (n + 1 < options->n_words)
			context->word[n] = options->word[n + 1];
		else if (command->word[n][0] != '[')
			return report_usage("%s wants %s", command->name,
			    command->word[n]);
	}
	if (options->n_words > n + 1)
		return report_usage("%s: one word too many",
		    options->word[n + 1]);
	return 0;
}

/* The command that the words name, if all that was given fits it. */
static int
choose(struct context *context, const struct command **command)
{
	const struct options *options = &context->options;
	unsigned int other;

	if (options->n_words == 0 && options->given == 0 && tty_present())
		return print_first_steps();
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
	return take_words(context, *command);
}

/* Else whatever is shown once would be lost, and that can be known before. */
static bool
can_print(void)
{
	const int flags = fcntl(STDOUT_FILENO, F_GETFL);

	return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
}

/* What the command needs, and the command. */
static int
run(struct context *context, const struct command *command)
{
	int r;

	if (!can_print())
		return report(EXIT_FAULT,
		    "standard output is closed: nothing was changed");
	if (command->need >= NEED_NAME) {
		r = account_find(&context->options, &context->person);
		if (r != 0)
			return r;
		if (command->need == NEED_ACCOUNT &&
		    !context->person.account.known)
			return report(EXIT_NO, "there is no account called %s",
			    context->person.shown);
	}
	if (command->need >= NEED_AUTHORITY) {
		r = authority_open(context->options.conf, report_fault, NULL,
		    &context->authority);
		if (r == -EINVAL)
			return EXIT_FAULT;
		if (r < 0)
			return report_error(r);
		authority_log(context->authority, report_log, NULL);
	}
	return command->run(context);
}

/* Read the command line, and do what it says. */
static int
obey(int argc, char **argv, struct context *context)
{
	const struct options *options = &context->options;
	const struct command *command = NULL;
	int r;

	r = options_read(argc, argv, &context->options);
	if (r != 0)
		return r;
	if (options->given & OPTION_VERSION) {
		puts("otp-enroll " PAM_OTP_VERSION);
		return EXIT_DONE;
	}
	if (options->n_words == 0 && (options->given & OPTION_HELP)) {
		print_help();
		return EXIT_DONE;
	}
	r = choose(context, &command);
	if (r != 0)
		return r;
	if (options->given & OPTION_HELP) {
		print_command_help(command);
		return EXIT_DONE;
	}
	tty_begin();
	r = run(context, command);
	tty_end();
	authority_close(&context->authority);
	return r;
}

/*
 * A standard descriptor that is closed would be the next file that is opened,
 * and secrets that are printed would go into the store.
 */
static void
fill_descriptors(void)
{
	int fd;

	do {
		/* For output it is an error, and looked for. */
		fd = open("/dev/null", O_RDONLY | O_NOCTTY);
		if (fd < 0)
			_exit(EXIT_FAULT);
	} while (fd <= STDERR_FILENO);
	close(fd);
}

int
main(int argc, char **argv)
{
	struct context context = { 0 };
	int r;

	fill_descriptors();
	setlocale(LC_CTYPE, "");
	/* No core file, and no look from outside, while secrets are here. */
	prctl(PR_SET_DUMPABLE, 0);
	/* A reader that is gone is an error like any other, and told. */
	signal(SIGPIPE, SIG_IGN);

	r = obey(argc, argv, &context);
	/* Who says EXIT_FAULT has said what holds. */
	if ((fflush(stdout) != 0 || ferror(stdout)) && r != EXIT_FAULT)
		return report(EXIT_FAULT, "the output could not be written");
	return r;
}
