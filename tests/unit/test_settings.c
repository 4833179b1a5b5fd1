/* What was set and whether it makes sense: caifs/settings.h. */

#include "caifs/settings.h"

#include "scratch.h"
#include "stderr_text.h"
#include "test.h"

#include <unistd.h>

#define SECRET "p8e-canary-secret"

enum { MOST_WORDS = 12 };

/* Reads and checks; what was said is in `*ret_said`. */
static int take(struct settings *s, enum settings_args words,
		const char *const *arguments, const char **ret_said)
{
	char *argv[MOST_WORDS + 2] = {strdup("caifs")};
	int argc = 1, err;

	for (; arguments[argc - 1]; argc++)
		argv[argc] = strdup(arguments[argc - 1]);
	*s = (struct settings){0};
	stderr_text_begin();
	err = settings_read(s, words, argc, argv);
	if (!err)
		err = settings_check(s);
	*ret_said = stderr_text_end();
	for (int i = 0; i < argc; i++)
		free(argv[i]);
	assert_null(strstr(*ret_said, SECRET));
	if (err) {
		assert_int_equal(err, -EINVAL);
		assert_one_line(*ret_said, NULL);
	} else {
		assert_string_equal(*ret_said, "");
	}
	return err;
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void give_credentials(void)
{
	setenv("CAIFS_IMS_ORG", "org", 1);
	setenv("CAIFS_API_KEY", "key", 1);
	setenv("CAIFS_CLIENT_SECRET", SECRET, 1);
}

/* With `option` after -o. */
static int take_option(struct settings *s, const char *option,
		       const char **ret_said)
{
	give_credentials();
	return take(s, SETTINGS_MOUNTPOINT, WORDS("-o", option, "mnt"),
		    ret_said);
}

static void accepts(struct settings *s, const char *option)
{
	const char *said;

	if (take_option(s, option, &said))
		fail_msg("%s: %s", option, said);
}

static void refuses(const char *option)
{
	struct settings s;
	const char *said;
	char name[64];

	if (!take_option(&s, option, &said))
		fail_msg("taken: %s", option);
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(option, "="), option);
	assert_one_line(said, name, NULL);
	settings_finish(&s);
}

/* --- Order --- */

static void options_are_before_environment_before_file(void **state)
{
	struct settings s;
	const char *said;

	scratch_file(state, "caifs/config.json",
		     "{\"ims_org\": \"file\", \"api_key\": \"file\", "
		     "\"sandbox_name\": \"file\", \"client_secret\": "
		     "\"file-secret\"}",
		     0600);
	setenv("CAIFS_IMS_ORG", "environment", 1);
	setenv("CAIFS_API_KEY", "environment", 1);
	assert_int_equal(take(&s, SETTINGS_MOUNTPOINT,
			      WORDS("-o", "ims_org=option", "mnt"), &said),
			 0);
	assert_string_equal(s.values[OPTION_IMS_ORG], "option");
	assert_string_equal(s.values[OPTION_API_KEY], "environment");
	assert_string_equal(s.values[OPTION_SANDBOX_NAME], "file");
	assert_string_equal(secret_text(s.client_secret), "file-secret");
	assert_false(s.from_file[OPTION_IMS_ORG]);
	assert_false(s.from_file[OPTION_API_KEY]);
	assert_true(s.from_file[OPTION_SANDBOX_NAME]);
	settings_finish(&s);
}

static void the_last_option_counts(void **state)
{
	struct settings s;
	const char *said;

	(void)state;
	give_credentials();
	assert_int_equal(take(&s, SETTINGS_MOUNTPOINT,
			      WORDS("-o", "ttl=1,ttl=2", "mnt", "-ottl=3"),
			      &said),
			 0);
	assert_int_equal(s.ttl_ms, 3000);
	settings_finish(&s);
}

