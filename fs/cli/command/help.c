/* Help and version: see help.h. */

#include "help.h"

#include "caifs/option.h"

#include <stdio.h>
#include <string.h>

#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 12)
#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <fuse_lowlevel.h>

enum { WIDTH = 79, COLUMN = 22 };

static bool is_one_of(const char *argument, const char *a, const char *b)
{
	return strcmp(argument, a) == 0 || strcmp(argument, b) == 0;
}

bool help_is_asked(const char *argument)
{
	return is_one_of(argument, "-h", "--help") ||
	       is_one_of(argument, "-V", "--version");
}

/* Prints `text` in lines indented by `indent`; the first starts at column `at`.
 */
static void print_wrapped(const char *text, int at, int indent)
{
	while (*text) {
		int length = (int)strcspn(text, " \n");
		bool newline = text[length] == '\n';

		if (at > indent && at + 1 + length > WIDTH) {
			putchar('\n');
			at = 0;
		}
		if (at > indent)
			putchar(' ');
		at += at > indent;
		if (at < indent)
			printf("%*s", indent - at, "");
		at = at < indent ? indent : at;
		printf("%.*s", length, text);
		at += length;
		text += length + (text[length] ? 1 : 0);
		if (newline) {
			putchar('\n');
			at = 0;
		}
	}
	putchar('\n');
}

static void print_row(const char *left, const char *text)
{
	int length = printf("  %s", left);

	if (length + 2 > COLUMN) {
		putchar('\n');
		length = 0;
	}
	print_wrapped(text, length, COLUMN);
}

static void print_command_options(const struct command *command)
{
	const struct command_option *option = command->options;
	char left[80];

	for (; option && option->name; option++) {
		snprintf(left, sizeof(left), "%s%s%s", option->name,
			 option->value ? " " : "",
			 option->value ? option->value : "");
		print_row(left, option->help);
	}
}

/* --- Options of -o --- */

/* Appends its default, environment variable and keys to its help. */
static void print_option(const struct option *option)
{
	char left[80], text[512];
	int at;

	snprintf(left, sizeof(left), "%s%s%s", option->name,
		 option->value ? "=" : "", option->value ? option->value : "");
	if (option->secret)
		snprintf(left, sizeof(left), "%s", option->name);
	at = snprintf(text, sizeof(text), "%s", option->help);
	if (option->preset)
		at += snprintf(text + at, sizeof(text) - (size_t)at,
			       " (default %s)", option->preset);
	if (option->environment)
		at += snprintf(text + at, sizeof(text) - (size_t)at, " [%s]",
			       option->environment);
	if (option->aliases[0])
		at += snprintf(text + at, sizeof(text) - (size_t)at,
			       " (in a file also:");
	for (size_t i = 0; option->aliases[i]; i++)
		at += snprintf(text + at, sizeof(text) - (size_t)at, " %s%s",
			       option->aliases[i],
			       option->aliases[i + 1] ? "," : ")");
	print_row(left, text);
}

static void print_group(enum option_group group, const char *heading)
{
	printf("\n%s\n", heading);
	for (int id = 0; id < OPTION_COUNT; id++)
		if (options[id].group == group)
			print_option(&options[id]);
}

static void print_options(void)
{
	char text[512] = "options of FUSE filesystems:";
	size_t at = strlen(text);

	print_group(OPTION_CREDENTIALS,
		    "Credentials (of -o; [environment variable]; the key of a "
		    "configuration file\nis the option's name):");
	print_group(OPTION_TREE, "What is shown:");
	print_group(OPTION_OPERATION, "Operation:");
	for (const char *const *name = option_fuse_names; *name; name++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, " %s%s",
				       *name, name[1] ? "," : "");
	print_row("...", text);
}

/* --- Commands --- */

static void print_usage(const struct command *command, const char *before)
{
	int indent = printf("%scaifs%s%s", before, *command->name ? " " : "",
			    command->name);

	print_wrapped(command->synopsis, indent, indent + 1);
}

static void print_mount_usage(const struct command *mount)
{
	print_usage(mount, "usage: ");
	puts("       caifs COMMAND [ARGUMENT...]");
}

static void print_subcommand(const struct command *command)
{
	putchar('\n');
	print_usage(command, "");
	printf("    ");
	print_wrapped(command->summary, 4, 4);
	print_command_options(command);
}

static void print_help(const struct command *command)
{
	const struct command *const *sub = command->subcommands;
	bool mounts = !*command->name;

	if (mounts)
		print_mount_usage(command);
	else
		print_usage(command, "usage: ");
	putchar('\n');
	print_wrapped(command->about ? command->about : command->summary, 0, 0);
	if (mounts)
		puts("\nCommands (see caifs COMMAND --help):");
	for (; sub && *sub; sub++)
		if (mounts)
			print_row((*sub)->name, (*sub)->summary);
		else
			print_subcommand(*sub);
	putchar('\n');
	print_command_options(command);
	print_row("-h, --help", "print this text");
	print_row("-V, --version", "print the versions of caifs and its "
				   "libraries");
	if (mounts)
		print_options();
	else if (command->has_settings)
		print_row("-o OPTION[,...]",
			  "as for a mount: see caifs --help");
	printf("\nExit: ");
	print_wrapped(command->exits ? command->exits
				     : "0 done, 1 failed, 2 wrong usage or "
				       "configuration.",
		      6, 6);
	puts("More: man caifs");
}

static void print_version(void)
{
	printf("caifs %s\nlibfuse %s\nlibcurl %s\ncJSON %s\n", CAIFS_VERSION,
	       fuse_pkgversion(), curl_version_info(CURLVERSION_NOW)->version,
	       cJSON_Version());
}

void help_answer(const struct command *command, const char *argument)
{
	if (is_one_of(argument, "-V", "--version"))
		print_version();
	else
		print_help(command);
}
