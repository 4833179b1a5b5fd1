/* Secrets: kept, counted, and redacted of any line while they live. */

#include "test.h"

#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "caifs/secret.h"

static struct secret *keep(const char *text)
{
	struct secret *secret = secret_keep(text, strlen(text));

	assert_non_null(secret);
	return secret;
}

static void blots_to(const char *line, const char *wanted)
{
	char copy[200];

	snprintf(copy, sizeof(copy), "%s", line);
	secret_redact(copy);
	assert_string_equal(copy, wanted);
}

static void keeps_a_copy_that_ends_with_a_nul(void **state)
{
	char text[] = "p8e-canary-000 and more";
	struct secret *secret = secret_keep(text, 14);

	(void)state;
	assert_non_null(secret);
	memset(text, 'x', sizeof(text) - 1);
	assert_string_equal(secret_text(secret), "p8e-canary-000");
	assert_null(secret_unref(secret));
}

static void takes_no_more_than_the_most(void **state)
{
	char *text = test_alloc(SECRET_MAX + 1);
	struct secret *secret;

	(void)state;
	memset(text, 'a', SECRET_MAX + 1);
	assert_null(secret_keep(text, SECRET_MAX + 1));
	secret = secret_keep(text, SECRET_MAX);
	assert_non_null(secret);
	assert_int_equal(strlen(secret_text(secret)), SECRET_MAX);
	secret_unref(secret);
	free(text);
}

static void is_blotted_wherever_it_stands(void **state)
{
	struct secret *secret = keep("canary-secret");

	(void)state;
	blots_to("canary-secret", "*************");
	blots_to("a canary-secret!", "a *************!");
	blots_to("canary-secretcanary-secret", "**************************");
	blots_to("nothing here: canary-secre", "nothing here: canary-secre");
	blots_to("", "");
	secret_unref(secret);
}

static void every_living_one_is_blotted(void **state)
{
	struct secret *a = keep("first-secret"), *b = keep("other-token");

	(void)state;
	blots_to("first-secret other-token first-secret",
		 "************ *********** ************");
	secret_unref(a);
	blots_to("first-secret other-token", "first-secret ***********");
	secret_unref(b);
	blots_to("first-secret other-token", "first-secret other-token");
}

static void lives_until_the_last_reference_goes(void **state)
{
	struct secret *secret = keep("counted-secret");

	(void)state;
	assert_ptr_equal(secret_ref(secret), secret);
	assert_null(secret_unref(secret));
	assert_string_equal(secret_text(secret), "counted-secret");
	blots_to("counted-secret", "**************");
	assert_null(secret_unref(secret));
	blots_to("counted-secret", "counted-secret");
}

static void one_kept_twice_is_blotted_until_both_are_gone(void **state)
{
	struct secret *a = keep("twice-kept"), *b = keep("twice-kept");

	(void)state;
	secret_unref(a);
	blots_to("twice-kept", "**********");
	secret_unref(b);
}

static void one_of_asterisks_is_no_trap(void **state)
{
	struct secret *stars = keep("********"), *other = keep("real-secret");

	(void)state;
	blots_to("a ******** real-secret *********", "a ******** *********** "
						     "*********");
	secret_unref(stars);
	secret_unref(other);
}

static void one_inside_another_leaves_nothing(void **state)
{
	struct secret *whole, *part = keep("inside-it");

	(void)state;
	whole = keep("before-inside-it-after");
	/* In either order of keeping, no character of them may be left. */
	blots_to("x before-inside-it-after x inside-it",
		 "x ********************** x *********");
	secret_unref(whole);
	secret_unref(part);
	whole = keep("before-inside-it-after");
	part = keep("inside-it");
	blots_to("x before-inside-it-after x inside-it",
		 "x ********************** x *********");
	secret_unref(whole);
	secret_unref(part);
}

static void overlapping_ones_leave_nothing(void **state)
{
	struct secret *a = keep("abcdefgh"), *b = keep("efghijkl");

	(void)state;
	blots_to("abcdefghijkl", "************");
	secret_unref(a);
	secret_unref(b);
}

static void one_that_overlaps_itself_leaves_nothing(void **state)
{
	struct secret *secret = keep("abababab");

	(void)state;
	blots_to("xababababababx", "x************x");
	secret_unref(secret);
}

static void an_empty_one_blots_nothing(void **state)
{
	struct secret *secret = secret_keep("", 0);

	(void)state;
	if (!secret)
		return;
	blots_to("a line", "a line");
	secret_unref(secret);
}

static void none_may_be_given_back(void **state)
{
	(void)state;
	assert_null(secret_unref(NULL));
}

static void *keep_and_blot(void *data)
{
	struct secret *shared = data;

	for (int i = 0; i < 300; i++) {
		struct secret *own = secret_keep("thread-secret", 13);
		char line[] = "thread-secret shared-secret";

		if (!own)
			return data;
		secret_ref(shared);
		secret_redact(line);
		secret_unref(shared);
		secret_unref(own);
		if (strcmp(line, "************* *************") != 0)
			return data;
	}
	return NULL;
}

static void any_thread_may_keep_and_blot(void **state)
{
	struct secret *shared = keep("shared-secret");
	pthread_t threads[4];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL,
						keep_and_blot, shared),
				 0);
	for (size_t i = 0; i < COUNT_OF(threads); i++) {
		void *failed;

		pthread_join(threads[i], &failed);
		assert_null(failed);
	}
	secret_unref(shared);
}

/* In a child: the other tests, and their sanitizers, stay as they are. */
static void a_hardened_process_leaves_no_core_and_is_not_traced(void **state)
{
	pid_t child = fork();
	int status;

	(void)state;
	assert_true(child >= 0);
	if (child == 0) {
		struct rlimit core;

		prctl(PR_SET_DUMPABLE, 1);
		secret_harden_process();
		if (prctl(PR_GET_DUMPABLE) != 0)
			_exit(2);
		if (getrlimit(RLIMIT_CORE, &core) || core.rlim_cur != 0 ||
		    core.rlim_max != 0)
			_exit(3);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_a_copy_that_ends_with_a_nul),
		cmocka_unit_test(takes_no_more_than_the_most),
		cmocka_unit_test(is_blotted_wherever_it_stands),
		cmocka_unit_test(every_living_one_is_blotted),
		cmocka_unit_test(lives_until_the_last_reference_goes),
		cmocka_unit_test(one_kept_twice_is_blotted_until_both_are_gone),
		cmocka_unit_test(one_of_asterisks_is_no_trap),
		cmocka_unit_test(one_inside_another_leaves_nothing),
		cmocka_unit_test(overlapping_ones_leave_nothing),
		cmocka_unit_test(one_that_overlaps_itself_leaves_nothing),
		cmocka_unit_test(an_empty_one_blots_nothing),
		cmocka_unit_test(none_may_be_given_back),
		cmocka_unit_test(any_thread_may_keep_and_blot),
		cmocka_unit_test(
			a_hardened_process_leaves_no_core_and_is_not_traced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
