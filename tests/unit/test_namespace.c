/* Looking names up: what is asked of the source, how often, and what a name,
   an ID or `latest` comes to; inodes, and what hangs on them. */

#include "test.h"

#include "caifs/buffer.h"
#include "fake_clock.h"
#include "namespace_fixture.h"

static struct namespace_fixture fixture;

static int set_up(void **state)
{
	(void)state;
	fixture = namespace_fixture_create(false);
	namespace_fixture_fill(&fixture);
	return fixture.ns ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	namespace_fixture_destroy(&fixture);
	return 0;
}

static int calls(void)
{
	return fake_count_all(fixture.fake);
}

static struct namespace_attributes found(const char *path)
{
	struct namespace_attributes attributes;
	int err = fixture_find(&fixture, path, &attributes);

	if (err)
		fail_msg("%s: %s", path, strerror(-err));
	return attributes;
}

static int lookup_error(uint64_t parent, const char *name)
{
	struct namespace_attributes attributes = {0};

	return fixture_lookup(&fixture, parent, name, &attributes);
}

static void assert_link(struct namespace_attributes attributes,
			const char *target)
{
	char *text = NULL;

	assert_int_equal(attributes.kind, NAMESPACE_LINK);
	assert_int_equal(namespace_readlink(fixture.ns, attributes.ino, &text),
			 0);
	assert_string_equal(text, target);
	assert_int_equal(attributes.size, strlen(target));
	free(text);
}

static void list(uint64_t ino)
{
	char *names = fixture_names(&fixture, ino);

	assert_non_null(names);
	free(names);
}

/* Single flight
 * ------------------------------------------------------------------- */

static void many_lookups_make_one_list_call(void **state)
{
	enum { LOOKUPS = 50 };
	static const char *const names[] = {"Scores", "Other", "_SUCCESS",
					    "Scores", "absent"};
	static struct parked parked[LOOKUPS];
	struct namespace_attributes attributes;

	(void)state;
	fake_hold(fixture.fake);
	for (int i = 0; i < LOOKUPS; i++) {
		parked_init(&parked[i]);
		assert_int_equal(namespace_lookup(fixture.ns, NAMESPACE_ROOT,
						  names[i % 5],
						  &parked[i].waiter,
						  &attributes),
				 NAMESPACE_PARKED);
	}
	fake_open(fixture.fake);
	for (int i = 0; i < LOOKUPS; i++) {
		int wanted = i % 5 == 2 || i % 5 == 4 ? -ENOENT : 0;

		parked_wait(&parked[i]);
		assert_int_equal(namespace_lookup(fixture.ns, NAMESPACE_ROOT,
						  names[i % 5],
						  &parked[i].waiter,
						  &attributes),
				 wanted);
		parked_finish(&parked[i]);
	}
	assert_int_equal(fake_count(fixture.fake, SOURCE_DATASETS), 1);
	assert_int_equal(calls(), 1);
}

static void many_questions_for_one_id_make_one_call(void **state)
{
	enum { LOOKUPS = 50 };
	static struct parked parked[LOOKUPS];
	struct namespace_attributes attributes;

	(void)state;
	fake_hold(fixture.fake);
	for (int i = 0; i < LOOKUPS; i++) {
		parked_init(&parked[i]);
		assert_int_equal(namespace_lookup(fixture.ns, NAMESPACE_ROOT,
						  FIXTURE_HIDDEN,
						  &parked[i].waiter,
						  &attributes),
				 NAMESPACE_PARKED);
	}
	fake_open(fixture.fake);
	for (int i = 0; i < LOOKUPS; i++) {
		parked_wait(&parked[i]);
		assert_int_equal(namespace_lookup(fixture.ns, NAMESPACE_ROOT,
						  FIXTURE_HIDDEN,
						  &parked[i].waiter,
						  &attributes),
				 0);
		parked_finish(&parked[i]);
	}
	assert_int_equal(calls(), 1);
}

