/* Export jobs in all the platform's spellings, the body that orders one, and
   which job an order may have made. */

#include "test.h"

#include "export_job.h"

static int read_job(const char *text, struct export_job *job)
{
	cJSON *root;
	int err;

	assert_int_equal(json_parse(text, strlen(text), &root), 0);
	err = export_job_read(root, job);
	cJSON_Delete(root);
	return err;
}

static struct export_job good_job(const char *text)
{
	struct export_job job;

	assert_int_equal(read_job(text, &job), 0);
	return job;
}

static void the_documented_job_is_read(void **state)
{
	struct export_job job = good_job(
		"{\"id\":24115,\"jobType\":\"BATCH\",\"status\":\"SUCCEEDED\","
		"\"destination\":{\"datasetId\":\"5b7c86968f7b6501e21ba9df\","
		"\"segmentPerBatch\":false,\"batchId\":\"da5cfb4d\"},"
		"\"filter\":{\"segments\":[{\"segmentId\":\"52c26d0d-45f2\","
		"\"segmentNs\":\"ups\",\"status\":[\"realized\"]}]},"
		"\"metrics\":{\"totalExportedProfileCounter\":20},"
		"\"errors\":[{\"code\":\"0100000003\",\"msg\":\"Error in it\"}],"
		"\"creationTime\":1538615973895,\"updateTime\":1538616233239}");

	(void)state;
	assert_string_equal(job.id.text, "24115");
	assert_string_equal(job.status, "SUCCEEDED");
	assert_int_equal(job.state, EXPORT_SUCCEEDED);
	assert_string_equal(job.dataset.text, "5b7c86968f7b6501e21ba9df");
	assert_int_equal(job.batch_count, 1);
	assert_string_equal(job.batches[0].text, "da5cfb4d");
	assert_int_equal(job.audience_count, 1);
	assert_string_equal(job.audiences[0].text, "52c26d0d-45f2");
	assert_int_equal(job.profiles, 20);
	assert_int_equal(job.created_ms, 1538615973895);
	assert_int_equal(job.updated_ms, 1538616233239);
	assert_string_equal(job.error, "0100000003 Error in it");
	export_job_finish(&job);
}

static void both_spellings_and_kinds_of_ids_are_read(void **state)
{
	struct export_job job = good_job(
		"{\"id\":\"a-1\",\"destination\":{\"dataSetId\":\"d\"},"
		"\"creationTime\":1538615973}");

	(void)state;
	assert_string_equal(job.id.text, "a-1");
	assert_string_equal(job.dataset.text, "d");
	assert_int_equal(job.created_ms, INT64_C(1538615973000));
	assert_int_equal(job.profiles, -1);
	assert_int_equal(job.state, EXPORT_GOING);
	export_job_finish(&job);
}

/* The batches of a job with this destination, one after the other. */
static void assert_batches(const char *destination, const char *batches)
{
	char text[512], found[128] = "";
	struct export_job job;

	snprintf(text, sizeof(text), "{\"id\":1,\"destination\":%s}",
		 destination);
	job = good_job(text);
	for (size_t i = 0; i < job.batch_count; i++)
		snprintf(found + strlen(found), sizeof(found) - strlen(found),
			 "%s ", job.batches[i].text);
	assert_string_equal(found, batches);
	export_job_finish(&job);
}

static void every_shape_of_batches_is_read(void **state)
{
	(void)state;
	assert_batches("{\"batchId\":\"\"}", "");
	assert_batches("{\"batchId\":null,\"batches\":null}", "");
	assert_batches("{\"batchId\":\"b1\"}", "b1 ");
	assert_batches("{\"batches\":{\"segmentId\":\"s\","
		       "\"batchId\":\"b1\"}}",
		       "b1 ");
	assert_batches("{\"batches\":[{\"batchId\":\"b1\"},"
		       "{\"batchId\":\"b2\"},{\"batchId\":\"\"}]}",
		       "b1 b2 ");
	assert_batches("{\"batches\":[\"b1\",\"b2\"]}", "b1 b2 ");
	assert_batches("{\"batchId\":\"b1\",\"batches\":{"
		       "\"batchId\":\"b1\"}}",
		       "b1 ");
	assert_batches("{\"batchId\":\"../x\",\"batches\":[[],1,{}]}", "");
	assert_batches("[]", "");
	assert_batches("\"x\"", "");
}

static void states_are_told_from_words(void **state)
{
	static const struct {
		const char *status;
		enum export_state state;
	} words[] = {
		{"\"NEW\"", EXPORT_GOING},
		{"\"PROCESSING\"", EXPORT_GOING},
		{"\"SUCCEEDED\"", EXPORT_SUCCEEDED},
		{"\"FAILED\"", EXPORT_FAILED},
		{"\"CANCELLED\"", EXPORT_FAILED},
		{"\"CANCELLING\"", EXPORT_GOING},
		{"\"a word that nobody has documented anywhere\"",
		 EXPORT_GOING},
		{"17", EXPORT_GOING},
		{"null", EXPORT_GOING},
	};
	char text[160];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		struct export_job job;

		snprintf(text, sizeof(text), "{\"id\":1,\"status\":%s}",
			 words[i].status);
		job = good_job(text);
		assert_int_equal(job.state, words[i].state);
		export_job_finish(&job);
	}
}

