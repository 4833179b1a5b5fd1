/* The configuration file: fs/config/config_file.h. */

#include "config_file.h"

#include "scratch.h"
#include "stderr_text.h"
#include "test.h"

#include <fcntl.h>
#include <unistd.h>

#define ORG    "0123456789ABCDEF01234567@AdobeOrg"
#define KEY    "0123456789abcdef0123456789abcdef"
#define SECRET "p8e-canary-secret"

/* Reads it; what was said is in `*ret_said`. */
static int read_path(struct settings *s, const char *path,
		     const char **ret_said)
{
	int err;

	if (path)
		settings_offer(s, OPTION_CONFIG, path);
	stderr_text_begin();
	err = config_file_read(s);
	*ret_said = stderr_text_end();
	assert_null(strstr(*ret_said, SECRET));
	return err;
}

static int read_text(void **state, struct settings *s, const char *text)
{
	const char *said,
		*path = scratch_file(state, "config.json", text, 0600);
	int err;

	*s = (struct settings){0};
	err = read_path(s, path, &said);
	if (err) {
		assert_int_equal(err, -EINVAL);
		assert_one_line(said, path, NULL);
	} else {
		assert_string_equal(said, "");
		assert_string_equal(s->config_path, path);
	}
	return err;
}

static void refuses(void **state, const char *text)
{
	struct settings s;

	if (!read_text(state, &s, text))
		fail_msg("taken: %s", text);
	settings_finish(&s);
}

static void forms_of_all_tools_are_understood(void **state)
{
	static const char *const forms[] = {
		/* our own */
		"{\"ims_org\": \"" ORG "\", \"api_key\": \"" KEY
		"\", \"client_secret\": \"" SECRET "\"}",
		/* aepp */
		"{\"org_id\": \"" ORG "\", \"client_id\": \"" KEY
		"\", \"secret\": \"" SECRET "\", \"sandbox-name\": \"prod\", "
		"\"environment\": \"prod\", \"scopes\": \"openid, session\"}",
		/* upper case */
		"{\"IMS_ORG\": \"" ORG "\", \"API_KEY\": \"" KEY
		"\", \"CLIENT_SECRET\": \"" SECRET
		"\", \"SANDBOX_NAME\": \"prod\"}",
		/* aio */
		"{\"ims\": {\"contexts\": {\"aep\": {\"client_id\": \"" KEY
		"\", \"client_secrets\": [\"" SECRET "\", \"an older one\"], "
		"\"ims_org_id\": \"" ORG "\", \"technical_account_id\": "
		"\"x@techacct.adobe.com\", \"scopes\": [\"openid\"]}}}}",
		/* the Developer Console */
		"{\"project\": {\"id\": \"1\", \"name\": \"p\", \"org\": "
		"{\"id\": \"1\", \"name\": \"o\", \"ims_org_id\": \"" ORG
		"\"}, \"workspace\": {\"details\": {\"credentials\": [{\"id\": "
		"\"2\", \"name\": \"c\", \"integration_type\": "
		"\"oauth_server_to_server\", \"oauth_server_to_server\": "
		"{\"client_id\": \"" KEY "\", \"client_secrets\": [\"" SECRET
		"\"], \"scopes\": [\"openid\", \"session\"]}}]}}}}",
	};

	for (size_t i = 0; i < COUNT_OF(forms); i++) {
		struct settings s;

		assert_int_equal(read_text(state, &s, forms[i]), 0);
		assert_string_equal(s.values[OPTION_IMS_ORG], ORG);
		assert_string_equal(s.values[OPTION_API_KEY], KEY);
		assert_string_equal(secret_text(s.client_secret), SECRET);
		assert_null(s.values[OPTION_CLIENT_SECRET]);
		settings_finish(&s);
	}
}

