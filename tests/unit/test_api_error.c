/* What a failed call says of itself: the gateway's table of errors, the other
   shapes of error bodies, and what the caller of read(2) is told. */

#include "test.h"

#include "caifs/api_error.h"

static struct api_error read_body(long status, const char *body)
{
	struct api_error error;

	memset(&error, 0xa5, sizeof(error));
	api_error_read(&error, HTTP_OK, status, body, strlen(body));
	return error;
}

static struct api_error fault(enum http_fault fault)
{
	struct api_error error;

	memset(&error, 0xa5, sizeof(error));
	api_error_read(&error, fault, 0, NULL, 0);
	return error;
}

/* Every row of the gateway's own errors, contract 1.4. */
static const struct row {
	long status;
	const char *code, *message;
	enum retry_decision decision;
	int err;
} rows[] = {
	{400, "400003", "Missing header", RETRY_DECISION_FAILURE, -EIO},
	{401, "401013", "Oauth token is not valid", RETRY_DECISION_RENEW,
	 -EACCES},
	{401, "401014", "Token not allowed in the current context",
	 RETRY_DECISION_RENEW, -EACCES},
	{401, "401015", "Scope mismatch", RETRY_DECISION_RENEW, -EACCES},
	{403, "403000", "Api Key is required", RETRY_DECISION_FAILURE, -EACCES},
	{403, "403003", "Api Key is invalid", RETRY_DECISION_FAILURE, -EACCES},
	{403, "403010", "Oauth token is missing.", RETRY_DECISION_FAILURE,
	 -EACCES},
	{403, "403011", "Scope mismatch", RETRY_DECISION_FAILURE, -EACCES},
	{403, "403012", "IP blacklisted", RETRY_DECISION_FAILURE, -EACCES},
	{403, "403013", "IP not whitelisted", RETRY_DECISION_FAILURE, -EACCES},
	{403, "403020", "Oauth token missing or invalid", -1, -EACCES},
	{403, "403023", "Profile is not valid", RETRY_DECISION_FAILURE,
	 -EACCES},
	{403, "403024", "Not allowed to read the profile",
	 RETRY_DECISION_FAILURE, -EACCES},
	{403, "403025", "Profile is not valid", RETRY_DECISION_FAILURE,
	 -EACCES},
	{403, "403027", "User region is missing", RETRY_DECISION_FAILURE,
	 -EACCES},
	{403, "503020", "Could not read the profile", RETRY_DECISION_RETRY,
	 -EIO},
	{429, "429001", "Service usage limit reached", RETRY_DECISION_RETRY,
	 -EIO},
	{429, "429002", "Developer key usage limit reached",
	 RETRY_DECISION_RETRY, -EIO},
	{429, "429050", "Too many requests", RETRY_DECISION_RETRY, -EIO},
	{400, "429050", "Too many requests", RETRY_DECISION_RETRY, -EIO},
	{503, "503000", "Could not validate Api Key", RETRY_DECISION_RETRY,
	 -EIO},
	{503, "503010", "Could not validate oauth token", RETRY_DECISION_RETRY,
	 -EIO},
};

