/* Paths that need not be there yet: fs/config/path.h. */

#include "path.h"

#include "scratch.h"
#include "test.h"

#include <sys/stat.h>
#include <unistd.h>

static void expect(const char *path, const char *folder, const char *rest)
{
	char due[512], *made = NULL;

	snprintf(due, sizeof(due), "%s%s", folder, rest);
	assert_int_equal(path_resolve(path, &made), 0);
	assert_string_equal(made, due);
	free(made);
}

static void expect_failure(const char *path, int err)
{
	char *made = NULL;

	assert_int_equal(path_resolve(path, &made), err);
	assert_null(made);
}

static void the_last_component_need_not_be_there(void **state)
{
	char *real = realpath(*state, NULL), *cwd = getcwd(NULL, 0);

	assert_int_equal(chdir(*state), 0);
	expect("cache", real, "/cache");
	expect("./cache", real, "/cache");
	expect("cache/", real, "/cache");
	expect("cache///", real, "/cache");
	assert_int_equal(mkdir("there", 0700), 0);
	expect("there", real, "/there");
	expect("there/../there/x", real, "/there/x");
	assert_int_equal(chdir(cwd), 0);
	free(real);
	free(cwd);
}

static void one_below_the_root_is_absolute(void **state)
{
	(void)state;
	expect("/not-there", "", "/not-there");
	expect("//not-there//", "", "/not-there");
}

static void the_parent_is_resolved(void **state)
{
	char *real = realpath(*state, NULL), path[512];

	snprintf(path, sizeof(path), "%s/real", real);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/link", real);
	assert_int_equal(symlink("real", path), 0);
	snprintf(path, sizeof(path), "%s/link/x", real);
	expect(path, real, "/real/x");
	free(real);
}

static void the_parent_must_be_there(void **state)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/none/x", (char *)*state);
	expect_failure(path, -ENOENT);
}

static void what_is_no_name_is_refused(void **state)
{
	char path[512];

	expect_failure("", -EINVAL);
	expect_failure("/", -EINVAL);
	expect_failure("///", -EINVAL);
	expect_failure(".", -EINVAL);
	expect_failure("..", -EINVAL);
	snprintf(path, sizeof(path), "%s/..", (char *)*state);
	expect_failure(path, -EINVAL);
	snprintf(path, sizeof(path), "%s/./", (char *)*state);
	expect_failure(path, -EINVAL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_begin, scratch_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_last_component_need_not_be_there),
		TEST(one_below_the_root_is_absolute),
		TEST(the_parent_is_resolved),
		TEST(the_parent_must_be_there),
		TEST(what_is_no_name_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
