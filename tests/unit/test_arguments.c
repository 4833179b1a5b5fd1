/* The options of a command: fs/cli/command/arguments.h. */

#include "command/arguments.h"

#include "stderr_text.h"
#include "test.h"

/* What was taken, as "columns=a,b;json;". */
static int note(void *data, const char *name, const char *value)
{
	char *taken = data;

	strcat(taken, name);
	if (value) {
		strcat(taken, "=");
		strcat(taken, value);
	}
	strcat(taken, ";");
	return 0;
}

static int take_columns(void *data, const char *value)
{
	if (strcmp(value, "bad") == 0) {
		fputs("caifs: that is bad\n", stderr);
		return -EINVAL;
	}
	return note(data, "columns", value);
}

static int take_json(void *data, const char *value)
{
	return note(data, "json", value);
}

static int take_f(void *data, const char *value)
{
	return note(data, "f", value);
}

static const struct command_option table[] = {
	{"--columns", "A,B", "which columns", take_columns},
	{"--json", NULL, "as JSON", take_json},
	{"-f", NULL, "in the foreground", take_f},
	{NULL, NULL, NULL, NULL},
};

static const struct command plain = {
	.name = "warm",
	.synopsis = "[--json] PATH...",
	.summary = "warms",
	.options = table,
};

static const struct command with_settings = {
	.name = "",
	.synopsis = "[-f] [SOURCE] MOUNTPOINT",
	.summary = "mounts",
	.options = table,
	.has_settings = true,
};

enum { MAX_ARGUMENTS = 12 };

struct outcome {
	int status;
	char taken[200], left[200];
	const char *said;
};

/* `given` has a '|' between arguments; so has `left`. */
static struct outcome take(const struct command *command, const char *given)
{
	char words[200], *rest = words, program[] = "caifs",
			 *argv[MAX_ARGUMENTS + 2] = {program};
	struct outcome outcome = {.taken = ""};
	int argc = 1;

	snprintf(words, sizeof(words), "%s", given);
	while (*given && rest)
		argv[argc++] = strsep(&rest, "|");
	argv[argc] = NULL;
	stderr_text_begin();
	outcome.status = arguments_take(command, &argc, argv, outcome.taken);
	outcome.said = stderr_text_end();
	if (outcome.status == COMMAND_CONTINUE) {
		assert_string_equal(outcome.said, "");
		assert_string_equal(argv[0], "caifs");
		assert_null(argv[argc]);
		for (int i = 1; i < argc; i++) {
			strcat(outcome.left, i > 1 ? "|" : "");
			strcat(outcome.left, argv[i]);
		}
	}
	return outcome;
}

static void expect(const struct command *command, const char *given,
		   const char *taken, const char *left)
{
	struct outcome outcome = take(command, given);

	if (outcome.status != COMMAND_CONTINUE)
		fail_msg("%s: %s", given, outcome.said);
	assert_string_equal(outcome.taken, taken);
	assert_string_equal(outcome.left, left);
}

static void expect_failure(const struct command *command, const char *given,
			   const char *word)
{
	struct outcome outcome = take(command, given);

	assert_int_equal(outcome.status, 2);
	assert_one_line(outcome.said, word, NULL);
}

static void options_stand_before_or_after_words(void **state)
{
	(void)state;
	expect(&plain, "", "", "");
	expect(&plain, "a|b", "", "a|b");
	expect(&plain, "--json|a", "json;", "a");
	expect(&plain, "a|--json", "json;", "a");
	expect(&plain, "a|--columns|x|b|--json|c", "columns=x;json;", "a|b|c");
	expect(&plain, "--json|--json", "json;json;", "");
}

static void a_value_stands_apart_or_after_an_equals_sign(void **state)
{
	(void)state;
	expect(&plain, "--columns|x,y|a", "columns=x,y;", "a");
	expect(&plain, "--columns=x,y|a", "columns=x,y;", "a");
	expect(&plain, "--columns=a=b", "columns=a=b;", "");
	expect(&plain, "--columns=|a", "columns=;", "a");
	expect(&plain, "--columns||a", "columns=;", "a");
}

static void a_value_may_look_like_an_option(void **state)
{
	(void)state;
	expect(&plain, "--columns|--json|a", "columns=--json;", "a");
	expect(&plain, "--columns|--help|a", "columns=--help;", "a");
	expect(&plain, "--columns|--|a", "columns=--;", "a");
	expect(&plain, "--columns|-o|a", "columns=-o;", "a");
	expect(&plain, "--columns=--json", "columns=--json;", "");
}

static void two_dashes_end_the_options(void **state)
{
	(void)state;
	expect(&plain, "--json|--|--columns|-f|--help", "json;",
	       "--columns|-f|--help");
	expect(&plain, "--|--|a", "", "--|a");
	expect(&plain, "a|--", "", "a");
	/* settings_read() has them to see yet. */
	expect(&with_settings, "-f|--|-f", "f;", "--|-f");
}

