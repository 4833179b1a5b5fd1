/* Audiences and their evaluations, as the platform describes them. */

#include "test.h"

#include "audience.h"

static cJSON *parse(const char *text)
{
	cJSON *root;

	assert_int_equal(json_parse(text, strlen(text), &root), 0);
	return root;
}

static void a_definition_is_read(void **state)
{
	cJSON *item = parse("{\"id\":\"3da8bad9\",\"name\":\"segment\","
			    "\"mergePolicyId\":\"b83185bb\"}");
	struct export_audience audience;

	(void)state;
	assert_int_equal(audience_read(item, &audience), 0);
	assert_string_equal(audience.id.text, "3da8bad9");
	assert_string_equal(audience.name, "segment");
	assert_string_equal(audience.merge_policy.text, "b83185bb");
	assert_int_equal(audience.evaluated_ms, 0);
	assert_int_equal(audience.profiles, -1);
	free(audience.name);
	cJSON_Delete(item);
}

static void a_definition_may_say_little(void **state)
{
	static const char *const none[] = {"{}", "[]", "7", "{\"id\":\"a/b\"}"};
	cJSON *item = parse("{\"id\":\"a\",\"name\":{}}");
	struct export_audience audience;

	(void)state;
	assert_int_equal(audience_read(item, &audience), 0);
	assert_string_equal(audience.name, "");
	assert_string_equal(audience.merge_policy.text, "");
	free(audience.name);
	cJSON_Delete(item);
	for (size_t i = 0; i < COUNT_OF(none); i++) {
		item = parse(none[i]);
		assert_int_equal(audience_read(item, &audience), -EBADMSG);
		cJSON_Delete(item);
	}
}

static void an_evaluation_is_of_those_it_names_or_of_all(void **state)
{
	cJSON *some = parse("{\"segments\":[{\"segmentId\":\"a\"},7,"
			    "{\"segmentId\":\"b\"}]}");
	cJSON *all = parse("{\"segments\":[{\"segmentId\":\"*\"}]}");
	cJSON *none = parse("{\"segments\":{}}");

	(void)state;
	assert_true(evaluation_is_of(some, "b"));
	assert_false(evaluation_is_of(some, "c"));
	assert_true(evaluation_is_of(all, "c"));
	assert_false(evaluation_is_of(none, "c"));
	cJSON_Delete(some);
	cJSON_Delete(all);
	cJSON_Delete(none);
}

static void an_evaluation_has_a_time_and_counts(void **state)
{
	static const struct {
		const char *text;
		int64_t time, profiles;
	} jobs[] = {
		{"{\"creationTime\":1573203600535,\"updateTime\":1573204395000,"
		 "\"metrics\":{\"totalTime\":{\"endTimeInMs\":1573204395655},"
		 "\"segmentedProfileCounter\":{\"a\":1033}}}",
		 INT64_C(1573204395655), 1033},
		{"{\"creationTime\":1573203600535,\"updateTime\":1573204395000}",
		 INT64_C(1573204395000), -1},
		{"{\"creationTime\":\"1573203600\"}", INT64_C(1573203600000),
		 -1},
		{"{\"metrics\":[]}", 0, -1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(jobs); i++) {
		cJSON *job = parse(jobs[i].text);

		assert_int_equal(evaluation_time(job), jobs[i].time);
		assert_int_equal(evaluation_profiles(job, "a"),
				 jobs[i].profiles);
		cJSON_Delete(job);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_definition_is_read),
		cmocka_unit_test(a_definition_may_say_little),
		cmocka_unit_test(an_evaluation_is_of_those_it_names_or_of_all),
		cmocka_unit_test(an_evaluation_has_a_time_and_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