static void what_is_not_set_has_its_default(void **state)
{
	struct settings s;

	(void)state;
	accepts(&s, "ro");
	assert_string_equal(settings_text(&s, OPTION_ENDPOINT),
			    "https://platform.adobe.io");
	assert_string_equal(settings_text(&s, OPTION_SANDBOX_NAME), "prod");
	assert_int_equal(s.ttl_ms, 60000);
	assert_true(s.memory_bytes == 256 << 20);
	assert_int_equal(s.connections, 8);
	assert_int_equal(s.timeout_ms, 30000);
	assert_int_equal(s.log_level, LOG_LEVEL_INFO);
	assert_int_equal(s.uid, geteuid());
	assert_int_equal(s.gid, getegid());
	assert_int_equal(s.umask, 0);
	assert_null(s.datasets);
	assert_false(s.plain_http);
	assert_null(s.fuse_options);
	settings_finish(&s);
}

/* --- Words --- */

static void words_are_a_source_and_a_mountpoint(void **state)
{
	struct settings s;
	const char *said;

	give_credentials();
	assert_int_equal(take(&s, SETTINGS_MOUNTPOINT, WORDS("mnt"), &said), 0);
	assert_null(s.source);
	assert_string_equal(s.mountpoint, "mnt");
	settings_finish(&s);

	scratch_file(state, "caifs/luma.json", "{\"client_secret\": \"x\"}",
		     0600);
	give_credentials();
	assert_int_equal(
		take(&s, SETTINGS_MOUNTPOINT, WORDS("luma", "mnt"), &said), 0);
	assert_string_equal(s.source, "luma");
	assert_string_equal(s.mountpoint, "mnt");
	settings_finish(&s);

	give_credentials();
	assert_int_equal(take(&s, SETTINGS_SOURCE_ONLY, WORDS("luma"), &said),
			 0);
	assert_string_equal(s.source, "luma");
	assert_null(s.mountpoint);
	settings_finish(&s);
}

static void too_many_words_or_too_few_are_refused(void **state)
{
	struct settings s;
	const char *said;

	(void)state;
	assert_int_equal(
		take(&s, SETTINGS_MOUNTPOINT, WORDS("a", "b", "c"), &said),
		-EINVAL);
	assert_one_line(said, "'c'", NULL);
	settings_finish(&s);
	assert_int_equal(take(&s, SETTINGS_SOURCE_ONLY, WORDS("a", "b"), &said),
			 -EINVAL);
	assert_one_line(said, "'b'", NULL);
	settings_finish(&s);
	assert_int_equal(
		take(&s, SETTINGS_MOUNTPOINT, WORDS("-o", "ro"), &said),
		-EINVAL);
	assert_one_line(said, "mountpoint", NULL);
	settings_finish(&s);
}

static void what_mount_gives_besides_is_taken(void **state)
{
	struct settings s;
	const char *said;

	(void)state;
	give_credentials();
	assert_int_equal(
		take(&s, SETTINGS_MOUNTPOINT,
		     WORDS("-s", "-v", "-n", "-o",
			   "rw,nofail,x-systemd.automount,auto_unmount,"
			   "allow_root",
			   "mnt"),
		     &said),
		0);
	assert_string_equal(s.fuse_options, "auto_unmount,allow_root");
	settings_finish(&s);
}

/* --- Options --- */

static void an_unknown_option_is_told_with_the_nearest(void **state)
{
	struct settings s;
	const char *said;

	(void)state;
	assert_int_equal(take_option(&s, "memroy=9M", &said), -EINVAL);
	assert_one_line(said, "'memroy'", "'memory'", NULL);
	settings_finish(&s);
	assert_int_equal(take_option(&s, "auto_umount", &said), -EINVAL);
	assert_one_line(said, "'auto_umount'", "'auto_unmount'", NULL);
	settings_finish(&s);
	assert_int_equal(take_option(&s, "no_such_thing", &said), -EINVAL);
	assert_one_line(said, "'no_such_thing'", "--help", NULL);
	assert_null(strstr(said, "did you mean"));
	settings_finish(&s);
	assert_int_equal(
		take(&s, SETTINGS_MOUNTPOINT, WORDS("-x", "mnt"), &said),
		-EINVAL);
	assert_one_line(said, "'-x'", NULL);
	settings_finish(&s);
}