static void names_absent_from_a_fresh_listing_cost_nothing(void **state)
{
	static const char *const names[] = {"_SUCCESS", ".part-0.crc",
					    "_metadata", "part-00", "Part-0"};
	struct namespace_attributes batch = found("Scores/" FIXTURE_BATCH);
	struct namespace_attributes attributes;
	int before;

	(void)state;
	list(batch.ino);
	before = calls();
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		attributes = (struct namespace_attributes){0};
		assert_int_equal(fixture_lookup(&fixture, batch.ino, names[i],
						&attributes),
				 -ENOENT);
		assert_true(attributes.valid_ms > 0);
		attributes = (struct namespace_attributes){0};
		assert_int_equal(fixture_lookup(&fixture, NAMESPACE_ROOT,
						names[i], &attributes),
				 -ENOENT);
		assert_in_range(attributes.valid_ms, 1, FIXTURE_TTL_MS);
	}
	assert_int_equal(calls(), before);
}

static void looking_along_a_path_lists_each_directory_once(void **state)
{
	(void)state;
	found("Scores/" FIXTURE_BATCH "/sub/part-1");
	found("Scores/" FIXTURE_BATCH "/part-0");
	assert_true(fake_count(fixture.fake, SOURCE_DATASETS) <= 1);
	assert_true(fake_count(fixture.fake, SOURCE_BATCHES) +
			    fake_count(fixture.fake, SOURCE_BATCH) <=
		    1);
	assert_int_equal(fake_count(fixture.fake, SOURCE_PARTS), 1);
}

/* IDs
 * ----------------------------------------------------------------------------------
 */

static void a_dataset_id_is_a_link_got_by_one_call(void **state)
{
	(void)state;
	assert_link(found(FIXTURE_HIDDEN), "Hidden");
	assert_int_equal(fake_count(fixture.fake, SOURCE_DATASET), 1);
	assert_int_equal(calls(), 1);
	/* And its target is there without another. */
	assert_int_equal(found("Hidden").kind, NAMESPACE_DIRECTORY);
	assert_link(found(FIXTURE_HIDDEN), "Hidden");
	assert_int_equal(calls(), 1);
}

static void a_listed_datasets_id_is_answered_from_the_listing(void **state)
{
	(void)state;
	list(NAMESPACE_ROOT);
	assert_link(found(FIXTURE_DATASET), "Scores");
	assert_int_equal(calls(), 1);
}

static void an_unknown_id_is_asked_for_once(void **state)
{
	struct namespace_attributes attributes = {0};

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(fixture_lookup(&fixture, NAMESPACE_ROOT,
						FIXTURE_UNKNOWN, &attributes),
				 -ENOENT);
		assert_in_range(attributes.valid_ms, 1, FIXTURE_TTL_MS);
	}
	assert_int_equal(calls(), 1);
	/* It may have come into being when that has grown old. */
	fake_add_dataset(fixture.fake, FIXTURE_UNKNOWN, "Young");
	fake_clock_advance(FIXTURE_TTL_MS);
	assert_link(found(FIXTURE_UNKNOWN), "Young");
}

static void an_id_and_its_name_are_not_listed(void **state)
{
	char *names;

	(void)state;
	found(FIXTURE_HIDDEN);
	names = fixture_names(&fixture, NAMESPACE_ROOT);
	assert_string_equal(names, "Other\nScores\n");
	free(names);
	/* Its name holds all the same. */
	assert_int_equal(found("Hidden").kind, NAMESPACE_DIRECTORY);
	fake_clock_advance(2 * FIXTURE_TTL_MS);
	assert_int_equal(found("Hidden").kind, NAMESPACE_DIRECTORY);
}

static void a_nameless_dataset_is_a_directory_by_its_id(void **state)
{
	(void)state;
	fake_add_dataset(fixture.fake, FIXTURE_UNKNOWN, "");
	assert_int_equal(found(FIXTURE_UNKNOWN).kind, NAMESPACE_DIRECTORY);
	list(NAMESPACE_ROOT);
	assert_int_equal(found(FIXTURE_UNKNOWN).kind, NAMESPACE_DIRECTORY);
}