/* What a write's failure leaves open, and whether it may be made again. */
static void a_write_is_made_again_only_when_it_was_not_done(void **state)
{
	static const struct {
		enum http_fault fault;
		long status;
		const char *code;
		bool sent, has_retry_after;
		enum retry_decision decision;
	} cases[] = {
		{HTTP_OK, 200, "", true, false, RETRY_DECISION_GOOD},
		{HTTP_OK, 201, "", true, false, RETRY_DECISION_GOOD},
		{HTTP_OK, 401, "401013", true, false, RETRY_DECISION_RENEW},
		{HTTP_OK, 429, "", true, false, RETRY_DECISION_RETRY},
		{HTTP_OK, 400, "429050", true, false, RETRY_DECISION_RETRY},
		{HTTP_OK, 403, "503020", true, false, RETRY_DECISION_RETRY},
		{HTTP_OK, 503, "503010", true, false, RETRY_DECISION_RETRY},
		{HTTP_OK, 503, "", true, true, RETRY_DECISION_RETRY},
		{HTTP_OK, 503, "", true, false, RETRY_DECISION_UNKNOWN},
		{HTTP_OK, 500, "", true, true, RETRY_DECISION_UNKNOWN},
		{HTTP_OK, 502, "", true, false, RETRY_DECISION_UNKNOWN},
		{HTTP_OK, 504, "", true, true, RETRY_DECISION_UNKNOWN},
		{HTTP_OK, 408, "", true, false, RETRY_DECISION_UNKNOWN},
		{HTTP_OK, 303, "", true, false, RETRY_DECISION_UNKNOWN},
		{HTTP_OK, 400, "400003", true, false, RETRY_DECISION_FAILURE},
		{HTTP_OK, 403, "403025", true, false, RETRY_DECISION_FAILURE},
		{HTTP_OK, 404, "", true, false, RETRY_DECISION_FAILURE},
		{HTTP_OK, 409, "", true, false, RETRY_DECISION_FAILURE},
		{HTTP_NO_NAME, 0, "", false, false, RETRY_DECISION_RETRY},
		{HTTP_NO_CONNECTION, 0, "", false, false, RETRY_DECISION_RETRY},
		{HTTP_TIMEOUT, 0, "", false, false, RETRY_DECISION_RETRY},
		{HTTP_TIMEOUT, 0, "", true, false, RETRY_DECISION_UNKNOWN},
		{HTTP_BROKEN, 0, "", true, false, RETRY_DECISION_UNKNOWN},
		{HTTP_BROKEN, 200, "", true, false, RETRY_DECISION_UNKNOWN},
		{HTTP_CANCELLED, 0, "", true, false, RETRY_DECISION_UNKNOWN},
		{HTTP_CANCELLED, 0, "", false, false, RETRY_DECISION_FAILURE},
		{HTTP_REFUSED_BY_HANDLER, 200, "", true, false,
		 RETRY_DECISION_UNKNOWN},
		{HTTP_TLS, 0, "", true, false, RETRY_DECISION_FAILURE},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct api_error error = {.fault = cases[i].fault,
					  .status = cases[i].status};

		strcpy(error.code, cases[i].code);
		assert_int_equal(
			api_error_decide_write(&error, cases[i].sent,
					       cases[i].has_retry_after),
			cases[i].decision);
	}
}

static void a_body_says_when_to_ask_again(void **state)
{
	const char *body = "{\"message\":\"too many\",\"cause\":\"\","
			   "\"retryAfterMs\":\"500\",\"statusCode\":\"429\"}";

	(void)state;
	assert_int_equal(read_body(429, body).retry_after_ms, 500);
	assert_int_equal(
		read_body(429, "{\"retryAfterMs\":700}").retry_after_ms, 700);
	assert_int_equal(
		read_body(429, "{\"retryAfterMs\":\"-5\"}").retry_after_ms, 0);
	assert_int_equal(read_body(200, body).retry_after_ms, 0);
}

static void every_gateway_error_is_read_and_judged(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct row *row = &rows[i];
		struct api_error error;
		char body[200];

		snprintf(body, sizeof(body),
			 "{\"error_code\":\"%s\",\"message\":\"%s\"}",
			 row->code, row->message);
		error = read_body(row->status, body);
		assert_int_equal(error.status, row->status);
		assert_string_equal(error.code, row->code);
		assert_string_equal(error.message, row->message);
		if ((int)row->decision >= 0 &&
		    api_error_decide(&error) != row->decision)
			fail_msg("%ld %s: decision %d", row->status, row->code,
				 (int)api_error_decide(&error));
		if (api_error_errno(&error) != row->err)
			fail_msg("%ld %s: errno %d", row->status, row->code,
				 api_error_errno(&error));
	}
}

