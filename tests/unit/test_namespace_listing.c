/* Reading directories: one moment of each, how old it may be, and what is seen
   when it cannot be had anew; and all of it from several threads. */

#include "test.h"

#include <pthread.h>

#include "fake_clock.h"
#include "namespace_fixture.h"
#include "random.h"

static struct namespace_fixture fixture;

static int set_up(void **state)
{
	(void)state;
	fixture = namespace_fixture_create(false);
	namespace_fixture_fill(&fixture);
	return fixture.ns ? 0 : -1;
}

static int set_up_with_latest(void **state)
{
	(void)state;
	fixture = namespace_fixture_create(true);
	namespace_fixture_fill(&fixture);
	return fixture.ns ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	namespace_fixture_destroy(&fixture);
	return 0;
}

static uint64_t ino_of(const char *path)
{
	struct namespace_attributes attributes;
	int err = fixture_find(&fixture, path, &attributes);

	if (err)
		fail_msg("%s: %s", path, strerror(-err));
	return attributes.ino;
}

static void assert_names(uint64_t ino, const char *wanted)
{
	char *names = fixture_names(&fixture, ino);

	assert_non_null(names);
	assert_string_equal(names, wanted);
	free(names);
}

static int calls(void)
{
	return fake_count_all(fixture.fake);
}

/* What is listed
 * ------------------------------------------------------------------- */

static void everything_is_listed_in_order(void **state)
{
	(void)state;
	assert_names(NAMESPACE_ROOT, "Other\nScores\n");
	assert_names(ino_of("Scores"),
		     FIXTURE_OLD_BATCH "\n" FIXTURE_BATCH "\n");
	assert_names(ino_of("Scores/" FIXTURE_BATCH), "part-0\nsub\n");
	assert_names(ino_of("Scores/" FIXTURE_BATCH "/sub"), "part-1\n");
	assert_names(ino_of("Scores/" FIXTURE_OLD_BATCH), "");
	assert_names(ino_of("Other"), "");
}

static void entries_have_their_attributes(void **state)
{
	struct namespace_attributes attributes, same;
	struct namespace_listing *listing;
	uint64_t batch = ino_of("Scores/" FIXTURE_BATCH);
	const char *name;

	(void)state;
	assert_int_equal(fixture_open_directory(&fixture, batch, &listing), 0);
	assert_int_equal(namespace_entry(listing, 0, &name, &attributes), 0);
	assert_string_equal(name, "part-0");
	assert_int_equal(attributes.kind, NAMESPACE_FILE);
	assert_int_equal(attributes.size, 100);
	assert_int_equal(attributes.modified_ms, 2500);
	assert_int_equal(fixture_lookup(&fixture, batch, "part-0", &same), 0);
	assert_true(attributes.ino == same.ino);
	assert_int_equal(namespace_entry(listing, 1, &name, &attributes), 0);
	assert_int_equal(attributes.kind, NAMESPACE_DIRECTORY);
	assert_int_equal(namespace_entry(listing, 2, &name, &attributes),
			 -ENOENT);
	assert_int_equal(namespace_entry(listing, SIZE_MAX, &name, &attributes),
			 -ENOENT);
	namespace_close_directory(fixture.ns, listing);
}

static void many_pages_are_put_together(void **state)
{
	struct namespace_attributes attributes;
	struct namespace_listing *listing;
	uint64_t batch = ino_of("Scores/" FIXTURE_OLD_BATCH);
	const char *name;
	char path[40];
	size_t count = 0;

	(void)state;
	for (int i = 0; i < 1005; i++) {
		snprintf(path, sizeof(path), "part-%05d", i);
		fake_add_part(fixture.fake, FIXTURE_OLD_BATCH, "file-2", path,
			      i);
	}
	fake_set_page_size(fixture.fake, 10);
	assert_int_equal(fixture_open_directory(&fixture, batch, &listing), 0);
	for (; namespace_entry(listing, count, &name, &attributes) == 0;
	     count++) {
		snprintf(path, sizeof(path), "part-%05zu", count);
		assert_string_equal(name, path);
		assert_int_equal(attributes.size, count);
	}
	assert_int_equal(count, 1005);
	namespace_close_directory(fixture.ns, listing);
}

static void what_came_before_a_restart_is_forgotten(void **state)
{
	(void)state;
	fake_restart_next(fixture.fake);
	assert_names(NAMESPACE_ROOT, "Other\nScores\n");
	fake_restart_next(fixture.fake);
	assert_names(ino_of("Scores"),
		     FIXTURE_OLD_BATCH "\n" FIXTURE_BATCH "\n");
}

