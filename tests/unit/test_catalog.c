/* Catalog's list protocols: their requests, and the records they make of the
   answers. */

#include "test.h"

#include "catalog.h"
#include "protocol_run.h"

#define DATASET "5cd9146b31dae914b75f654f"
#define OTHER	"5c01a91863540e14cd3d0432"
#define KEY	"5e602f67c2f39715a87f46b1"

static const struct platform_config config;

static void begin(struct protocol_run *run,
		  const struct list_protocol *protocol, const char *name)
{
	const struct source_query query = {.dataset_id = DATASET, .name = name};

	assert_int_equal(protocol_run_begin(run, protocol, &config, &query),
			 LISTING_MORE);
}

/* What the batches of one page come to. */
static void assert_batches(const char *answer, const char *given)
{
	struct protocol_run run;

	begin(&run, &catalog_batches, "");
	assert_int_equal(protocol_run_answer(&run, answer, 0), LISTING_DONE);
	assert_string_equal(buffer_text(&run.given), given);
	protocol_run_end(&run);
}

/* Batches
 * ------------------------------------------------------------------------- */

static void every_generation_of_ids(void **state)
{
	(void)state;
	/* Keyed by a Catalog id, a related batch in either order. */
	assert_batches("{\"" KEY
		       "\":{\"status\":\"success\",\"relatedObjects\":"
		       "[{\"type\":\"dataSet\",\"id\":\"" DATASET "\"},"
		       "{\"type\":\"batch\",\"id\":\"u-1\"}]}}",
		       "u-1 " KEY "  0 \n");
	assert_batches("{\"" KEY
		       "\":{\"status\":\"success\",\"relatedObjects\":"
		       "[{\"type\":\"batch\",\"id\":\"u-1\"},"
		       "{\"type\":\"dataSet\",\"id\":\"" DATASET "\"}]}}",
		       "u-1 " KEY "  0 \n");
	/* The key is the id. */
	assert_batches("{\"01E5\":{\"status\":\"active\",\"id\":\"01E5\","
		       "\"externalId\":\"01E5\",\"relatedObjects\":"
		       "[{\"type\":\"dataSet\",\"id\":\"" DATASET "\"}]}}",
		       "01E5 01E5  0 \n");
	/* Nothing but the key. */
	assert_batches("{\"" KEY "\":{\"status\":\"success\"}}",
		       KEY " " KEY "  0 \n");
	/* An external id is one more that Data Access may know. */
	assert_batches("{\"01E5\":{\"status\":\"success\",\"externalId\":"
		       "\"/adobe/bulkingest/x-1\"}}",
		       "01E5 01E5 x-1 0 \n");
}

static void odd_members_spoil_nothing(void **state)
{
	(void)state;
	assert_batches("{\"a\":{},\"b\":7,\"c\":null,\"d\":[],"
		       "\"e\":{\"status\":{}},"
		       "\"f\":{\"status\":\"success\",\"id\":{},"
		       "\"relatedObjects\":{},\"metrics\":7,\"replay\":[]},"
		       "\"g\":{\"status\":\"success\",\"replay\":"
		       "{\"predecessors\":7,\"reason\":{}}},"
		       "\"h\":{\"status\":\"a new word\"},"
		       "\"\":{\"status\":\"success\"}}",
		       "f f  0 \ng g  0 \n");
}

static void whom_a_batch_replaces(void **state)
{
	(void)state;
	assert_batches(
		"{\"b\":{\"status\":\"success\",\"replay\":{"
		"\"predecessors\":[\"a\",7,\"\",\"/adobe/bulkingest/c\"],"
		"\"predecessorsByExternalId\":[\"x\"],"
		"\"predecessorListingType\":\"ALL\","
		"\"reason\":\"Replacing for 2020-04-09\"}}}",
		"b b  0 a,c,x\n");
	/* That one finished is no matter where it did not itself. */
	assert_batches("{\"b\":{\"status\":\"failed\",\"replay\":{"
		       "\"predecessors\":[\"a\"]}},"
		       "\"c\":{\"status\":\"inactive\",\"replay\":{"
		       "\"predecessors\":[\"a\"]}}}",
		       "");
	/* A consolidation need not have the files of what it consolidates. */
	assert_batches("{\"b\":{\"status\":\"success\",\"replay\":{"
		       "\"predecessors\":[\"a\"],"
		       "\"reason\":\"consolidation\"}}}",
		       "b b  0 \n");
}