static void a_batch_answers_to_its_key_and_alternate_id(void **state)
{
	struct namespace_attributes dataset = found("Scores");

	(void)state;
	assert_link(found("Scores/" FIXTURE_BATCH_KEY), FIXTURE_BATCH);
	assert_link(found("Scores/" FIXTURE_BATCH_ALT), FIXTURE_BATCH);
	assert_int_equal(fake_count(fixture.fake, SOURCE_BATCH), 2);
	assert_int_equal(found("Scores/" FIXTURE_BATCH).kind,
			 NAMESPACE_DIRECTORY);
	assert_int_equal(fake_count(fixture.fake, SOURCE_BATCHES), 0);
	list(dataset.ino);
	assert_link(found("Scores/" FIXTURE_BATCH_KEY), FIXTURE_BATCH);
	assert_link(found("Scores/" FIXTURE_BATCH_ALT), FIXTURE_BATCH);
	assert_int_equal(fake_count(fixture.fake, SOURCE_BATCH), 2);
}

/* Latest
 * ----------------------------------------------------------------------------------
 */

static void latest_is_a_link_got_by_one_call(void **state)
{
	(void)state;
	assert_link(found("Scores/latest"), FIXTURE_BATCH);
	assert_link(found("Scores/latest"), FIXTURE_BATCH);
	assert_int_equal(fake_count(fixture.fake, SOURCE_LATEST), 1);
	assert_int_equal(fake_count(fixture.fake, SOURCE_BATCHES), 0);
	assert_int_equal(found("Scores/" FIXTURE_BATCH).kind,
			 NAMESPACE_DIRECTORY);
	assert_int_equal(fake_count(fixture.fake, SOURCE_BATCHES), 0);
}

static void latest_comes_from_a_fresh_listing(void **state)
{
	(void)state;
	list(found("Scores").ino);
	assert_link(found("Scores/latest"), FIXTURE_BATCH);
	assert_int_equal(fake_count(fixture.fake, SOURCE_LATEST), 0);
}

static void latest_moves_on_to_a_new_batch(void **state)
{
	struct namespace_attributes old = found("Scores/latest"), moved;

	(void)state;
	fake_add_batch(
		fixture.fake, FIXTURE_DATASET,
		&(struct fake_batch){.id = "new-batch", .created_ms = 9000});
	assert_link(found("Scores/latest"), FIXTURE_BATCH);
	fake_clock_advance(FIXTURE_TTL_MS);
	moved = found("Scores/latest");
	assert_link(moved, "new-batch");
	/* The same link with another target. */
	assert_true(moved.ino == old.ino);
}

static void there_is_no_latest_where_there_is_no_batch(void **state)
{
	struct namespace_attributes other = found("Other");
	int before;

	(void)state;
	assert_int_equal(lookup_error(other.ino, "latest"), -ENOENT);
	list(other.ino);
	before = calls();
	assert_int_equal(lookup_error(other.ino, "latest"), -ENOENT);
	assert_int_equal(calls(), before);
	/* And none in the root. */
	list(NAMESPACE_ROOT);
	assert_int_equal(lookup_error(NAMESPACE_ROOT, "latest"), -ENOENT);
}

/* Failures
 * ------------------------------------------------------------------------------------
 */

static void a_failed_listing_is_answered_at_once_for_a_while(void **state)
{
	(void)state;
	fake_fail_all(fixture.fake, SOURCE_DATASETS, -ETIMEDOUT);
	for (int i = 0; i < 5; i++)
		assert_int_equal(lookup_error(NAMESPACE_ROOT, "Scores"),
				 -ETIMEDOUT);
	assert_null(fixture_names(&fixture, NAMESPACE_ROOT));
	assert_int_equal(calls(), 1);
	fake_fail_all(fixture.fake, SOURCE_DATASETS, 0);
	fake_clock_advance(5000);
	found("Scores");
	assert_int_equal(calls(), 2);
}