static void nothing_of_a_listing_that_broke_off_is_used(void **state)
{
	struct namespace_attributes attributes;

	(void)state;
	fake_set_page_size(fixture.fake, 1);
	fake_fail(fixture.fake, SOURCE_DATASETS, 1, 1, -EIO);
	assert_null(fixture_names(&fixture, NAMESPACE_ROOT));
	assert_int_equal(fixture_find(&fixture, "Scores", &attributes), -EIO);
	fake_clock_advance(5000);
	assert_names(NAMESPACE_ROOT, "Other\nScores\n");
}

static void latest_is_not_listed(void **state)
{
	uint64_t dataset = ino_of("Scores");

	(void)state;
	ino_of("Scores/latest");
	assert_names(dataset, FIXTURE_OLD_BATCH "\n" FIXTURE_BATCH "\n");
}

static void latest_is_listed_when_wanted(void **state)
{
	struct namespace_attributes attributes;
	char *target;

	(void)state;
	assert_names(ino_of("Scores"),
		     FIXTURE_OLD_BATCH "\n" FIXTURE_BATCH "\nlatest\n");
	assert_int_equal(fixture_find(&fixture, "Scores/latest", &attributes),
			 0);
	assert_int_equal(attributes.kind, NAMESPACE_LINK);
	assert_int_equal(
		namespace_readlink(fixture.ns, attributes.ino, &target), 0);
	assert_string_equal(target, FIXTURE_BATCH);
	free(target);
	assert_names(ino_of("Other"), "");
}

/* How old it may be
 * ------------------------------------------------------------------ */

static void a_list_is_asked_for_again_when_it_is_old(void **state)
{
	(void)state;
	assert_names(NAMESPACE_ROOT, "Other\nScores\n");
	fake_add_dataset(fixture.fake, FIXTURE_UNKNOWN, "Young");
	fake_clock_advance(FIXTURE_TTL_MS - 1);
	assert_names(NAMESPACE_ROOT, "Other\nScores\n");
	assert_int_equal(calls(), 1);
	fake_clock_advance(1);
	assert_names(NAMESPACE_ROOT, "Other\nScores\nYoung\n");
	assert_int_equal(calls(), 2);
}

static void the_parts_of_a_batch_are_asked_for_once(void **state)
{
	uint64_t batch = ino_of("Scores/" FIXTURE_BATCH);

	(void)state;
	for (int i = 0; i < 5; i++) {
		assert_names(batch, "part-0\nsub\n");
		fake_clock_advance(100 * FIXTURE_TTL_MS);
	}
	assert_int_equal(fake_count(fixture.fake, SOURCE_PARTS), 1);
}

static void an_old_listing_is_kept_when_no_new_one_can_be_had(void **state)
{
	int before;

	(void)state;
	assert_names(NAMESPACE_ROOT, "Other\nScores\n");
	fake_fail_all(fixture.fake, SOURCE_DATASETS, -EIO);
	fake_clock_advance(FIXTURE_TTL_MS);
	assert_names(NAMESPACE_ROOT, "Other\nScores\n");
	ino_of("Scores");
	before = calls();
	/* Nor is it asked for all the time. */
	assert_names(NAMESPACE_ROOT, "Other\nScores\n");
	assert_int_equal(calls(), before);
	assert_int_equal(fake_count(fixture.fake, SOURCE_DATASETS), 2);
	fake_fail_all(fixture.fake, SOURCE_DATASETS, 0);
	fake_add_dataset(fixture.fake, FIXTURE_UNKNOWN, "Young");
	fake_clock_advance(5000);
	assert_names(NAMESPACE_ROOT, "Other\nScores\nYoung\n");
}

static void an_open_listing_is_not_disturbed_by_a_refresh(void **state)
{
	struct namespace_attributes attributes;
	struct namespace_listing *listing;
	const char *name;

	(void)state;
	assert_int_equal(
		fixture_open_directory(&fixture, NAMESPACE_ROOT, &listing), 0);
	fake_remove(fixture.fake, FIXTURE_OTHER);
	fake_add_dataset(fixture.fake, FIXTURE_UNKNOWN, "A first one");
	for (int i = 0; i < 3; i++) {
		fake_clock_advance(FIXTURE_TTL_MS);
		assert_names(NAMESPACE_ROOT, "A first one\nScores\n");
	}
	assert_int_equal(namespace_entry(listing, 0, &name, &attributes), 0);
	assert_string_equal(name, "Other");
	assert_int_equal(namespace_entry(listing, 1, &name, &attributes), 0);
	assert_string_equal(name, "Scores");
	assert_int_equal(namespace_entry(listing, 2, &name, &attributes),
			 -ENOENT);
	namespace_close_directory(fixture.ns, listing);
}