static void values_become_text(void **state)
{
	struct settings s;

	assert_int_equal(
		read_text(state, &s,
			  "{\"ttl\": 5, \"cache_size\": 1125899906842624, "
			  "\"memory\": \"9M\", \"only\": true, "
			  "\"offline\": false, \"proxy\": null, \"log\": \"\", "
			  "\"dataset\": [\"a\", \"b\"], "
			  "\"scopes\": [\"openid\", \"session\"]}"),
		0);
	assert_string_equal(s.values[OPTION_TTL], "5");
	assert_string_equal(s.values[OPTION_CACHE_SIZE], "1125899906842624");
	assert_string_equal(s.values[OPTION_MEMORY], "9M");
	assert_true(settings_flag(&s, OPTION_ONLY));
	assert_false(settings_flag(&s, OPTION_OFFLINE));
	assert_null(s.values[OPTION_PROXY]);
	assert_null(s.values[OPTION_LOG]);
	assert_string_equal(s.values[OPTION_DATASET], "a:b");
	assert_string_equal(s.values[OPTION_SCOPES], "openid,session");
	assert_true(s.from_file[OPTION_TTL] && s.from_file[OPTION_ONLY]);
	assert_false(s.from_file[OPTION_LOG]);
	settings_finish(&s);
}

static void a_fraction_is_not_rounded(void **state)
{
	struct settings s;

	assert_int_equal(read_text(state, &s, "{\"ttl\": 1.5}"), 0);
	assert_string_equal(s.values[OPTION_TTL], "1.5");
	settings_finish(&s);
}

static void a_value_of_the_wrong_kind_is_refused(void **state)
{
	refuses(state, "{\"memory\": true}");
	refuses(state, "{\"ims_org\": {}}");
	refuses(state, "{\"offline\": \"false\"}");
	refuses(state, "{\"offline\": 0}");
	refuses(state, "{\"only\": [\"x\"]}");
}

static void what_was_set_before_stays(void **state)
{
	const char *said, *path = scratch_file(state, "c.json",
					       "{\"ims_org\": \"file\"}", 0600);
	struct settings s = {0};

	settings_offer(&s, OPTION_IMS_ORG, "before");
	assert_int_equal(read_path(&s, path, &said), 0);
	assert_string_equal(s.values[OPTION_IMS_ORG], "before");
	assert_false(s.from_file[OPTION_IMS_ORG]);
	settings_finish(&s);
}

static void only_credentials_are_looked_for_deeper(void **state)
{
	struct settings s;

	assert_int_equal(
		read_text(state, &s,
			  "{\"x\": {\"endpoint\": \"https://other\", "
			  "\"token_command\": \"rm\", \"offline\": true, "
			  "\"cache_dir\": \"/\", \"api_key\": \"deep\", "
			  "\"access_token\": \"" SECRET "\"}}"),
		0);
	assert_null(s.values[OPTION_ENDPOINT]);
	assert_null(s.values[OPTION_TOKEN_COMMAND]);
	assert_null(s.values[OPTION_OFFLINE]);
	assert_null(s.values[OPTION_CACHE_DIR]);
	assert_string_equal(s.values[OPTION_API_KEY], "deep");
	assert_string_equal(secret_text(s.access_token), SECRET);
	settings_finish(&s);
}

static void the_outer_one_counts(void **state)
{
	struct settings s;

	assert_int_equal(read_text(state, &s,
				   "{\"x\": {\"api_key\": \"deep\"}, "
				   "\"api_key\": \"outer\"}"),
			 0);
	assert_string_equal(s.values[OPTION_API_KEY], "outer");
	settings_finish(&s);
}

static void a_file_names_no_other(void **state)
{
	struct settings s = {0};
	const char *said;

	scratch_file(state, "caifs/config.json",
		     "{\"config\": \"/etc/passwd\", \"api_key\": \"k\"}", 0600);
	assert_int_equal(read_path(&s, NULL, &said), 0);
	assert_null(s.values[OPTION_CONFIG]);
	assert_string_equal(s.values[OPTION_API_KEY], "k");
	settings_finish(&s);
}

static void depth_has_an_end(void **state)
{
	enum { DEPTH = 5000 };
	char *text = test_alloc(DEPTH * 7 + 100);
	struct settings s;

	/* cJSON's own limit may refuse it; nothing may break. */
	for (int depth = 20; depth <= DEPTH; depth += DEPTH - 20) {
		text[0] = '\0';
		for (int i = 0; i < depth; i++)
			memcpy(text + i * 5, "{\"a\":", 6);
		strcat(text, "{\"api_key\":\"k\"}");
		memset(text + strlen(text), '}', (size_t)depth);
		text[depth * 6 + 15] = '\0';
		if (!read_text(state, &s, text))
			assert_null(s.values[OPTION_API_KEY]);
		settings_finish(&s);
	}
	free(text);
}

