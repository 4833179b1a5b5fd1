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
	enum verdict verdict;
	int err;
} rows[] = {
	{400, "400003", "Missing header", VERDICT_FAILURE, -EIO},
	{401, "401013", "Oauth token is not valid", VERDICT_RENEW, -EACCES},
	{401, "401014", "Token not allowed in the current context",
	 VERDICT_RENEW, -EACCES},
	{401, "401015", "Scope mismatch", VERDICT_RENEW, -EACCES},
	{403, "403000", "Api Key is required", VERDICT_FAILURE, -EACCES},
	{403, "403003", "Api Key is invalid", VERDICT_FAILURE, -EACCES},
	{403, "403010", "Oauth token is missing.", VERDICT_FAILURE, -EACCES},
	{403, "403011", "Scope mismatch", VERDICT_FAILURE, -EACCES},
	{403, "403012", "IP blacklisted", VERDICT_FAILURE, -EACCES},
	{403, "403013", "IP not whitelisted", VERDICT_FAILURE, -EACCES},
	{403, "403020", "Oauth token missing or invalid", -1, -EACCES},
	{403, "403023", "Profile is not valid", VERDICT_FAILURE, -EACCES},
	{403, "403024", "Not allowed to read the profile", VERDICT_FAILURE,
	 -EACCES},
	{403, "403025", "Profile is not valid", VERDICT_FAILURE, -EACCES},
	{403, "403027", "User region is missing", VERDICT_FAILURE, -EACCES},
	{403, "503020", "Could not read the profile", VERDICT_RETRY, -EIO},
	{429, "429001", "Service usage limit reached", VERDICT_RETRY, -EIO},
	{429, "429002", "Developer key usage limit reached", VERDICT_RETRY,
	 -EIO},
	{429, "429050", "Too many requests", VERDICT_RETRY, -EIO},
	{400, "429050", "Too many requests", VERDICT_RETRY, -EIO},
	{503, "503000", "Could not validate Api Key", VERDICT_RETRY, -EIO},
	{503, "503010", "Could not validate oauth token", VERDICT_RETRY, -EIO},
};

/* What a write's failure leaves open, and whether it may be made again. */
static void a_write_is_made_again_only_when_it_was_not_done(void **state)
{
	static const struct {
		enum http_fault fault;
		long status;
		const char *code;
		bool sent, told_when;
		enum verdict verdict;
	} cases[] = {
		{HTTP_OK, 200, "", true, false, VERDICT_GOOD},
		{HTTP_OK, 201, "", true, false, VERDICT_GOOD},
		{HTTP_OK, 401, "401013", true, false, VERDICT_RENEW},
		{HTTP_OK, 429, "", true, false, VERDICT_RETRY},
		{HTTP_OK, 400, "429050", true, false, VERDICT_RETRY},
		{HTTP_OK, 403, "503020", true, false, VERDICT_RETRY},
		{HTTP_OK, 503, "503010", true, false, VERDICT_RETRY},
		{HTTP_OK, 503, "", true, true, VERDICT_RETRY},
		{HTTP_OK, 503, "", true, false, VERDICT_UNKNOWN},
		{HTTP_OK, 500, "", true, true, VERDICT_UNKNOWN},
		{HTTP_OK, 502, "", true, false, VERDICT_UNKNOWN},
		{HTTP_OK, 504, "", true, true, VERDICT_UNKNOWN},
		{HTTP_OK, 408, "", true, false, VERDICT_UNKNOWN},
		{HTTP_OK, 303, "", true, false, VERDICT_UNKNOWN},
		{HTTP_OK, 400, "400003", true, false, VERDICT_FAILURE},
		{HTTP_OK, 403, "403025", true, false, VERDICT_FAILURE},
		{HTTP_OK, 404, "", true, false, VERDICT_FAILURE},
		{HTTP_OK, 409, "", true, false, VERDICT_FAILURE},
		{HTTP_NO_NAME, 0, "", false, false, VERDICT_RETRY},
		{HTTP_NO_CONNECTION, 0, "", false, false, VERDICT_RETRY},
		{HTTP_TIMEOUT, 0, "", false, false, VERDICT_RETRY},
		{HTTP_TIMEOUT, 0, "", true, false, VERDICT_UNKNOWN},
		{HTTP_BROKEN, 0, "", true, false, VERDICT_UNKNOWN},
		{HTTP_BROKEN, 200, "", true, false, VERDICT_UNKNOWN},
		{HTTP_CANCELLED, 0, "", true, false, VERDICT_UNKNOWN},
		{HTTP_CANCELLED, 0, "", false, false, VERDICT_FAILURE},
		{HTTP_REFUSED_BY_HANDLER, 200, "", true, false,
		 VERDICT_UNKNOWN},
		{HTTP_TLS, 0, "", true, false, VERDICT_FAILURE},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct api_error error = {.fault = cases[i].fault,
					  .status = cases[i].status};

		strcpy(error.code, cases[i].code);
		assert_int_equal(api_error_write_verdict(&error, cases[i].sent,
							 cases[i].told_when),
				 cases[i].verdict);
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
		if ((int)row->verdict >= 0 &&
		    api_error_verdict(&error) != row->verdict)
			fail_msg("%ld %s: verdict %d", row->status, row->code,
				 (int)api_error_verdict(&error));
		if (api_error_errno(&error) != row->err)
			fail_msg("%ld %s: errno %d", row->status, row->code,
				 api_error_errno(&error));
	}
}