static void a_secret_is_never_taken_from_the_command_line(void **state)
{
	static const char *const wrong[] = {"client_secret=" SECRET,
					    "access_token=" SECRET};
	struct settings misspelt;
	const char *text;

	(void)state;
	/* Nor is one led to it. */
	assert_int_equal(take_option(&misspelt, "client_secrt=" SECRET, &text),
			 -EINVAL);
	assert_null(strstr(text, "client_secret"));
	settings_finish(&misspelt);
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		struct settings s;
		const char *said;

		assert_int_equal(take_option(&s, wrong[i], &said), -EINVAL);
		assert_one_line(said, "600", "CAIFS_", NULL);
		assert_null(s.client_secret);
		assert_null(s.access_token);
		settings_finish(&s);
	}
}

static void a_flag_takes_no_value_and_others_need_one(void **state)
{
	struct settings s;

	(void)state;
	refuses("show_latest=yes");
	refuses("show_latest=");
	refuses("ttl");
	accepts(&s, "show_latest,all_datasets");
	assert_true(settings_flag(&s, OPTION_SHOW_LATEST));
	assert_true(settings_flag(&s, OPTION_ALL_DATASETS));
	assert_false(settings_flag(&s, OPTION_ONLY));
	settings_finish(&s);
}

static void sizes_have_units(void **state)
{
	static const struct {
		const char *option;
		int64_t bytes;
	} due[] = {
		{"memory=8388608", 8 << 20}, {"memory=8192k", 8 << 20},
		{"memory=8192K", 8 << 20},   {"memory=9M", 9 << 20},
		{"memory=9m", 9 << 20},	     {"memory=2G", INT64_C(2) << 30},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(due); i++) {
		struct settings s;

		accepts(&s, due[i].option);
		assert_true(s.memory_bytes == due[i].bytes);
		settings_finish(&s);
	}
}

static void wrong_numbers_are_refused(void **state)
{
	static const char *const wrong[] = {
		"memory=1K",
		"memory=many",
		"memory=5X",
		"memory=",
		"memory=9MB",
		"memory=-9M",
		"memory=+9M",
		"memory= 9M",
		"memory=9.5M",
		"memory=99999999999999999999",
		"memory=9223372036854775807G",
		"memory=17179869193G", /* 9 GiB and 2^64 more */
		"memory=0x9000000",
		"cache_size=1K",
		"connections=0",
		"connections=33",
		"connections=8K",
		"timeout=0",
		"timeout=-1",
		"timeout=3601",
		"ttl=1.5",
		"ttl=86401",
		"ttl=",
		"max_threads=0",
		"uid=root",
		"uid=-1",
		"uid=4294967295", /* (uid_t)-1 */
		"gid=99999999999",
		"umask=9",
		"umask=",
		"umask=-1",
		"umask=+22",
		"umask= 22",
		"umask=1000",
		"umask=40000000022",		 /* 022 and 2^32 more */
		"umask=-1777777777777777777756", /* 022, wrapped */
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(wrong); i++)
		refuses(wrong[i]);
}

static void numbers_at_their_ends_are_taken(void **state)
{
	struct settings s;

	(void)state;
	accepts(&s, "ttl=0,connections=1,timeout=3600,uid=0,gid=4294967294,"
		    "umask=0777,max_threads=1,cache_size=1M");
	assert_int_equal(s.ttl_ms, 0);
	assert_int_equal(s.connections, 1);
	assert_int_equal(s.timeout_ms, 3600000);
	assert_int_equal(s.uid, 0);
	assert_true(s.gid == 4294967294U);
	assert_int_equal(s.umask, 0777);
	assert_int_equal(s.max_threads, 1);
	assert_true(s.cache_bytes == 1 << 20);
	settings_finish(&s);
	accepts(&s, "umask=022,connections=32");
	assert_int_equal(s.umask, 022);
	assert_int_equal(s.connections, 32);
	settings_finish(&s);
}

