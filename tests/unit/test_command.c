/* Commands and their subcommands: fs/cli/command/command.h. */

#include "command/command.h"

#include "stderr_text.h"
#include "test.h"

/* What ran last: its name and its arguments, with '|' between. */
static char ran[200];

static int run(const struct command *command, int argc, char **argv)
{
	snprintf(ran, sizeof(ran), "%s", command->name);
	for (int i = 0; i < argc; i++) {
		strcat(ran, "|");
		strcat(ran, argv[i]);
	}
	return argv[argc] ? 1 : 7;
}

static const struct command start = {.name = "export start",
				     .synopsis = "--audience ID",
				     .summary = "starts",
				     .run = run},
			    status = {.name = "export status",
				      .synopsis = "JOB",
				      .summary = "tells",
				      .run = run},
			    cancel = {.name = "export cancel",
				      .synopsis = "JOB",
				      .summary = "ends",
				      .run = run};

static const struct command *const table[] = {&start, &status, &cancel, NULL};

static const struct command export = {.name = "export",
				      .synopsis = "COMMAND",
				      .summary = "exports",
				      .subcommands = table,
				      .run = command_run_subcommand};

static int run_export(const char *a, const char *b, const char **ret_printed)
{
	char program[] = "caifs", first[40], second[40];
	char *argv[] = {program, NULL, NULL, NULL};
	int argc = 1, exit_status;

	if (a) {
		snprintf(first, sizeof(first), "%s", a);
		argv[argc++] = first;
	}
	if (b) {
		snprintf(second, sizeof(second), "%s", b);
		argv[argc++] = second;
	}
	ran[0] = '\0';
	stdout_text_begin();
	exit_status = export.run(&export, argc, argv);
	*ret_printed = stdout_text_end();
	return exit_status;
}

static void a_command_is_found_by_its_last_word(void **state)
{
	(void)state;
	assert_ptr_equal(command_find(table, "start"), &start);
	assert_ptr_equal(command_find(table, "cancel"), &cancel);
	assert_null(command_find(table, "export start"));
	assert_null(command_find(table, "star"));
	assert_null(command_find(table, "START"));
	assert_null(command_find(table, ""));
	assert_string_equal(command_word(&start), "start");
	assert_string_equal(command_word(&export), "export");
}

static void the_nearest_is_found(void **state)
{
	(void)state;
	assert_string_equal(command_nearest(table, "strat"), "start");
	assert_string_equal(command_nearest(table, "staus"), "status");
	assert_null(command_nearest(table, "bake"));
}

static void a_subcommand_is_run_with_what_follows_its_name(void **state)
{
	const char *printed;

	(void)state;
	assert_int_equal(run_export("status", "job", &printed), 7);
	assert_string_equal(ran, "export status|caifs|job");
	assert_int_equal(run_export("cancel", NULL, &printed), 7);
	assert_string_equal(ran, "export cancel|caifs");
	/* Its help is its own to answer. */
	assert_int_equal(run_export("start", "--help", &printed), 7);
	assert_string_equal(ran, "export start|caifs|--help");
	assert_string_equal(printed, "");
}

static void expect_failure(const char *word, const char *due, const char *never)
{
	const char *said, *printed;
	int exit_status;

	stderr_text_begin();
	exit_status = run_export(word, NULL, &printed);
	said = stderr_text_end();
	assert_int_equal(exit_status, 2);
	assert_string_equal(ran, "");
	assert_one_line(said, "export", due, "start, status or cancel",
			"caifs export --help", NULL);
	if (never)
		assert_null(strstr(said, never));
}

static void a_misspelt_subcommand_is_told_the_nearest(void **state)
{
	(void)state;
	expect_failure("strat", "(did you mean 'start'?)", NULL);
	expect_failure("bake", "'bake'", "did you mean");
	expect_failure("--json", "'--json'", "did you mean");
	expect_failure(NULL, "export:", "did you mean");
}

static void help_is_answered_with_all_subcommands(void **state)
{
	static const char *const flags[] = {"--help", "-h"};
	const char *printed;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(flags); i++) {
		assert_int_equal(run_export(flags[i], NULL, &printed), 0);
		assert_int_equal(strncmp(printed, "usage: caifs export ", 20),
				 0);
		for (size_t k = 0; table[k]; k++)
			assert_non_null(strstr(printed, table[k]->name));
		assert_string_equal(ran, "");
	}
	assert_int_equal(run_export("--version", NULL, &printed), 0);
	assert_int_equal(strncmp(printed, "caifs ", 6), 0);
}

static void what_is_set_is_read_and_checked(void **state)
{
	char program[] = "caifs", o[] = "-o", mountpoint[] = "mnt";
	char soon[] = "ttl=soon", five[] = "ttl=5";
	char *wrong[] = {program, o, soon, mountpoint, NULL};
	char *good[] = {program, o, five, mountpoint, NULL};
	struct settings settings = {0};
	const char *said;
	int prepared;

	(void)state;
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	setenv("CAIFS_IMS_ORG", "org", 1);
	setenv("CAIFS_API_KEY", "key", 1);
	setenv("CAIFS_ACCESS_TOKEN", "token", 1);
	stderr_text_begin();
	prepared = command_prepare(&settings, SETTINGS_MOUNTPOINT, 4, wrong);
	said = stderr_text_end();
	assert_int_equal(prepared, 2);
	assert_one_line(said, "ttl", "soon", NULL);
	settings_finish(&settings);

	setenv("CAIFS_ACCESS_TOKEN", "token", 1);
	assert_int_equal(
		command_prepare(&settings, SETTINGS_MOUNTPOINT, 4, good),
		COMMAND_CONTINUE);
	assert_int_equal(settings.ttl_ms, 5000);
	settings_finish(&settings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_command_is_found_by_its_last_word),
		cmocka_unit_test(the_nearest_is_found),
		cmocka_unit_test(
			a_subcommand_is_run_with_what_follows_its_name),
		cmocka_unit_test(a_misspelt_subcommand_is_told_the_nearest),
		cmocka_unit_test(help_is_answered_with_all_subcommands),
		cmocka_unit_test(what_is_set_is_read_and_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
