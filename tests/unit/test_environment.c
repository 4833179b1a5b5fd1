/* What the surroundings set: fs/config/environment.h. */

#include "environment.h"

#include "caifs/settings.h"
#include "scratch.h"
#include "stderr_text.h"
#include "test.h"

static int read_quietly(struct settings *settings)
{
	int err;
	const char *said;

	stderr_text_begin();
	err = environment_read(settings);
	said = stderr_text_end();
	if (err)
		assert_int_equal(err, -EINVAL);
	else
		assert_string_equal(said, "");
	return err;
}

static void every_variable_of_the_table_sets_its_option(void **state)
{
	struct settings s = {0};

	(void)state;
	for (int id = 0; id < OPTION_COUNT; id++)
		if (options[id].environment)
			setenv(options[id].environment, options[id].name, 1);
	assert_int_equal(read_quietly(&s), 0);
	for (int id = 0; id < OPTION_COUNT; id++) {
		if (options[id].secret || !options[id].environment)
			assert_null(s.values[id]);
		else
			assert_string_equal(s.values[id], options[id].name);
		assert_false(s.from_file[id]);
	}
	assert_string_equal(secret_text(s.access_token), "access_token");
	assert_string_equal(secret_text(s.client_secret), "client_secret");
	settings_finish(&s);
}

static void secrets_are_wiped_where_they_stood(void **state)
{
	char place[] = "CAIFS_CLIENT_SECRET=p8e-canary-secret";
	struct settings s = {0};

	(void)state;
	putenv(place); /* the very bytes that /proc/PID/environ shows */
	assert_int_equal(read_quietly(&s), 0);
	assert_string_equal(secret_text(s.client_secret), "p8e-canary-secret");
	assert_null(getenv("CAIFS_CLIENT_SECRET"));
	for (size_t i = strlen("CAIFS_CLIENT_SECRET="); i < sizeof(place); i++)
		assert_int_equal(place[i], 0);
	settings_finish(&s);
}

static void what_was_set_before_stays(void **state)
{
	struct settings s = {0};

	(void)state;
	assert_int_equal(settings_offer(&s, OPTION_IMS_ORG, "first"), 0);
	setenv("CAIFS_IMS_ORG", "second", 1);
	assert_int_equal(read_quietly(&s), 0);
	assert_string_equal(s.values[OPTION_IMS_ORG], "first");
	settings_finish(&s);
}

static void an_empty_variable_sets_nothing(void **state)
{
	struct settings s = {0};

	(void)state;
	setenv("CAIFS_IMS_ORG", "", 1);
	setenv("CAIFS_CLIENT_SECRET", "", 1);
	setenv("CREDENTIALS_DIRECTORY", "", 1);
	assert_int_equal(read_quietly(&s), 0);
	assert_null(s.values[OPTION_IMS_ORG]);
	assert_null(s.client_secret);
	settings_finish(&s);
}

static void a_credential_is_a_file_by_the_secrets_name(void **state)
{
	struct settings s = {0};

	scratch_file(state, "client_secret", "p8e-canary\r\n\n", 0440);
	scratch_file(state, "ims_org", "not a secret\n", 0440);
	setenv("CREDENTIALS_DIRECTORY", *state, 1);
	assert_int_equal(read_quietly(&s), 0);
	assert_string_equal(secret_text(s.client_secret), "p8e-canary");
	assert_null(s.access_token);
	assert_null(s.values[OPTION_IMS_ORG]);
	settings_finish(&s);
}

static void a_variable_is_before_a_credential(void **state)
{
	struct settings s = {0};

	scratch_file(state, "client_secret", "of the file", 0400);
	setenv("CREDENTIALS_DIRECTORY", *state, 1);
	setenv("CAIFS_CLIENT_SECRET", "of the variable", 1);
	assert_int_equal(read_quietly(&s), 0);
	assert_string_equal(secret_text(s.client_secret), "of the variable");
	settings_finish(&s);
}

static void an_empty_credential_is_none(void **state)
{
	struct settings s = {0};

	scratch_file(state, "client_secret", "\n", 0400);
	setenv("CREDENTIALS_DIRECTORY", *state, 1);
	assert_int_equal(read_quietly(&s), 0);
	assert_null(s.client_secret);
	settings_finish(&s);
}

/* One line that names the file, and shows nothing of what is in it. */
static void refuses_credential(const char *path)
{
	struct settings s = {0};
	const char *said;
	int err;

	stderr_text_begin();
	err = environment_read(&s);
	said = stderr_text_end();
	assert_int_equal(err, -EINVAL);
	assert_one_line(said, path, NULL);
	assert_null(strstr(said, "p8e-canary"));
	settings_finish(&s);
}

static void a_credential_that_is_too_long_is_refused(void **state)
{
	char *text = test_alloc(SECRET_MAX + 2);

	memset(text, 'x', SECRET_MAX + 1);
	setenv("CREDENTIALS_DIRECTORY", *state, 1);
	refuses_credential(scratch_file(state, "access_token", text, 0400));
	free(text);
}

static void a_credential_that_cannot_be_read_is_refused(void **state)
{
	scratch_file(state, "client_secret/x", "", 0400); /* a directory */
	setenv("CREDENTIALS_DIRECTORY", *state, 1);
	refuses_credential("client_secret");
}

static void a_credential_with_a_nul_is_refused(void **state)
{
	setenv("CREDENTIALS_DIRECTORY", *state, 1);
	refuses_credential(scratch_bytes(state, "client_secret",
					 "p8e-canary\0rest", 15, 0400));
}

static void a_file_is_kept_when_it_is_in_the_directory(void **state)
{
	(void)state;
	assert_false(environment_keeps("/run/creds/x"));
	setenv("CREDENTIALS_DIRECTORY", "/run/creds", 1);
	assert_true(environment_keeps("/run/creds/token"));
	assert_false(environment_keeps("/run/creds"));
	assert_false(environment_keeps("/run/credstore/token"));
	assert_false(environment_keeps("/run/creds/../token"));
	assert_false(environment_keeps("/run/creds/x/../../token"));
	assert_false(environment_keeps("/etc/token"));
	assert_false(environment_keeps("run/creds/token"));
	setenv("CREDENTIALS_DIRECTORY", "", 1);
	assert_false(environment_keeps("/etc/token"));
	setenv("CREDENTIALS_DIRECTORY", "/", 1);
	assert_false(environment_keeps("/etc/token"));
	assert_false(environment_keeps("//etc/token"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_begin, scratch_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_variable_of_the_table_sets_its_option),
		TEST(secrets_are_wiped_where_they_stood),
		TEST(what_was_set_before_stays),
		TEST(an_empty_variable_sets_nothing),
		TEST(a_credential_is_a_file_by_the_secrets_name),
		TEST(a_variable_is_before_a_credential),
		TEST(an_empty_credential_is_none),
		TEST(a_credential_that_is_too_long_is_refused),
		TEST(a_credential_that_cannot_be_read_is_refused),
		TEST(a_credential_with_a_nul_is_refused),
		TEST(a_file_is_kept_when_it_is_in_the_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