static void no_batches_are_nothing_or_not_found(void **state)
{
	struct protocol_run run;

	(void)state;
	assert_batches("{}", "");
	begin(&run, &catalog_batches, "");
	assert_int_equal(protocol_run_answer(&run, NULL, -ENOENT),
			 LISTING_DONE);
	protocol_run_end(&run);
	begin(&run, &catalog_batches, "");
	assert_int_equal(protocol_run_answer(&run, NULL, -EACCES), -EACCES);
	protocol_run_end(&run);
	begin(&run, &catalog_batches, "");
	assert_int_equal(protocol_run_answer(&run, "[]", 0), -EBADMSG);
	protocol_run_end(&run);
}

/* One batch
 * ------------------------------------------------------------------------- */

#define RELATED(a, b)                                                          \
	"{\"" KEY "\":{\"status\":\"success\",\"relatedObjects\":["            \
	"{\"type\":\"dataSet\",\"id\":\"" a "\"},"                             \
	"{\"type\":\"dataSet\",\"id\":\"" b "\"}]}}"

static void a_batch_of_two_datasets_is_found_in_both(void **state)
{
	static const char *const answers[] = {RELATED(DATASET, OTHER),
					      RELATED(OTHER, DATASET)};
	struct protocol_run run;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(answers); i++) {
		begin(&run, &catalog_batch, KEY);
		assert_non_null(
			strstr(protocol_run_path(&run), "/batches/" KEY "?"));
		assert_int_equal(protocol_run_answer(&run, answers[i], 0),
				 LISTING_DONE);
		assert_string_equal(buffer_text(&run.given),
				    KEY " " KEY "  0 \n");
		protocol_run_end(&run);
	}
}

/* Data Access's id is no key, and what is found by key may be another
   dataset's: the list, which knows whose it is, has the last word. */
static void what_the_key_does_not_find_the_list_may(void **state)
{
	struct protocol_run run;

	(void)state;
	begin(&run, &catalog_batch, KEY);
	assert_int_equal(protocol_run_answer(&run, RELATED(OTHER, OTHER), 0),
			 LISTING_MORE);
	assert_string_equal(buffer_text(&run.given), "");
	assert_non_null(strstr(protocol_run_path(&run), "dataSet=" DATASET));
	assert_non_null(strstr(protocol_run_path(&run), "&limit=1&batch=" KEY));
	assert_int_equal(protocol_run_answer(&run, RELATED(OTHER, OTHER), 0),
			 LISTING_DONE);
	assert_string_equal(buffer_text(&run.given), KEY " " KEY "  0 \n");
	protocol_run_end(&run);
	begin(&run, &catalog_batch, "u-1");
	assert_int_equal(protocol_run_answer(&run, NULL, -ENOENT),
			 LISTING_MORE);
	assert_int_equal(protocol_run_answer(&run, NULL, -ENOENT),
			 LISTING_DONE);
	assert_string_equal(buffer_text(&run.given), "");
	protocol_run_end(&run);
}

/* 400 where there is no such id: for a look-up, not for a list. */
static void what_the_platform_makes_nothing_of_is_not_there(void **state)
{
	struct protocol_run run;

	(void)state;
	begin(&run, &catalog_batch, "u-1");
	assert_int_equal(protocol_run_answer(&run, NULL, -EINVAL),
			 LISTING_MORE);
	assert_int_equal(protocol_run_answer(&run, NULL, -EINVAL),
			 LISTING_DONE);
	protocol_run_end(&run);
	begin(&run, &catalog_dataset, "");
	assert_int_equal(protocol_run_answer(&run, NULL, -EINVAL), -ENOENT);
	protocol_run_end(&run);
	begin(&run, &catalog_dataset, "");
	assert_int_equal(protocol_run_answer(&run, NULL, -ENOENT), -ENOENT);
	protocol_run_end(&run);
	begin(&run, &catalog_dataset, "");
	assert_int_equal(protocol_run_answer(&run, "{}", 0), -ENOENT);
	protocol_run_end(&run);
	begin(&run, &catalog_batches, "");
	assert_int_equal(protocol_run_answer(&run, NULL, -EINVAL), -EINVAL);
	protocol_run_end(&run);
	begin(&run, &catalog_datasets, "");
	assert_int_equal(protocol_run_answer(&run, NULL, -EINVAL), -EINVAL);
	protocol_run_end(&run);
}