static void a_dash_alone_is_a_word(void **state)
{
	(void)state;
	expect(&plain, "-|--json", "json;", "-");
	expect(&with_settings, "-|-f", "f;", "-");
}

static void o_and_its_value_are_for_the_settings(void **state)
{
	(void)state;
	expect(&with_settings, "-o|ttl=5|mnt|-f", "f;", "-o|ttl=5|mnt");
	expect(&with_settings, "-ottl=5|mnt", "", "-ottl=5|mnt");
	expect(&with_settings, "-o|--json|mnt|--json", "json;",
	       "-o|--json|mnt");
	expect(&with_settings, "-o|-f|mnt", "", "-o|-f|mnt");
	expect(&with_settings, "-o|--|mnt|-f", "f;", "-o|--|mnt");
	expect(&with_settings, "-o|--help", "", "-o|--help");
	expect(&with_settings, "mnt|-o", "", "mnt|-o");
	/* What mount(8) gives is not ours to refuse. */
	expect(&with_settings, "-s|-n|mnt", "", "-s|-n|mnt");
	expect_failure(&plain, "-o|ttl=5|a", "'-o'");
}

static void an_unknown_option_is_told_with_the_nearest(void **state)
{
	(void)state;
	expect_failure(&plain, "--jsno", "(did you mean '--json'?)");
	expect_failure(&plain, "a|--colums=one,two,three",
		       "(did you mean '--columns'?)");
	expect_failure(&plain, "--hepl", "(did you mean '--help'?)");
	expect_failure(&plain, "--versoin", "(did you mean '--version'?)");
	expect_failure(&with_settings, "--jsno", "(did you mean '--json'?)");
	expect_failure(&plain, "--quite-another", "'--quite-another'; usage");
	expect_failure(&plain, "-x", "'-x'; usage");
	/* No part of a name is the name. */
	expect_failure(&plain, "--jso", "'--jso'");
	expect_failure(&plain, "--columnsx|a", "'--columnsx'");
	expect_failure(&plain, "-ff", "'-ff'");
}

static void a_failure_says_how_the_command_is_used(void **state)
{
	(void)state;
	expect_failure(&plain, "--jsno",
		       "caifs: warm: unknown option '--jsno'");
	expect_failure(&plain, "--jsno",
		       "usage: caifs warm [--json] PATH...\n");
	expect_failure(&with_settings, "--jsno",
		       "usage: caifs [-f] [SOURCE] MOUNTPOINT\n");
}

static void a_value_lacks_or_is_one_too_many(void **state)
{
	(void)state;
	expect_failure(&plain, "a|--columns", "'--columns' needs a value: A,B");
	expect_failure(&plain, "--json=yes", "'--json' takes no value");
	expect_failure(&plain, "--json=", "'--json' takes no value");
}

static void what_is_wrong_with_a_value_is_said_once(void **state)
{
	(void)state;
	expect_failure(&plain, "--columns|bad|a", "that is bad");
	expect_failure(&plain, "--columns=bad|--jsno", "that is bad");
}

static void help_and_version_are_answered_anywhere(void **state)
{
	static const struct {
		const char *given, *due;
	} rows[] = {
		{"--help", "usage: caifs warm [--json] PATH..."},
		{"-h", "usage: caifs warm"},
		{"a|--json|--help|--jsno", "--columns A,B"},
		{"--version", "caifs "},
		{"-V", "libcurl "},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct outcome outcome;
		const char *printed;

		stdout_text_begin();
		outcome = take(&plain, rows[i].given);
		printed = stdout_text_end();
		assert_int_equal(outcome.status, 0);
		if (!strstr(printed, rows[i].due))
			fail_msg("no '%s' in: %s", rows[i].due, printed);
	}
	/* After "--" it is a word. */
	expect(&plain, "--|--help", "", "--help");
}

static void a_command_may_have_no_options(void **state)
{
	static const struct command bare = {
		.name = "bare", .synopsis = "WORD", .summary = "does nothing"};

	(void)state;
	expect(&bare, "a|--|-b", "", "a|-b");
	expect_failure(&bare, "--json", "bare: unknown option '--json'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_stand_before_or_after_words),
		cmocka_unit_test(a_value_stands_apart_or_after_an_equals_sign),
		cmocka_unit_test(a_value_may_look_like_an_option),
		cmocka_unit_test(two_dashes_end_the_options),
		cmocka_unit_test(a_dash_alone_is_a_word),
		cmocka_unit_test(o_and_its_value_are_for_the_settings),
		cmocka_unit_test(an_unknown_option_is_told_with_the_nearest),
		cmocka_unit_test(a_failure_says_how_the_command_is_used),
		cmocka_unit_test(a_value_lacks_or_is_one_too_many),
		cmocka_unit_test(what_is_wrong_with_a_value_is_said_once),
		cmocka_unit_test(help_and_version_are_answered_anywhere),
		cmocka_unit_test(a_command_may_have_no_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