static void a_wrong_value_of_a_file_says_the_file(void **state)
{
	const char *said, *path = scratch_file(state, "caifs/config.json",
					       "{\"ttl\": \"soon\"}", 0600);
	struct settings s;

	give_credentials();
	assert_int_equal(take(&s, SETTINGS_MOUNTPOINT, WORDS("mnt"), &said),
			 -EINVAL);
	assert_one_line(said, "ttl", "soon", path, NULL);
	settings_finish(&s);
}

static void http_is_for_this_machine_alone(void **state)
{
	static const char *const local[] = {"endpoint=http://127.0.0.1",
					    "endpoint=http://127.0.0.1:8080/x",
					    "endpoint=http://localhost:1",
					    "endpoint=HTTP://LOCALHOST",
					    "endpoint=http://[::1]:80",
					    "ims_endpoint=http://[::1]/"};
	static const char *const wrong[] = {
		"endpoint=http://example.com",
		"endpoint=http://127.0.0.1.example.com",
		"endpoint=http://localhost.example.com",
		"endpoint=http://127.0.0.1@example.com",
		"endpoint=http://[::1].example.com",
		"endpoint=http://10.0.0.1",
		"endpoint=http://",
		"ims_endpoint=http://example.com"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(local); i++) {
		struct settings s;

		accepts(&s, local[i]);
		assert_true(s.plain_http);
		settings_finish(&s);
	}
	for (size_t i = 0; i < COUNT_OF(wrong); i++)
		refuses(wrong[i]);
}

static void an_endpoint_is_a_plain_base_url(void **state)
{
	static const char *const wrong[] = {
		"endpoint=",
		"endpoint=https://",
		"endpoint=https:///path",
		"endpoint=https://:443",
		"endpoint=ftp://x",
		"endpoint=platform.adobe.io",
		"endpoint=https://user@example.com",
		"endpoint=https://example.com/?a=b",
		"endpoint=https://example.com/#a",
		"endpoint=https://example.com/a b",
		"endpoint=https://example.com/\n",
		"endpoint=https://example.com/\x7f"};
	struct settings s;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(wrong); i++)
		refuses(wrong[i]);
	accepts(&s, "endpoint=https://example.com/base//");
	assert_string_equal(settings_text(&s, OPTION_ENDPOINT),
			    "https://example.com/base");
	assert_false(s.plain_http);
	settings_finish(&s);
}

static void words_of_the_log_level(void **state)
{
	struct settings s;

	(void)state;
	refuses("log_level=loud");
	refuses("log_level=");
	accepts(&s, "log_level=debug");
	assert_int_equal(s.log_level, LOG_LEVEL_DEBUG);
	settings_finish(&s);
}

static void datasets_are_cut_apart(void **state)
{
	struct settings s;

	(void)state;
	accepts(&s, "dataset=a:b::c,only");
	assert_string_equal(s.datasets[0], "a");
	assert_string_equal(s.datasets[1], "b");
	assert_string_equal(s.datasets[2], "c");
	assert_null(s.datasets[3]);
	settings_finish(&s);
	refuses("only");
}

static void scopes_lose_their_blanks(void **state)
{
	struct settings s;

	(void)state;
	setenv("CAIFS_SCOPES", "openid, AdobeID,\tsession ", 1);
	accepts(&s, "ro");
	assert_string_equal(settings_text(&s, OPTION_SCOPES),
			    "openid,AdobeID,session");
	settings_finish(&s);
}

static void a_cache_directory_becomes_absolute(void **state)
{
	char option[300], *real = realpath(*state, NULL);
	struct settings s;

	snprintf(option, sizeof(option), "cache_dir=%s/./new/", real);
	accepts(&s, option);
	snprintf(option, sizeof(option), "%s/new", real);
	assert_string_equal(s.values[OPTION_CACHE_DIR], option);
	settings_finish(&s);
	free(real);
	refuses("cache_dir=/no/such/place");
	refuses("cacert=/no/such/file");
	refuses("offline"); /* without a cache */
}

/* --- Credentials --- */