static void what_is_no_json_object_is_refused(void **state)
{
	static const char *const wrong[] = {
		"",	    " ",    "{",     "[]",   "3",
		"\"x\"",    "null", "{} {}", "{} x", "{'ims_org': 'x'}",
		"ims_org=x"};

	for (size_t i = 0; i < COUNT_OF(wrong); i++)
		refuses(state, wrong[i]);
}

static void refuses_bytes(void **state, const char *bytes, size_t size)
{
	const char *said,
		*path = scratch_bytes(state, "config.json", bytes, size, 0600);
	struct settings s = {0};

	assert_int_equal(read_path(&s, path, &said), -EINVAL);
	assert_one_line(said, path, NULL);
	assert_null(s.values[OPTION_API_KEY]);
	settings_finish(&s);
}

static void a_nul_inside_is_refused(void **state)
{
	static const char after[] = "{\"api_key\": \"k\"}\0";
	static const char within[] = "{\"api_key\": \"k\0k\"}";

	refuses_bytes(state, after, sizeof(after) - 1);
	refuses_bytes(state, within, sizeof(within) - 1);
}

static void a_file_has_a_greatest_size(void **state)
{
	enum { MAX = 1024 * 1024 };
	static const char content[] = "{\"api_key\": \"k\"}";
	char *text = test_alloc(MAX + 1);
	const char *said;
	struct settings s = {0};

	memset(text, ' ', MAX + 1);
	memcpy(text, content, strlen(content));
	assert_int_equal(
		read_path(&s,
			  scratch_bytes(state, "most.json", text, MAX, 0600),
			  &said),
		0);
	assert_string_equal(s.values[OPTION_API_KEY], "k");
	settings_finish(&s);
	refuses_bytes(state, text, MAX + 1);
	free(text);
}

/* --- Who may read it --- */

static int read_mode(void **state, const char *text, mode_t mode,
		     const char *secret_before)
{
	const char *said, *path = scratch_file(state, "mode.json", text, mode);
	struct settings s = {0};
	int err;

	if (secret_before)
		settings_offer(&s, OPTION_CLIENT_SECRET, secret_before);
	err = read_path(&s, path, &said);
	if (err) {
		assert_int_equal(err, -EINVAL);
		assert_one_line(said, "chmod 600", path, NULL);
	}
	settings_finish(&s);
	return err;
}

static void a_file_with_a_secret_is_for_nobody_else(void **state)
{
	static const mode_t wide[] = {0640, 0604, 0620, 0602, 0610, 0644};
	static const char flat[] = "{\"client_secret\": \"" SECRET "\"}",
			  deep[] =
				  "{\"x\": {\"access_token\": \"" SECRET "\"}}";

	for (size_t i = 0; i < COUNT_OF(wide); i++) {
		assert_int_equal(read_mode(state, flat, wide[i], NULL),
				 -EINVAL);
		assert_int_equal(read_mode(state, deep, wide[i], NULL),
				 -EINVAL);
	}
	assert_int_equal(read_mode(state, flat, 0600, NULL), 0);
	assert_int_equal(read_mode(state, flat, 0400, NULL), 0);
}

/* The secret in it is seen by others all the same. */
static void also_when_another_secret_was_set_before(void **state)
{
	assert_int_equal(read_mode(state, "{\"access_token\": \"" SECRET "\"}",
				   0644, "set before"),
			 -EINVAL);
	assert_int_equal(read_mode(state, "{\"client_secret\": \"" SECRET "\"}",
				   0644, "set before"),
			 -EINVAL);
}

static void a_file_without_one_may_be_read_by_all(void **state)
{
	assert_int_equal(read_mode(state, "{\"api_key\": \"k\"}", 0644, NULL),
			 0);
	assert_int_equal(
		read_mode(state, "{\"client_secret\": \"\"}", 0644, NULL), 0);
}

static void a_file_of_somebody_else_may_hold_none(void **state)
{
	const char *said, *path = scratch_file(
				  state, "theirs.json",
				  "{\"client_secret\": \"" SECRET "\"}", 0600);
	struct settings s = {0};

	if (geteuid() != 0 || chown(path, 65534, 65534))
		skip();
	assert_int_equal(read_path(&s, path, &said), -EINVAL);
	assert_one_line(said, path, "chown", NULL);
	settings_finish(&s);
}