static void every_waiter_is_told_of_the_failure(void **state)
{
	static struct parked parked[10];
	struct namespace_attributes attributes;

	(void)state;
	fake_hold(fixture.fake);
	fake_fail(fixture.fake, SOURCE_DATASETS, 1, 0, -EACCES);
	for (size_t i = 0; i < COUNT_OF(parked); i++) {
		parked_init(&parked[i]);
		assert_int_equal(namespace_lookup(fixture.ns, NAMESPACE_ROOT,
						  "Scores", &parked[i].waiter,
						  &attributes),
				 NAMESPACE_PARKED);
	}
	fake_open(fixture.fake);
	for (size_t i = 0; i < COUNT_OF(parked); i++) {
		parked_wait(&parked[i]);
		assert_int_equal(namespace_lookup(fixture.ns, NAMESPACE_ROOT,
						  "Scores", &parked[i].waiter,
						  &attributes),
				 -EACCES);
		parked_finish(&parked[i]);
	}
	assert_int_equal(calls(), 1);
}

static void a_failed_question_is_answered_at_once_for_a_while(void **state)
{
	(void)state;
	fake_fail_all(fixture.fake, SOURCE_DATASET, -EIO);
	for (int i = 0; i < 5; i++)
		assert_int_equal(lookup_error(NAMESPACE_ROOT, FIXTURE_HIDDEN),
				 -EIO);
	assert_int_equal(calls(), 1);
	fake_fail_all(fixture.fake, SOURCE_DATASET, 0);
	fake_clock_advance(5000);
	assert_link(found(FIXTURE_HIDDEN), "Hidden");
}

static void a_refused_call_is_a_failure_like_any(void **state)
{
	(void)state;
	fake_refuse(fixture.fake, SOURCE_DATASETS, 1, -ENOMEM);
	assert_int_equal(lookup_error(NAMESPACE_ROOT, "Scores"), -ENOMEM);
	fake_clock_advance(5000);
	found("Scores");
	fake_refuse(fixture.fake, SOURCE_DATASET, 1, -ENOMEM);
	assert_int_equal(lookup_error(NAMESPACE_ROOT, FIXTURE_HIDDEN), -ENOMEM);
}

/* Waiting
 * ---------------------------------------------------------------------------------------
 */

static void one_that_was_taken_back_is_not_woken(void **state)
{
	static struct parked gone, left;
	struct namespace_attributes attributes;

	(void)state;
	parked_init(&gone);
	parked_init(&left);
	fake_hold(fixture.fake);
	assert_int_equal(namespace_lookup(fixture.ns, NAMESPACE_ROOT, "Scores",
					  &gone.waiter, &attributes),
			 NAMESPACE_PARKED);
	assert_int_equal(namespace_lookup(fixture.ns, NAMESPACE_ROOT, "Scores",
					  &left.waiter, &attributes),
			 NAMESPACE_PARKED);
	assert_true(namespace_unpark(fixture.ns, &gone.waiter));
	assert_false(namespace_unpark(fixture.ns, &gone.waiter));
	fake_open(fixture.fake);
	parked_wait(&left);
	fake_await_idle(fixture.fake);
	assert_false(parked_was_woken(&gone));
	assert_false(namespace_unpark(fixture.ns, &left.waiter));
	parked_finish(&gone);
	parked_finish(&left);
}

static void a_listing_outlives_its_waiters(void **state)
{
	static struct parked gone;
	struct namespace_attributes attributes;

	(void)state;
	parked_init(&gone);
	fake_hold(fixture.fake);
	assert_int_equal(namespace_lookup(fixture.ns, NAMESPACE_ROOT, "Scores",
					  &gone.waiter, &attributes),
			 NAMESPACE_PARKED);
	assert_true(namespace_unpark(fixture.ns, &gone.waiter));
	fake_open(fixture.fake);
	fake_await_idle(fixture.fake);
	assert_int_equal(fake_cancelled(fixture.fake), 0);
	found("Scores");
	assert_int_equal(calls(), 1);
	parked_finish(&gone);
}

static void who_waits_when_the_source_ends_is_woken(void **state)
{
	static struct parked parked;
	struct namespace_attributes attributes;

	(void)state;
	parked_init(&parked);
	fake_hold(fixture.fake);
	assert_int_equal(namespace_lookup(fixture.ns, NAMESPACE_ROOT, "Scores",
					  &parked.waiter, &attributes),
			 NAMESPACE_PARKED);
	fake_source_stop(fixture.fake);
	parked_wait(&parked);
	assert_true(namespace_lookup(fixture.ns, NAMESPACE_ROOT, "Scores",
				     &parked.waiter, &attributes) < 0);
	parked_finish(&parked);
}