static void a_missing_credential_is_named(void **state)
{
	static const char *const due[][2] = {
		{"CAIFS_IMS_ORG", "ims_org"},
		{"CAIFS_API_KEY", "api_key"},
		{"CAIFS_CLIENT_SECRET", "CAIFS_CLIENT_SECRET"}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(due); i++) {
		struct settings s;
		const char *said;

		give_credentials();
		unsetenv(due[i][0]);
		assert_int_equal(
			take(&s, SETTINGS_MOUNTPOINT, WORDS("mnt"), &said),
			-EINVAL);
		assert_one_line(said, due[i][1], NULL);
		settings_finish(&s);
	}
	refuses("ims_org=");
	refuses("api_key=");
	refuses("sandbox_name=");
	refuses("ims_org=a\x1f"); /* it becomes a header */
	refuses("api_key=a\r\nx: y");
}

static void any_way_to_a_token_will_do(void **state)
{
	const char *said, *path = scratch_file(state, "token", "t", 0600);
	char file[300], shared[300];
	struct settings s;

	snprintf(file, sizeof(file), "token_file=%s", path);
	give_credentials();
	unsetenv("CAIFS_CLIENT_SECRET");
	assert_int_equal(
		take(&s, SETTINGS_MOUNTPOINT, WORDS("-o", file, "mnt"), &said),
		0);
	settings_finish(&s);
	assert_int_equal(take(&s, SETTINGS_MOUNTPOINT,
			      WORDS("-o", "token_command=x", "mnt"), &said),
			 0);
	settings_finish(&s);
	snprintf(shared, sizeof(shared), "token_file=%s",
		 scratch_file(state, "shared", "t", 0644));
	assert_int_equal(take(&s, SETTINGS_MOUNTPOINT,
			      WORDS("-o", shared, "mnt"), &said),
			 -EINVAL);
	assert_one_line(said, "chmod 600", NULL);
	settings_finish(&s);
	setenv("CAIFS_ACCESS_TOKEN", SECRET, 1);
	assert_int_equal(take(&s, SETTINGS_MOUNTPOINT, WORDS("mnt"), &said), 0);
	assert_string_equal(secret_text(s.access_token), SECRET);
	settings_finish(&s);
	snprintf(shared, sizeof(shared), "offline,cache_dir=%s",
		 (char *)*state);
	assert_int_equal(take(&s, SETTINGS_MOUNTPOINT,
			      WORDS("-o", shared, "mnt"), &said),
			 0);
	settings_finish(&s);
}

static void secrets_leave_the_environment(void **state)
{
	struct settings s;
	const char *said;

	(void)state;
	setenv("CAIFS_ACCESS_TOKEN", SECRET, 1);
	give_credentials();
	assert_int_equal(take(&s, SETTINGS_MOUNTPOINT, WORDS("mnt"), &said), 0);
	assert_null(getenv("CAIFS_ACCESS_TOKEN"));
	assert_null(getenv("CAIFS_CLIENT_SECRET"));
	assert_string_equal(secret_text(s.client_secret), SECRET);
	for (int id = 0; id < OPTION_COUNT; id++)
		if (s.values[id])
			assert_null(strstr(s.values[id], SECRET));
	settings_finish(&s);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_begin, scratch_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(options_are_before_environment_before_file),
		TEST(the_last_option_counts),
		TEST(what_is_not_set_has_its_default),
		TEST(words_are_a_source_and_a_mountpoint),
		TEST(too_many_words_or_too_few_are_refused),
		TEST(what_mount_gives_besides_is_taken),
		TEST(an_unknown_option_is_told_with_the_nearest),
		TEST(a_secret_is_never_taken_from_the_command_line),
		TEST(a_flag_takes_no_value_and_others_need_one),
		TEST(sizes_have_units),
		TEST(wrong_numbers_are_refused),
		TEST(numbers_at_their_ends_are_taken),
		TEST(a_wrong_value_of_a_file_says_the_file),
		TEST(http_is_for_this_machine_alone),
		TEST(an_endpoint_is_a_plain_base_url),
		TEST(words_of_the_log_level),
		TEST(datasets_are_cut_apart),
		TEST(scopes_lose_their_blanks),
		TEST(a_cache_directory_becomes_absolute),
		TEST(a_missing_credential_is_named),
		TEST(any_way_to_a_token_will_do),
		TEST(secrets_leave_the_environment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