static void what_has_no_plain_id_is_no_job(void **state)
{
	static const char *const texts[] = {
		"{}",
		"[]",
		"null",
		"{\"id\":\"\"}",
		"{\"id\":\"..\"}",
		"{\"id\":\"-o\"}",
		"{\"id\":\"a/b\"}",
		"{\"id\":\"a b\"}",
		"{\"id\":\"a\\u001b[2J\"}",
		"{\"id\":1.5}",
		"{\"id\":-1}",
		"{\"id\":{}}",
	};
	struct export_job job;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++)
		assert_int_equal(read_job(texts[i], &job), -EBADMSG);
}

static void words_of_the_platform_are_cut_and_printable(void **state)
{
	struct export_job job = good_job(
		"{\"id\":1,\"status\":\"A\\u001b[2Jxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		"xxxxxxxxxxx\",\"errors\":{\"message\":\"a\\nb\"}}");

	(void)state;
	assert_int_equal(strlen(job.status), EXPORT_STATUS_MAX);
	assert_int_equal(job.status[1], '?');
	assert_string_equal(job.error, "a?b");
	export_job_finish(&job);
}

/* --- Orders --- */

static const char *const two[] = {"s1", "s2"};

static void an_order_says_what_was_asked_for(void **state)
{
	const struct export_order order = {
		.audiences = two,
		.audience_count = 2,
		.dataset = "d",
		.fields = "a.b,c",
		.merge_policy = "m",
		.merge_policy_version = 3,
		.since = "2026-01-01T00:00:00Z",
	};
	cJSON *body = export_job_body(&order);
	char *text = cJSON_PrintUnformatted(body);

	(void)state;
	assert_string_equal(
		text,
		"{\"fields\":\"a.b,c\",\"mergePolicy\":{\"id\":\"m\","
		"\"version\":3},\"filter\":{\"segments\":[{\"segmentId\":"
		"\"s1\",\"segmentNs\":\"ups\",\"status\":[\"realized\"]},"
		"{\"segmentId\":\"s2\",\"segmentNs\":\"ups\",\"status\":"
		"[\"realized\"]}],\"fromIngestTimestamp\":"
		"\"2026-01-01T00:00:00Z\"},\"destination\":{\"datasetId\":"
		"\"d\",\"segmentPerBatch\":false},\"schema\":{\"name\":"
		"\"_xdm.context.profile\"}}");
	cJSON_free(text);
	cJSON_Delete(body);
}

static void what_was_not_asked_for_is_not_said(void **state)
{
	const struct export_order order = {
		.audiences = two, .audience_count = 1, .dataset = "d"};
	cJSON *body = export_job_body(&order);

	(void)state;
	assert_null(cJSON_GetObjectItem(body, "fields"));
	assert_null(cJSON_GetObjectItem(body, "mergePolicy"));
	assert_null(cJSON_GetObjectItem(cJSON_GetObjectItem(body, "filter"),
					"fromIngestTimestamp"));
	cJSON_Delete(body);
}

static bool answers(const char *dataset, const char *segments, int64_t created)
{
	const struct export_order order = {
		.audiences = two, .audience_count = 2, .dataset = "d"};
	char text[512];
	struct export_job job;
	bool answer;

	snprintf(text, sizeof(text),
		 "{\"id\":1,\"destination\":{\"datasetId\":\"%s\"},"
		 "\"filter\":{\"segments\":%s},\"creationTime\":%" PRId64 "}",
		 dataset, segments, created);
	job = good_job(text);
	answer = export_job_matches(&job, &order, INT64_C(1700000000000));
	export_job_finish(&job);
	return answer;
}

static void a_lost_job_is_known_by_what_it_exports(void **state)
{
	static const char same[] = "[{\"segmentId\":\"s2\"},"
				   "{\"segmentId\":\"s1\"}]";
	const int64_t now = INT64_C(1700000000000);

	(void)state;
	assert_true(answers("d", same, now));
	assert_true(answers("d", same, now / 1000)); /* in seconds */
	assert_false(answers("e", same, now));
	assert_false(answers("d", same, now - 1));
	assert_false(answers("d", same, 0));
	assert_false(answers("d", "[{\"segmentId\":\"s1\"}]", now));
	assert_false(answers(
		"d", "[{\"segmentId\":\"s1\"},{\"segmentId\":\"s3\"}]", now));
	assert_false(answers("d", "[]", now));
	assert_false(answers("d", "null", now));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_documented_job_is_read),
		cmocka_unit_test(both_spellings_and_kinds_of_ids_are_read),
		cmocka_unit_test(every_shape_of_batches_is_read),
		cmocka_unit_test(states_are_told_from_words),
		cmocka_unit_test(what_has_no_plain_id_is_no_job),
		cmocka_unit_test(words_of_the_platform_are_cut_and_printable),
		cmocka_unit_test(an_order_says_what_was_asked_for),
		cmocka_unit_test(what_was_not_asked_for_is_not_said),
		cmocka_unit_test(a_lost_job_is_known_by_what_it_exports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