/* Pages
 * ------------------------------------------------------------------------- */

static int answer_page(struct protocol_run *run, int first, int count)
{
	struct buffer text;
	int step, err;

	buffer_init(&text, 1024 * 1024);
	err = buffer_append_text(&text, "{");
	for (int i = 0; i < count; i++)
		err |= buffer_printf(&text,
				     "%s\"b-%d\":{\"status\":\"success\"}",
				     i ? "," : "", first + i);
	err |= buffer_append_text(&text, "}");
	assert_int_equal(err, 0);
	step = protocol_run_answer(run, buffer_text(&text), 0);
	buffer_finish(&text);
	return step;
}

static void assert_asks_from(const struct protocol_run *run, const char *start)
{
	const char *at = strstr(protocol_run_path(run), "&start=");

	assert_non_null(at);
	assert_string_equal(at + strlen("&start="), start);
}

static void pages_overlap_by_a_row(void **state)
{
	struct protocol_run run;

	(void)state;
	begin(&run, &catalog_batches, "");
	assert_non_null(strstr(protocol_run_path(&run), "&limit=100&"));
	assert_asks_from(&run, "0");
	assert_int_equal(answer_page(&run, 0, 100), LISTING_MORE);
	assert_asks_from(&run, "99");
	assert_int_equal(answer_page(&run, 99, 100), LISTING_MORE);
	assert_asks_from(&run, "198");
	assert_int_equal(answer_page(&run, 198, 1), LISTING_DONE);
	assert_int_equal(run.restarts, 0);
	protocol_run_end(&run);
}

static void rows_taken_out_in_front_start_it_over_once(void **state)
{
	struct protocol_run run;

	(void)state;
	begin(&run, &catalog_batches, "");
	assert_int_equal(answer_page(&run, 0, 100), LISTING_MORE);
	assert_int_equal(answer_page(&run, 100, 100), LISTING_MORE);
	assert_int_equal(run.restarts, 1);
	assert_asks_from(&run, "0");
	assert_int_equal(answer_page(&run, 0, 100), LISTING_MORE);
	assert_int_equal(answer_page(&run, 100, 100), -EIO);
	protocol_run_end(&run);
}

static void an_empty_page_after_a_full_one_has_lost_its_row(void **state)
{
	struct protocol_run run;

	(void)state;
	begin(&run, &catalog_batches, "");
	assert_int_equal(answer_page(&run, 0, 100), LISTING_MORE);
	assert_int_equal(answer_page(&run, 0, 0), LISTING_MORE);
	assert_int_equal(run.restarts, 1);
	protocol_run_end(&run);
}

static void a_start_that_is_not_honoured_ends(void **state)
{
	struct protocol_run run;

	(void)state;
	begin(&run, &catalog_batches, "");
	assert_int_equal(answer_page(&run, 0, 100), LISTING_MORE);
	assert_int_equal(answer_page(&run, 0, 100), -EIO);
	protocol_run_end(&run);
}

static void a_limit_that_is_not_honoured_does_no_harm(void **state)
{
	struct protocol_run run;

	(void)state;
	begin(&run, &catalog_batches, "");
	assert_int_equal(answer_page(&run, 0, 250), LISTING_MORE);
	assert_asks_from(&run, "99");
	assert_int_equal(answer_page(&run, 99, 151), LISTING_MORE);
	assert_int_equal(answer_page(&run, 198, 52), LISTING_DONE);
	protocol_run_end(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_generation_of_ids),
		cmocka_unit_test(odd_members_spoil_nothing),
		cmocka_unit_test(whom_a_batch_replaces),
		cmocka_unit_test(no_batches_are_nothing_or_not_found),
		cmocka_unit_test(a_batch_of_two_datasets_is_found_in_both),
		cmocka_unit_test(what_the_key_does_not_find_the_list_may),
		cmocka_unit_test(
			what_the_platform_makes_nothing_of_is_not_there),
		cmocka_unit_test(pages_overlap_by_a_row),
		cmocka_unit_test(rows_taken_out_in_front_start_it_over_once),
		cmocka_unit_test(
			an_empty_page_after_a_full_one_has_lost_its_row),
		cmocka_unit_test(a_start_that_is_not_honoured_ends),
		cmocka_unit_test(a_limit_that_is_not_honoured_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
