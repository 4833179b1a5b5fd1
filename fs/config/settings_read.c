/* The command line, and the order of the sources of values: see
   settings_read(). */

#include "caifs/settings.h"

#include "caifs/nearest.h"
#include "caifs/print_error.h"
#include "config_file.h"
#include "environment.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 12)
#include <fuse_lowlevel.h>

/* Appends to the comma-separated options for libfuse. */
static int add_fuse_option(struct settings *settings, const char *option)
{
	char *old = settings->fuse_options, *joined;

	if (asprintf(&joined, "%s%s%s", old ? old : "", old ? "," : "",
		     option) < 0)
		return -1;
	free(old);
	settings->fuse_options = joined;
	return 0;
}

static int fail_unknown(const char *text, size_t length)
{
	struct nearest nearest = {.word = text, .length = length};

	for (int id = 0; id < OPTION_COUNT; id++)
		if (!options[id].secret)
			nearest_offer(&nearest, options[id].name);
	for (const char *const *name = option_fuse_names; *name; name++)
		nearest_offer(&nearest, *name);
	print_error("unknown option '%.*s'%s%s%s: see caifs --help",
		    (int)length, text, nearest.best ? " (did you mean '" : "",
		    nearest.best ? nearest.best : "",
		    nearest.best ? "'?)" : "");
	return -1;
}

static int take_option(struct settings *settings, const char *text)
{
	const char *equals = strchr(text, '=');
	size_t length = equals ? (size_t)(equals - text) : strlen(text);
	int id = option_find(text, length);

	if (id < 0) {
		if (option_is_ignored(text, length))
			return 0;
		if (option_is_for_fuse(text, length))
			return add_fuse_option(settings, text);
		return fail_unknown(text, length);
	}
	if (options[id].secret) {
		print_error(
			"'%s' on the command line can be read by every user of "
			"this machine: set %s, or \"%s\" in a configuration "
			"file of mode 600",
			options[id].name, options[id].environment,
			options[id].name);
		return -1;
	}
	if (options[id].flag != !equals) {
		print_error(equals ? "'%s' takes no value"
				   : "'%s' needs a value",
			    options[id].name);
		return -1;
	}
	free(settings->values[id]); /* the last one counts */
	settings->values[id] = strdup(equals ? equals + 1 : "1");
	return settings->values[id] ? 0 : -1;
}

static int take_word(struct settings *settings, const char *word)
{
	if (settings->kind == SETTINGS_SOURCE_ONLY && !settings->source) {
		settings->source = strdup(word);
		return settings->source ? 0 : -1;
	}
	if (settings->kind == SETTINGS_MOUNTPOINT && !settings->mountpoint) {
		settings->mountpoint = strdup(word);
		return settings->mountpoint ? 0 : -1;
	}
	if (settings->source) {
		print_error("unexpected argument '%s': see caifs --help", word);
		return -1;
	}
	settings->source = settings->mountpoint;
	settings->mountpoint = strdup(word);
	return settings->mountpoint ? 0 : -1;
}

static int take_argument(void *data, const char *argument, int key,
			 struct fuse_args *out)
{
	struct settings *settings = data;

	(void)out;
	if (key == FUSE_OPT_KEY_NONOPT)
		return take_word(settings, argument);
	/* mount(8): sloppy, verbose, no mtab. */
	if (strcmp(argument, "-s") == 0 || strcmp(argument, "-v") == 0 ||
	    strcmp(argument, "-n") == 0)
		return 0;
	if (argument[0] == '-') {
		print_error("unknown option '%s': see caifs --help", argument);
		return -1;
	}
	return take_option(settings, argument);
}

/* --- All of them --- */

int settings_read(struct settings *settings, enum settings_args kind, int argc,
		  char **argv)
{
	struct fuse_args args = FUSE_ARGS_INIT(argc, argv);
	int err;

	settings->kind = kind;
	err = fuse_opt_parse(&args, settings, NULL, take_argument);
	fuse_opt_free_args(&args);
	if (err)
		return -EINVAL;
	if (kind == SETTINGS_MOUNTPOINT && !settings->mountpoint) {
		print_error("no mountpoint: caifs [-f] [-o OPTION...] [SOURCE] "
			    "MOUNTPOINT");
		return -EINVAL;
	}
	if (environment_read(settings))
		return -EINVAL;
	return config_file_read(settings);
}