static void what_the_service_manager_keeps_is_trusted(void **state)
{
	const char *said, *path = scratch_file(state, "token", "x", 0640);
	int fd = open(path, O_RDONLY | O_CLOEXEC), strict, trusted;

	assert_true(fd >= 0);
	stderr_text_begin();
	strict = config_file_check_private(fd, path);
	said = stderr_text_end();
	assert_int_equal(strict, -EINVAL);
	assert_one_line(said, path, "chmod 600", NULL);
	setenv("CREDENTIALS_DIRECTORY", *state, 1);
	trusted = config_file_check_private(fd, path);
	close(fd);
	assert_int_equal(trusted, 0);
}

/* --- Which file --- */

static void a_named_file_must_be_there(void **state)
{
	struct settings s = {0};
	const char *said;
	char path[300];

	snprintf(path, sizeof(path), "%s/none.json", (char *)*state);
	assert_int_equal(read_path(&s, path, &said), -EINVAL);
	assert_one_line(said, path, "No such file", NULL);
	settings_finish(&s);
}

static void a_default_file_need_not_be_there(void **state)
{
	struct settings s = {0};
	const char *said;

	(void)state;
	if (access("/etc/caifs/config.json", F_OK) == 0)
		skip();
	assert_int_equal(read_path(&s, NULL, &said), 0);
	assert_string_equal(said, "");
	assert_null(s.config_path);
	settings_finish(&s);
}

static void the_source_says_which_file(void **state)
{
	static const struct {
		const char *source, *due;
	} rows[] = {{NULL, "default"}, {"caifs", "default"}, {"luma", "luma"}};

	scratch_file(state, "caifs/config.json", "{\"api_key\": \"default\"}",
		     0600);
	scratch_file(state, "caifs/luma.json", "{\"api_key\": \"luma\"}", 0600);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct settings s = {0};
		const char *said;

		s.source = rows[i].source ? strdup(rows[i].source) : NULL;
		assert_int_equal(read_path(&s, NULL, &said), 0);
		assert_string_equal(s.values[OPTION_API_KEY], rows[i].due);
		settings_finish(&s);
	}
	assert_true(settings_has_source("luma"));
	assert_false(settings_has_source("lumo"));
}

static void without_xdg_it_is_below_home(void **state)
{
	struct settings s = {0};
	const char *said;

	scratch_file(state, ".config/caifs/config.json",
		     "{\"api_key\": \"home\"}", 0600);
	unsetenv("XDG_CONFIG_HOME");
	assert_int_equal(read_path(&s, NULL, &said), 0);
	assert_string_equal(s.values[OPTION_API_KEY], "home");
	settings_finish(&s);
}

static void a_source_that_is_none_is_told(void **state)
{
	static const char *const sources[] = {"nobody", "../caifs/luma",
					      "/etc/caifs/luma"};

	scratch_file(state, "caifs/luma.json", "{}", 0600);
	for (size_t i = 0; i < COUNT_OF(sources); i++) {
		struct settings s = {.source = strdup(sources[i])};
		const char *said;

		assert_int_equal(read_path(&s, NULL, &said), -EINVAL);
		assert_one_line(said, sources[i], "/etc/caifs", NULL);
		settings_finish(&s);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_begin, scratch_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(forms_of_all_tools_are_understood),
		TEST(values_become_text),
		TEST(a_fraction_is_not_rounded),
		TEST(a_value_of_the_wrong_kind_is_refused),
		TEST(what_was_set_before_stays),
		TEST(only_credentials_are_looked_for_deeper),
		TEST(the_outer_one_counts),
		TEST(a_file_names_no_other),
		TEST(depth_has_an_end),
		TEST(what_is_no_json_object_is_refused),
		TEST(a_nul_inside_is_refused),
		TEST(a_file_has_a_greatest_size),
		TEST(a_file_with_a_secret_is_for_nobody_else),
		TEST(also_when_another_secret_was_set_before),
		TEST(a_file_without_one_may_be_read_by_all),
		TEST(a_file_of_somebody_else_may_hold_none),
		TEST(what_the_service_manager_keeps_is_trusted),
		TEST(a_named_file_must_be_there),
		TEST(a_default_file_need_not_be_there),
		TEST(the_source_says_which_file),
		TEST(without_xdg_it_is_below_home),
		TEST(a_source_that_is_none_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