static void a_status_alone_is_judged(void **state)
{
	static const struct {
		long status;
		enum retry_decision decision;
		int err;
	} bare[] = {
		{200, RETRY_DECISION_GOOD, 0},
		{206, RETRY_DECISION_GOOD, 0},
		{301, RETRY_DECISION_FAILURE, -EIO},
		{302, RETRY_DECISION_FAILURE, -EIO},
		{400, RETRY_DECISION_FAILURE, -EIO},
		{401, RETRY_DECISION_RENEW, -EACCES},
		{403, RETRY_DECISION_FAILURE, -EACCES},
		{404, RETRY_DECISION_FAILURE, -ENOENT},
		{429, RETRY_DECISION_RETRY, -EIO},
		{500, RETRY_DECISION_RETRY, -EIO},
		{502, RETRY_DECISION_RETRY, -EIO},
		{503, RETRY_DECISION_RETRY, -EIO},
		{504, RETRY_DECISION_RETRY, -EIO},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bare); i++) {
		struct api_error error = read_body(bare[i].status, "");

		if (api_error_decide(&error) != bare[i].decision)
			fail_msg("%ld: decision %d", bare[i].status,
				 (int)api_error_decide(&error));
		if (bare[i].decision != RETRY_DECISION_GOOD &&
		    api_error_errno(&error) != bare[i].err)
			fail_msg("%ld: errno %d", bare[i].status,
				 api_error_errno(&error));
	}
}

static void faults_of_the_line_are_judged(void **state)
{
	static const struct {
		enum http_fault fault;
		enum retry_decision decision;
		int err;
	} faults[] = {
		{HTTP_CANCELLED, RETRY_DECISION_FAILURE, -ECANCELED},
		{HTTP_NO_NAME, RETRY_DECISION_RETRY, -EIO},
		{HTTP_NO_CONNECTION, RETRY_DECISION_RETRY, -EIO},
		{HTTP_TIMEOUT, RETRY_DECISION_RETRY, -ETIMEDOUT},
		{HTTP_TLS, RETRY_DECISION_FAILURE, -EIO},
		{HTTP_BROKEN, RETRY_DECISION_RETRY, -EIO},
	};
	struct api_error error = fault(HTTP_NO_MEMORY);

	(void)state;
	assert_int_equal(api_error_errno(&error), -ENOMEM);
	for (size_t i = 0; i < COUNT_OF(faults); i++) {
		error = fault(faults[i].fault);
		assert_int_equal(error.status, 0);
		assert_string_equal(error.code, "");
		if (api_error_decide(&error) != faults[i].decision)
			fail_msg("%s: decision %d",
				 http_fault_word(faults[i].fault),
				 (int)api_error_decide(&error));
		if (api_error_errno(&error) != faults[i].err)
			fail_msg("%s: errno %d",
				 http_fault_word(faults[i].fault),
				 api_error_errno(&error));
	}
}