static void a_reference_is_a_lookup(void **state)
{
	struct namespace_attributes attributes, same;
	struct namespace_listing *listing;
	const char *name;
	uint64_t ino;

	(void)state;
	assert_int_equal(
		fixture_open_directory(&fixture, NAMESPACE_ROOT, &listing), 0);
	assert_int_equal(namespace_entry(listing, 1, &name, &attributes), 0);
	assert_int_equal(namespace_getattr(fixture.ns, attributes.ino, &same),
			 -ESTALE);
	assert_int_equal(namespace_reference(fixture.ns, listing, 1, &ino), 0);
	assert_int_equal(ino, attributes.ino);
	namespace_close_directory(fixture.ns, listing);
	assert_int_equal(namespace_getattr(fixture.ns, attributes.ino, &same),
			 0);
	assert_names(attributes.ino, FIXTURE_OLD_BATCH "\n" FIXTURE_BATCH "\n");
	namespace_forget(fixture.ns, attributes.ino, 1);
	assert_int_equal(namespace_getattr(fixture.ns, attributes.ino, &same),
			 -ESTALE);
}

static void a_listing_is_open_longer_than_its_directory_is_known(void **state)
{
	uint64_t batch = ino_of("Scores/" FIXTURE_BATCH);
	struct namespace_attributes attributes;
	struct namespace_listing *listing;
	const char *name;

	(void)state;
	assert_int_equal(fixture_open_directory(&fixture, batch, &listing), 0);
	namespace_forget(fixture.ns, batch, 1);
	assert_int_equal(namespace_getattr(fixture.ns, batch, &attributes),
			 -ESTALE);
	assert_int_equal(namespace_entry(listing, 0, &name, &attributes), 0);
	assert_string_equal(name, "part-0");
	namespace_close_directory(fixture.ns, listing);
}

static void many_readers_make_one_call(void **state)
{
	enum { READERS = 50 };
	static struct parked parked[READERS];
	struct namespace_listing *listing;

	(void)state;
	fake_hold(fixture.fake);
	for (int i = 0; i < READERS; i++) {
		parked_init(&parked[i]);
		assert_int_equal(
			namespace_open_directory(fixture.ns, NAMESPACE_ROOT,
						 &parked[i].waiter, &listing),
			NAMESPACE_PARKED);
	}
	fake_open(fixture.fake);
	for (int i = 0; i < READERS; i++) {
		parked_wait(&parked[i]);
		assert_int_equal(
			namespace_open_directory(fixture.ns, NAMESPACE_ROOT,
						 &parked[i].waiter, &listing),
			0);
		namespace_close_directory(fixture.ns, listing);
		parked_finish(&parked[i]);
	}
	assert_int_equal(calls(), 1);
}

static void different_directories_are_listed_side_by_side(void **state)
{
	uint64_t dataset = ino_of("Scores"), other = ino_of("Other");
	static struct parked parked[2];
	struct namespace_listing *listing;

	(void)state;
	parked_init(&parked[0]);
	parked_init(&parked[1]);
	fake_hold(fixture.fake);
	assert_int_equal(namespace_open_directory(fixture.ns, dataset,
						  &parked[0].waiter, &listing),
			 NAMESPACE_PARKED);
	assert_int_equal(namespace_open_directory(fixture.ns, other,
						  &parked[1].waiter, &listing),
			 NAMESPACE_PARKED);
	assert_int_equal(fake_count(fixture.fake, SOURCE_BATCHES), 2);
	fake_open(fixture.fake);
	parked_wait(&parked[0]);
	parked_wait(&parked[1]);
	parked_finish(&parked[0]);
	parked_finish(&parked[1]);
}

/* Threads
 * --------------------------------------------------------------------------------
 */

enum { THREADS = 6, ROUNDS = 150 };

struct thread {
	pthread_t thread;
	uint64_t seed;
	int wrong;
};

static bool is_expected(int err)
{
	return err == 0 || err == -EIO || err == -ENOENT;
}

static void walk(struct thread *thread, struct random *random)
{
	static const char *const paths[] = {
		"Scores",
		"Scores/" FIXTURE_BATCH,
		"Scores/" FIXTURE_BATCH "/sub/part-1",
		"Scores/latest",
		"Scores/" FIXTURE_BATCH_KEY,
		FIXTURE_HIDDEN,
		"Hidden",
		FIXTURE_UNKNOWN,
		"Other/absent",
		FIXTURE_DATASET,
	};
	const char *path = paths[random_below(random, COUNT_OF(paths))];
	char *copy = strdup(path), *rest = copy, *name;
	uint64_t inos[8] = {NAMESPACE_ROOT};
	int depth = 0, err = 0;

	while (!err && (name = strsep(&rest, "/"))) {
		struct namespace_attributes attributes;

		err = fixture_lookup(&fixture, inos[depth], name, &attributes);
		if (!err)
			inos[++depth] = attributes.ino;
	}
	thread->wrong += !is_expected(err);
	if (random_below(random, 2) == 0) {
		char *names = fixture_names(&fixture, inos[depth]);

		free(names);
	}
	for (; depth > 0; depth--)
		namespace_forget(fixture.ns, inos[depth], 1);
	free(copy);
}