/* Inodes
 * ------------------------------------------------------------------------------------------
 */

static void attributes_come_with_the_listing(void **state)
{
	struct namespace_attributes batch = found("Scores/" FIXTURE_BATCH),
				    part = found("Scores/" FIXTURE_BATCH
						 "/sub/part-1"),
				    same;

	(void)state;
	assert_int_equal(batch.kind, NAMESPACE_DIRECTORY);
	assert_int_equal(batch.modified_ms, 2500);
	assert_int_equal(part.kind, NAMESPACE_FILE);
	assert_int_equal(part.size, 200);
	assert_int_equal(part.modified_ms, 2500);
	assert_true(part.valid_ms > FIXTURE_TTL_MS);
	assert_true(part.ino > NAMESPACE_ROOT);
	assert_int_equal(namespace_getattr(fixture.ns, part.ino, &same), 0);
	assert_true(same.ino == part.ino);
	assert_int_equal(same.size, 200);
	assert_int_equal(namespace_getattr(fixture.ns, NAMESPACE_ROOT, &same),
			 0);
	assert_int_equal(same.kind, NAMESPACE_DIRECTORY);
	assert_true(same.ino == NAMESPACE_ROOT);
}

static void inode_numbers_are_the_same_in_every_listing(void **state)
{
	struct namespace_attributes first = found("Scores"), again;

	(void)state;
	fake_clock_advance(FIXTURE_TTL_MS);
	again = found("Scores");
	assert_true(first.ino == again.ino);
	assert_int_equal(fake_count(fixture.fake, SOURCE_DATASETS), 2);
}