static void other_shapes_of_bodies_are_read(void **state)
{
	static const struct {
		const char *body, *code, *message;
	} shapes[] = {
		{"{\"type\":\"/placeholder/type/uri\",\"status\":400,"
		 "\"title\":\"BadRequestError\",\"detail\":\"no limit\"}",
		 NULL, "no limit"},
		{"{\"status\":\"404\",\"title\":\"NotFoundError\","
		 "\"detail\":\"gone\"}",
		 NULL, "gone"},
		{"{\"errorMessage\":\"it broke\"}", NULL, "it broke"},
		{"{\"error_description\":\"wrong secret\","
		 "\"error\":\"invalid_client\"}",
		 "invalid_client", "wrong secret"},
		{"{\"error\":\"invalid_scope\"}", "invalid_scope", NULL},
		{"plain words", NULL, "plain words"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(shapes); i++) {
		struct api_error error = read_body(400, shapes[i].body);

		if (shapes[i].code)
			assert_string_equal(error.code, shapes[i].code);
		if (shapes[i].message &&
		    !strstr(error.message, shapes[i].message))
			fail_msg("\"%s\" from %s", error.message,
				 shapes[i].body);
	}
}

static void a_number_may_be_the_code(void **state)
{
	struct api_error error =
		read_body(403, "{\"error_code\":503020,\"message\":\"a\"}");

	(void)state;
	/* Documented as a string; a number is to do no harm. */
	if (*error.code)
		assert_string_equal(error.code, "503020");
	assert_string_equal(error.message, "a");
}

static void any_body_is_survived(void **state)
{
	static const char *const bodies[] = {
		"",
		"{",
		"[]",
		"[{\"error_code\":\"403003\"}]",
		"null",
		"{\"error_code\":null,\"message\":{}}",
		("{\"error_code\":\"a code that is far too long to be one\","
		 "\"message\":\"m\"}"),
		"{\"title\":[],\"detail\":1}",
		"<html><body><h1>503</h1></body></html>",
		"\xff\xfe\x80",
		"{\"message\":\"\\u0000\"}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bodies); i++) {
		struct api_error error = read_body(500, bodies[i]);
		char text[300];

		assert_true(strlen(error.code) < sizeof(error.code));
		assert_true(strlen(error.message) < sizeof(error.message));
		assert_int_equal(api_error_decide(&error),
				 RETRY_DECISION_RETRY);
		api_error_explain(&error, text, sizeof(text));
		assert_non_null(strstr(text, "500"));
	}
}

static void a_body_need_not_end_with_a_nul(void **state)
{
	static const char json[] = "{\"error_code\":\"403003\","
				   "\"message\":\"Api Key is invalid\"}";
	char *body = test_alloc(sizeof(json) - 1);
	struct api_error error;

	(void)state;
	memcpy(body, json, sizeof(json) - 1);
	api_error_read(&error, HTTP_OK, 403, body, sizeof(json) - 1);
	assert_string_equal(error.code, "403003");
	memset(body, 'x', sizeof(json) - 1);
	api_error_read(&error, HTTP_OK, 403, body, sizeof(json) - 1);
	assert_int_equal(api_error_errno(&error), -EACCES);
	free(body);
}

static void long_words_are_cut(void **state)
{
	static const char head[] = "{\"error_code\":\"403003\",\"message\":\"";
	char *body = test_alloc(4000);
	struct api_error error;

	(void)state;
	memset(body, 'w', 3999);
	memcpy(body, head, sizeof(head) - 1);
	memcpy(body + 3990, "\"}", 3);
	error = read_body(403, body);
	assert_string_equal(error.code, "403003");
	assert_in_range(strlen(error.message), 100, sizeof(error.message) - 1);
	free(body);
}

static void explains_status_code_words_and_mend(void **state)
{
	struct api_error error =
		read_body(403, "{\"error_code\":\"403003\","
			       "\"message\":\"Api Key is invalid\"}");
	char text[300], little[10];

	(void)state;
	api_error_explain(&error, text, sizeof(text));
	assert_non_null(
		strstr(text, "403 403003 Api Key is invalid: check api_key"));
	api_error_explain(&error, little, sizeof(little));
	assert_int_equal(strlen(little), sizeof(little) - 1);

	error = fault(HTTP_NO_NAME);
	api_error_explain(&error, text, sizeof(text));
	assert_int_equal(strncmp(text, "dns", 3), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_gateway_error_is_read_and_judged),
		cmocka_unit_test(a_status_alone_is_judged),
		cmocka_unit_test(faults_of_the_line_are_judged),
		cmocka_unit_test(
			a_write_is_made_again_only_when_it_was_not_done),
		cmocka_unit_test(a_body_says_when_to_ask_again),
		cmocka_unit_test(other_shapes_of_bodies_are_read),
		cmocka_unit_test(a_number_may_be_the_code),
		cmocka_unit_test(any_body_is_survived),
		cmocka_unit_test(a_body_need_not_end_with_a_nul),
		cmocka_unit_test(long_words_are_cut),
		cmocka_unit_test(explains_status_code_words_and_mend),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
