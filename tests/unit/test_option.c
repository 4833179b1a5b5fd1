/* The table of options: caifs/option.h. */

#include "caifs/option.h"

#include "test.h"

static int find(const char *name)
{
	return option_find(name, strlen(name));
}

static void every_option_is_found_by_its_name_and_by_no_part_of_it(void **state)
{
	(void)state;
	for (int id = 0; id < OPTION_COUNT; id++) {
		const char *name = options[id].name;
		char longer[64];

		assert_int_equal(find(name), id);
		snprintf(longer, sizeof(longer), "%s=value", name);
		assert_int_equal(option_find(longer, strlen(name)), id);
		assert_true(option_find(name, strlen(name) - 1) != id);
		assert_true(find(longer) != id);
	}
	assert_int_equal(find("MEMORY"), -1);
	assert_int_equal(find(""), -1);
	assert_int_equal(find("no_such_option"), -1);
}

static void no_name_is_two_things(void **state)
{
	(void)state;
	for (int id = 0; id < OPTION_COUNT; id++) {
		const struct option *option = &options[id];
		size_t length = strlen(option->name);

		assert_false(option_is_ignored(option->name, length));
		assert_false(option_is_for_fuse(option->name, length));
		assert_int_equal(option_find_key(option->name), id);
		for (size_t i = 0; option->aliases[i]; i++)
			assert_int_equal(option_find_key(option->aliases[i]),
					 id);
		for (int other = 0; other < id; other++)
			if (option->environment && options[other].environment)
				assert_string_not_equal(
					option->environment,
					options[other].environment);
	}
	for (const char *const *name = option_fuse_names; *name; name++)
		assert_false(option_is_ignored(*name, strlen(*name)));
}

/* The rows of the documented table that have other keys. */
static void keys_of_other_tools_are_known(void **state)
{
	static const struct {
		const char *key;
		enum option_id id;
	} due[] = {
		{"ims_org", OPTION_IMS_ORG},
		{"org_id", OPTION_IMS_ORG},
		{"ims_org_id", OPTION_IMS_ORG},
		{"IMS_ORG", OPTION_IMS_ORG},
		{"api_key", OPTION_API_KEY},
		{"client_id", OPTION_API_KEY},
		{"API_KEY", OPTION_API_KEY},
		{"Client_ID", OPTION_API_KEY},
		{"sandbox_name", OPTION_SANDBOX_NAME},
		{"sandbox-name", OPTION_SANDBOX_NAME},
		{"SANDBOX_NAME", OPTION_SANDBOX_NAME},
		{"ACCESS_TOKEN", OPTION_ACCESS_TOKEN},
		{"secret", OPTION_CLIENT_SECRET},
		{"client_secrets", OPTION_CLIENT_SECRET},
		{"CLIENT_SECRET", OPTION_CLIENT_SECRET},
		{"Scopes", OPTION_SCOPES},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(due); i++)
		assert_int_equal(option_find_key(due[i].key), due[i].id);
	assert_int_equal(option_find_key("technical_account_id"), -1);
	assert_int_equal(option_find_key("project"), -1);
	assert_int_equal(option_find_key(""), -1);
}

static void defaults_are_the_documented_ones(void **state)
{
	static const struct {
		enum option_id id;
		const char *preset;
	} due[] = {
		{OPTION_ENDPOINT, "https://platform.adobe.io"},
		{OPTION_IMS_ENDPOINT, "https://ims-na1.adobelogin.com"},
		{OPTION_SANDBOX_NAME, "prod"},
		{OPTION_TTL, "60"},
		{OPTION_MEMORY, "256M"},
		{OPTION_TIMEOUT, "30"},
		{OPTION_LOG_LEVEL, "info"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(due); i++)
		assert_string_equal(options[due[i].id].preset, due[i].preset);
}

static void the_table_adds_up(void **state)
{
	(void)state;
	for (int id = 0; id < OPTION_COUNT; id++) {
		const struct option *option = &options[id];
		size_t length = strlen(option->help);

		assert_true(length && option->help[length - 1] != '.');
		assert_int_equal(option->flag, option->value == NULL);
		assert_false(option->flag && option->preset);
		assert_false(option->secret && !option->environment);
		assert_int_equal(option->secret,
				 id == OPTION_ACCESS_TOKEN ||
					 id == OPTION_CLIENT_SECRET);
	}
}

static void what_fstab_says_to_mount_is_ignored(void **state)
{
	static const char *const ignored[] = {"ro",
					      "rw",
					      "nodev",
					      "nosuid",
					      "noexec",
					      "noauto",
					      "user",
					      "users",
					      "_netdev",
					      "nofail",
					      "noatime",
					      "defaults",
					      "x-systemd.automount",
					      "X-mount.mkdir"};
	static const char *const not_ignored[] = {"",	 "x-",	 "r",
						  "roo", "_net", "noauto2"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(ignored); i++)
		assert_true(option_is_ignored(ignored[i], strlen(ignored[i])));
	for (size_t i = 0; i < COUNT_OF(not_ignored); i++)
		assert_false(option_is_ignored(not_ignored[i],
					       strlen(not_ignored[i])));
	assert_true(option_is_ignored("x-systemd.requires=a", 18));
	assert_true(option_is_ignored("ro,memory=9M", 2));
}

static void some_are_for_libfuse(void **state)
{
	(void)state;
	assert_true(option_is_for_fuse("auto_unmount", 12));
	assert_true(option_is_for_fuse("context=x", 7));
	assert_false(option_is_for_fuse("auto_unmount", 4));
	assert_false(option_is_for_fuse("ro", 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			every_option_is_found_by_its_name_and_by_no_part_of_it),
		cmocka_unit_test(no_name_is_two_things),
		cmocka_unit_test(keys_of_other_tools_are_known),
		cmocka_unit_test(defaults_are_the_documented_ones),
		cmocka_unit_test(the_table_adds_up),
		cmocka_unit_test(what_fstab_says_to_mount_is_ignored),
		cmocka_unit_test(some_are_for_libfuse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