static void what_is_forgotten_is_gone(void **state)
{
	struct namespace_attributes dataset = found("Scores"), batch, part,
				    attributes;

	(void)state;
	assert_int_equal(
		fixture_lookup(&fixture, dataset.ino, FIXTURE_BATCH, &batch),
		0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(
			fixture_lookup(&fixture, batch.ino, "part-0", &part),
			0);
	namespace_forget(fixture.ns, part.ino, 2);
	assert_int_equal(namespace_getattr(fixture.ns, part.ino, &attributes),
			 0);
	namespace_forget(fixture.ns, part.ino, 1);
	assert_int_equal(namespace_getattr(fixture.ns, part.ino, &attributes),
			 -ESTALE);
	namespace_forget(fixture.ns, dataset.ino, 1);
	assert_int_equal(
		namespace_getattr(fixture.ns, dataset.ino, &attributes),
		-ESTALE);
	/* What was found in it is not. */
	assert_int_equal(namespace_getattr(fixture.ns, batch.ino, &attributes),
			 0);
	assert_int_equal(fixture_lookup(&fixture, batch.ino, "part-0", &part),
			 0);
	/* The root cannot be forgotten. */
	namespace_forget(fixture.ns, NAMESPACE_ROOT, 100);
	found("Scores");
}

static void a_directory_forgotten_while_it_is_listed_does_no_harm(void **state)
{
	struct namespace_attributes dataset = found("Scores"), attributes;
	static struct parked parked;

	(void)state;
	parked_init(&parked);
	fake_hold(fixture.fake);
	assert_int_equal(namespace_lookup(fixture.ns, dataset.ino, "absent",
					  &parked.waiter, &attributes),
			 NAMESPACE_PARKED);
	namespace_forget(fixture.ns, dataset.ino, 1);
	fake_open(fixture.fake);
	parked_wait(&parked);
	fake_await_idle(fixture.fake);
	assert_int_equal(
		namespace_getattr(fixture.ns, dataset.ino, &attributes),
		-ESTALE);
	found("Scores/" FIXTURE_BATCH);
	parked_finish(&parked);
}

static void a_dataset_keeps_its_name(void **state)
{
	struct namespace_attributes first = found("Scores"), again;

	(void)state;
	/* A namesake turns up. */
	fake_add_dataset(fixture.fake, FIXTURE_UNKNOWN, "Scores");
	fake_clock_advance(FIXTURE_TTL_MS);
	again = found("Scores");
	assert_true(again.ino == first.ino);
	assert_true(found("Scores [" FIXTURE_UNKNOWN "]").ino != first.ino);
	/* It is renamed, and another gets the name that it had. */
	fake_rename_dataset(fixture.fake, FIXTURE_DATASET, "Renamed");
	fake_rename_dataset(fixture.fake, FIXTURE_OTHER, "Scores");
	fake_clock_advance(FIXTURE_TTL_MS);
	assert_true(found("Scores").ino == first.ino);
	assert_link(found(FIXTURE_DATASET), "Scores");
	assert_int_equal(lookup_error(NAMESPACE_ROOT, "Renamed"), -ENOENT);
	assert_int_equal(found("Other").kind, NAMESPACE_DIRECTORY);
}

static void a_name_got_by_id_stays_when_the_root_is_listed(void **state)
{
	struct namespace_attributes hidden;

	(void)state;
	/* It has the name first, though the root lists another so called. */
	fake_add_dataset(fixture.fake, FIXTURE_UNKNOWN, "Hidden");
	assert_link(found(FIXTURE_HIDDEN), "Hidden");
	hidden = found("Hidden");
	list(NAMESPACE_ROOT);
	assert_true(found("Hidden").ino == hidden.ino);
	assert_link(found(FIXTURE_UNKNOWN), "Hidden [" FIXTURE_UNKNOWN "]");
}

static void a_part_of_a_superseded_batch_stays_readable(void **state)
{
	struct namespace_attributes dataset = found("Scores");
	struct namespace_attributes part =
		found("Scores/" FIXTURE_BATCH "/part-0");
	struct namespace_part what;
	char *names;

	(void)state;
	list(dataset.ino);
	fake_remove(fixture.fake, FIXTURE_BATCH);
	fake_clock_advance(FIXTURE_TTL_MS);
	names = fixture_names(&fixture, dataset.ino);
	assert_string_equal(names, FIXTURE_OLD_BATCH "\n");
	free(names);
	assert_int_equal(namespace_part(fixture.ns, part.ino, &what), 0);
	assert_string_equal(what.path, "part-0");
	namespace_part_finish(&what);
	assert_int_equal(lookup_error(dataset.ino, FIXTURE_BATCH), -ENOENT);
}

static void a_subdirectory_outlives_the_listing_its_batch_was_in(void **state)
{
	static const char path[] = "Scores/" FIXTURE_BATCH "/sub";
	struct namespace_attributes sub = found(path);

	(void)state;
	for (int i = 0; i < 3; i++) {
		fake_clock_advance(FIXTURE_TTL_MS);
		list(found("Scores").ino);
		assert_true(found(path).ino == sub.ino);
	}
}

static void a_part_of_another_length_is_another_inode(void **state)
{
	struct namespace_attributes dataset = found("Other"), first, second;

	(void)state;
	fake_add_batch(fixture.fake, FIXTURE_OTHER,
		       &(struct fake_batch){.id = "b-1"});
	fake_add_part(fixture.fake, "b-1", "file-9", "part", 10);
	fake_add_batch(fixture.fake, FIXTURE_OTHER,
		       &(struct fake_batch){.id = "b-2"});
	fake_add_part(fixture.fake, "b-2", "file-9", "part", 11);
	list(dataset.ino);
	first = found("Other/b-1/part");
	second = found("Other/b-2/part");
	assert_true(first.ino != second.ino);
	assert_int_equal(first.size, 10);
	assert_int_equal(second.size, 11);
}

static void wrong_questions_are_refused(void **state)
{
	struct namespace_attributes part = found("Scores/" FIXTURE_BATCH
						 "/part-0"),
				    attributes;
	struct namespace_listing *listing;
	struct namespace_part what;
	char name[300], *target;

	(void)state;
	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(lookup_error(NAMESPACE_ROOT, name), -ENAMETOOLONG);
	assert_int_equal(lookup_error(part.ino, "a"), -ENOTDIR);
	assert_int_equal(lookup_error(12345, "a"), -ESTALE);
	assert_int_equal(namespace_getattr(fixture.ns, 12345, &attributes),
			 -ESTALE);
	assert_int_equal(fixture_open_directory(&fixture, part.ino, &listing),
			 -ENOTDIR);
	assert_int_equal(namespace_readlink(fixture.ns, part.ino, &target),
			 -EINVAL);
	assert_int_equal(namespace_part(fixture.ns, NAMESPACE_ROOT, &what),
			 -EISDIR);
	assert_int_equal(namespace_part(fixture.ns, found("Scores").ino, &what),
			 -EISDIR);
	namespace_forget(fixture.ns, 12345, 1);
}

static void a_part_says_what_to_read(void **state)
{
	struct namespace_attributes part =
		found("Scores/" FIXTURE_BATCH "/sub/part-1");
	struct namespace_part what;

	(void)state;
	assert_int_equal(namespace_part(fixture.ns, part.ino, &what), 0);
	assert_string_equal(what.file_id, "file-1");
	assert_string_equal(what.path, "sub/part-1");
	assert_int_equal(what.size, 200);
	namespace_part_finish(&what);
}

/* Provenance
 * ----------------------------------------------------------------------------------------
 */

static void assert_attribute(const char *path, const char *name,
			     const char *wanted)
{
	struct buffer value;
	int err;

	buffer_init(&value, 4096);
	err = namespace_attribute(fixture.ns, found(path).ino, name, &value);
	if (err)
		fail_msg("%s of %s: %s", name, path, strerror(-err));
	assert_string_equal(buffer_text(&value), wanted);
	buffer_finish(&value);
}

static void provenance_is_in_extended_attributes(void **state)
{
	static const char part[] = "Scores/" FIXTURE_BATCH "/sub/part-1";
	struct buffer value;

	(void)state;
	assert_attribute("Scores", "user.caifs.dataset_id", FIXTURE_DATASET);
	assert_attribute("Scores/" FIXTURE_BATCH, "user.caifs.dataset_id",
			 FIXTURE_DATASET);
	assert_attribute("Scores/" FIXTURE_BATCH, "user.caifs.batch_id",
			 FIXTURE_BATCH);
	assert_attribute("Scores/" FIXTURE_BATCH, "user.caifs.status",
			 "success");
	assert_attribute("Scores/" FIXTURE_BATCH, "user.caifs.record_count",
			 "42");
	assert_attribute(part, "user.caifs.dataset_id", FIXTURE_DATASET);
	assert_attribute(part, "user.caifs.batch_id", FIXTURE_BATCH);
	assert_attribute(part, "user.caifs.file_id", "file-1");
	buffer_init(&value, 4096);
	assert_int_equal(namespace_attribute(fixture.ns, found(part).ino,
					     "user.caifs.nonsense", &value),
			 -ENODATA);
	assert_int_equal(namespace_attribute(fixture.ns, NAMESPACE_ROOT,
					     "user.caifs.batch_id", &value),
			 -ENODATA);
	assert_int_equal(
		namespace_attribute(fixture.ns,
				    found("Scores/" FIXTURE_OLD_BATCH).ino,
				    "user.caifs.record_count", &value),
		-ENODATA);
	buffer_finish(&value);
}

static void every_attribute_that_is_named_has_a_value(void **state)
{
	static const char *const paths[] = {
		"Scores",
		"Scores/" FIXTURE_BATCH,
		"Scores/" FIXTURE_OLD_BATCH,
		"Scores/" FIXTURE_BATCH "/sub",
		"Scores/" FIXTURE_BATCH "/sub/part-1",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(paths); i++) {
		uint64_t ino = found(paths[i]).ino;
		struct buffer names, value;

		buffer_init(&names, 4096);
		buffer_init(&value, 4096);
		assert_int_equal(
			namespace_attribute_names(fixture.ns, ino, &names), 0);
		assert_true(names.size > 0);
		assert_int_equal(names.data[names.size - 1], '\0');
		for (size_t at = 0; at < names.size;
		     at += strlen(names.data + at) + 1) {
			buffer_clear(&value);
			assert_int_equal(namespace_attribute(fixture.ns, ino,
							     names.data + at,
							     &value),
					 0);
			assert_true(value.size > 0);
		}
		buffer_finish(&names);
		buffer_finish(&value);
	}
}

static void anything_can_be_described(void **state)
{
	char text[200], little[4];

	(void)state;
	namespace_describe(fixture.ns,
			   found("Scores/" FIXTURE_BATCH "/part-0").ino, text,
			   sizeof(text));
	assert_non_null(strstr(text, FIXTURE_DATASET));
	assert_non_null(strstr(text, FIXTURE_BATCH));
	assert_non_null(strstr(text, "part-0"));
	namespace_describe(fixture.ns, 12345, text, sizeof(text));
	namespace_describe(fixture.ns, NAMESPACE_ROOT, little, sizeof(little));
	assert_true(strlen(little) < sizeof(little));
}

/* Many
 * ------------------------------------------------------------------------------------------------
 */

/* However many IDs are asked for, those that do exist go on working. */
static void any_number_of_unknown_ids_does_no_harm(void **state)
{
	char id[25];

	(void)state;
	for (unsigned i = 0; i < 4095; i++) {
		snprintf(id, sizeof(id), "aaaaaaaaaaaaaaaa%08x", i);
		assert_int_equal(lookup_error(NAMESPACE_ROOT, id), -ENOENT);
	}
	for (unsigned i = 0; i < 10; i++) {
		assert_link(found(FIXTURE_HIDDEN), "Hidden");
		snprintf(id, sizeof(id), "bbbbbbbbbbbbbbbb%08x", i);
		assert_int_equal(lookup_error(NAMESPACE_ROOT, id), -ENOENT);
	}
}

#define namespace_test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		namespace_test(many_lookups_make_one_list_call),
		namespace_test(many_questions_for_one_id_make_one_call),
		namespace_test(names_absent_from_a_fresh_listing_cost_nothing),
		namespace_test(looking_along_a_path_lists_each_directory_once),
		namespace_test(a_dataset_id_is_a_link_got_by_one_call),
		namespace_test(
			a_listed_datasets_id_is_answered_from_the_listing),
		namespace_test(an_unknown_id_is_asked_for_once),
		namespace_test(an_id_and_its_name_are_not_listed),
		namespace_test(a_nameless_dataset_is_a_directory_by_its_id),
		namespace_test(a_batch_answers_to_its_key_and_alternate_id),
		namespace_test(latest_is_a_link_got_by_one_call),
		namespace_test(latest_comes_from_a_fresh_listing),
		namespace_test(latest_moves_on_to_a_new_batch),
		namespace_test(there_is_no_latest_where_there_is_no_batch),
		namespace_test(
			a_failed_listing_is_answered_at_once_for_a_while),
		namespace_test(every_waiter_is_told_of_the_failure),
		namespace_test(
			a_failed_question_is_answered_at_once_for_a_while),
		namespace_test(a_refused_call_is_a_failure_like_any),
		namespace_test(one_that_was_taken_back_is_not_woken),
		namespace_test(a_listing_outlives_its_waiters),
		namespace_test(who_waits_when_the_source_ends_is_woken),
		namespace_test(attributes_come_with_the_listing),
		namespace_test(inode_numbers_are_the_same_in_every_listing),
		namespace_test(what_is_forgotten_is_gone),
		namespace_test(
			a_directory_forgotten_while_it_is_listed_does_no_harm),
		namespace_test(a_dataset_keeps_its_name),
		namespace_test(a_name_got_by_id_stays_when_the_root_is_listed),
		namespace_test(a_part_of_a_superseded_batch_stays_readable),
		namespace_test(
			a_subdirectory_outlives_the_listing_its_batch_was_in),
		namespace_test(a_part_of_another_length_is_another_inode),
		namespace_test(wrong_questions_are_refused),
		namespace_test(a_part_says_what_to_read),
		namespace_test(provenance_is_in_extended_attributes),
		namespace_test(every_attribute_that_is_named_has_a_value),
		namespace_test(anything_can_be_described),
		namespace_test(any_number_of_unknown_ids_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