static void *walk_about(void *data)
{
	struct thread *thread = data;
	struct random random = {thread->seed};

	for (int i = 0; i < ROUNDS; i++) {
		walk(thread, &random);
		if (random_below(&random, 3) == 0)
			fake_clock_advance(FIXTURE_TTL_MS / 2);
		if (random_below(&random, 10) == 0)
			fake_fail(fixture.fake,
				  (int)random_below(&random, FAKE_FETCH), 1, 0,
				  -EIO);
		if (random_below(&random, 10) == 0)
			fake_refuse(fixture.fake,
				    (int)random_below(&random, FAKE_FETCH), 1,
				    -EIO);
	}
	return NULL;
}

static void many_threads_walk_about(void **state)
{
	struct thread threads[THREADS];
	struct random random;

	(void)state;
	random_init(&random, "walkers");
	fake_shuffle(fixture.fake, random_next(&random));
	fake_set_page_size(fixture.fake, 1);
	for (size_t i = 0; i < THREADS; i++) {
		threads[i] = (struct thread){.seed = random_next(&random)};
		assert_int_equal(pthread_create(&threads[i].thread, NULL,
						walk_about, &threads[i]),
				 0);
	}
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i].thread, NULL);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(threads[i].wrong, 0);
	fake_await_idle(fixture.fake);
}

#define namespace_test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

/* Ceilings
 * ------------------------------------------------------------------- */

/* Not what the builder calls it, but what readdir(3) may. */
static void a_list_without_end_is_an_error_of_its_own(void **state)
{
	const size_t length = 2 * 1024 * 1024;
	struct namespace_listing *listing;
	uint64_t ino = ino_of("Other");
	char *alternate = test_alloc(length);
	char id[32];

	(void)state;
	memset(alternate, 'x', length - 1);
	for (int i = 0; i < 80; i++) {
		snprintf(id, sizeof(id), "01HM%022d", i);
		alternate[0] = (char)('0' + i);
		fake_add_batch(fixture.fake, FIXTURE_OTHER,
			       &(struct fake_batch){.id = id,
						    .alternate_id = alternate});
	}
	free(alternate);
	assert_int_equal(fixture_open_directory(&fixture, ino, &listing), -EIO);
	/* The others are not concerned. */
	assert_names(ino_of("Scores"),
		     FIXTURE_OLD_BATCH "\n" FIXTURE_BATCH "\n");
}

static void a_batch_that_was_replaced_is_found_by_its_id_alone(void **state)
{
	struct namespace_attributes attributes;
	uint64_t ino = ino_of("Scores");

	(void)state;
	fake_add_batch(fixture.fake, FIXTURE_DATASET,
		       &(struct fake_batch){.id = "01HM0000000000000000000001",
					    .created_ms = INT64_C(1) << 41,
					    .replaces = FIXTURE_BATCH_KEY});
	assert_names(ino,
		     "01HM0000000000000000000001\n" FIXTURE_OLD_BATCH "\n");
	assert_int_equal(
		fixture_lookup(&fixture, ino, FIXTURE_BATCH, &attributes), 0);
	assert_names(ino,
		     "01HM0000000000000000000001\n" FIXTURE_OLD_BATCH "\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		namespace_test(everything_is_listed_in_order),
		namespace_test(entries_have_their_attributes),
		namespace_test(many_pages_are_put_together),
		namespace_test(what_came_before_a_restart_is_forgotten),
		namespace_test(nothing_of_a_listing_that_broke_off_is_used),
		namespace_test(latest_is_not_listed),
		cmocka_unit_test_setup_teardown(latest_is_listed_when_wanted,
						set_up_with_latest, tear_down),
		namespace_test(a_list_is_asked_for_again_when_it_is_old),
		namespace_test(the_parts_of_a_batch_are_asked_for_once),
		namespace_test(
			an_old_listing_is_kept_when_no_new_one_can_be_had),
		namespace_test(an_open_listing_is_not_disturbed_by_a_refresh),
		namespace_test(a_reference_is_a_lookup),
		namespace_test(
			a_listing_is_open_longer_than_its_directory_is_known),
		namespace_test(many_readers_make_one_call),
		namespace_test(different_directories_are_listed_side_by_side),
		namespace_test(many_threads_walk_about),
		namespace_test(a_list_without_end_is_an_error_of_its_own),
		namespace_test(
			a_batch_that_was_replaced_is_found_by_its_id_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