static void a_status_alone_is_judged(void **state)
{
	static const struct {
		long status;
		enum verdict verdict;
		int err;
	} bare[] = {
		{200, VERDICT_GOOD, 0},
		{206, VERDICT_GOOD, 0},
		{301, VERDICT_FAILURE, -EIO},
		{302, VERDICT_FAILURE, -EIO},
		{400, VERDICT_FAILURE, -EIO},
		{401, VERDICT_RENEW, -EACCES},
		{403, VERDICT_FAILURE, -EACCES},
		{404, VERDICT_FAILURE, -ENOENT},
		{429, VERDICT_RETRY, -EIO},
		{500, VERDICT_RETRY, -EIO},
		{502, VERDICT_RETRY, -EIO},
		{503, VERDICT_RETRY, -EIO},
		{504, VERDICT_RETRY, -EIO},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bare); i++) {
		struct api_error error = read_body(bare[i].status, "");

		if (api_error_verdict(&error) != bare[i].verdict)
			fail_msg("%ld: verdict %d", bare[i].status,
				 (int)api_error_verdict(&error));
		if (bare[i].verdict != VERDICT_GOOD &&
		    api_error_errno(&error) != bare[i].err)
			fail_msg("%ld: errno %d", bare[i].status,
				 api_error_errno(&error));
	}
}

static void faults_of_the_line_are_judged(void **state)
{
	static const struct {
		enum http_fault fault;
		enum verdict verdict;
		int err;
	} faults[] = {
		{HTTP_CANCELLED, VERDICT_FAILURE, -ECANCELED},
		{HTTP_NO_NAME, VERDICT_RETRY, -EIO},
		{HTTP_NO_CONNECTION, VERDICT_RETRY, -EIO},
		{HTTP_TIMEOUT, VERDICT_RETRY, -ETIMEDOUT},
		{HTTP_TLS, VERDICT_FAILURE, -EIO},
		{HTTP_BROKEN, VERDICT_RETRY, -EIO},
	};
	struct api_error error = fault(HTTP_NO_MEMORY);

	(void)state;
	assert_int_equal(api_error_errno(&error), -ENOMEM);
	for (size_t i = 0; i < COUNT_OF(faults); i++) {
		error = fault(faults[i].fault);
		assert_int_equal(error.status, 0);
		assert_string_equal(error.code, "");
		if (api_error_verdict(&error) != faults[i].verdict)
			fail_msg("%s: verdict %d",
				 http_fault_word(faults[i].fault),
				 (int)api_error_verdict(&error));
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
		assert_int_equal(api_error_verdict(&error), VERDICT_RETRY);
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
