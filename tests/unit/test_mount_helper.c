/* How mount(8) calls: fs/cli/mount/mount_helper.h. */

#include "mount/mount_helper.h"

#include "test.h"

static void the_name_tells_who_called(void **state)
{
	(void)state;
	assert_true(mount_helper_is("mount.caifs"));
	assert_true(mount_helper_is("/sbin/mount.caifs"));
	assert_true(mount_helper_is("./mount.fuse.caifs"));
	assert_false(mount_helper_is("caifs"));
	assert_false(mount_helper_is("/opt/mount.d/caifs"));
	assert_false(mount_helper_is("umount.caifs"));
	assert_false(mount_helper_is(""));
	assert_false(mount_helper_is(NULL));
}

/* Both as words with a blank between. */
static void becomes(const char *given, const char *due, bool due_fake)
{
	char words[200], left[200] = "", *argv[20], *rest = NULL;
	int argc = 0, count;
	bool fake = !due_fake;

	snprintf(words, sizeof(words), "%s", given);
	for (char *word = strtok_r(words, " ", &rest); word;
	     word = strtok_r(NULL, " ", &rest))
		argv[argc++] = word;
	argv[argc] = NULL;
	count = mount_helper_arguments(argc, argv, &fake);
	for (int i = 0; i < count; i++) {
		if (i)
			strcat(left, " ");
		strcat(left, argv[i]);
	}
	assert_string_equal(left, due);
	assert_null(argv[count]);
	assert_int_equal(fake, due_fake);
}

static void what_is_mounts_alone_is_taken(void **state)
{
	(void)state;
	becomes("mount.caifs luma /mnt -o rw", "mount.caifs luma /mnt -o rw",
		false);
	becomes("mount.caifs luma /mnt -s -n -v -o rw,ttl=5 -t fuse.caifs",
		"mount.caifs luma /mnt -o rw,ttl=5", false);
	becomes("mount.caifs luma /mnt -sv -t caifs", "mount.caifs luma /mnt",
		false);
	becomes("mount.caifs -t caifs luma /mnt", "mount.caifs luma /mnt",
		false);
	becomes("mount.caifs luma /mnt -t", "mount.caifs luma /mnt", false);
	becomes("mount.caifs", "mount.caifs", false);
}

static void f_means_do_all_but_mount(void **state)
{
	(void)state;
	becomes("mount.caifs luma /mnt -f", "mount.caifs luma /mnt", true);
	becomes("mount.caifs -sfn luma /mnt -o ro",
		"mount.caifs luma /mnt -o ro", true);
	becomes("mount.caifs luma /mnt -f -v", "mount.caifs luma /mnt", true);
}

static void the_value_of_o_is_no_option(void **state)
{
	(void)state;
	becomes("mount.caifs luma /mnt -o -f", "mount.caifs luma /mnt -o -f",
		false);
	becomes("mount.caifs luma /mnt -o -t", "mount.caifs luma /mnt -o -t",
		false);
	becomes("mount.caifs luma /mnt -o", "mount.caifs luma /mnt -o", false);
}

/* It is to be refused by who reads the rest, not left out: the mount would be
   made in another namespace than was asked for. */
static void a_namespace_is_not_swallowed(void **state)
{
	(void)state;
	becomes("mount.caifs luma /mnt -N 7", "mount.caifs luma /mnt -N 7",
		false);
	becomes("mount.caifs luma /mnt -fx", "mount.caifs luma /mnt -fx",
		false);
	becomes("mount.caifs luma -", "mount.caifs luma -", false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_name_tells_who_called),
		cmocka_unit_test(what_is_mounts_alone_is_taken),
		cmocka_unit_test(f_means_do_all_but_mount),
		cmocka_unit_test(the_value_of_o_is_no_option),
		cmocka_unit_test(a_namespace_is_not_swallowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
