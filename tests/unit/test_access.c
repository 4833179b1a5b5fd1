/* Data Access's list protocol: shapes, links, and a batch's several ids. */

#include "test.h"

#include "access.h"
#include "protocol_run.h"

#define EXPORT "https://platform.adobe.io/data/foundation/export/"

static const struct platform_config config;
static const char nothing[] = "{\"data\":[],\"_page\":{\"count\":0}}";
static const char one_file[] = "{\"data\":[{\"dataSetFileId\":\"f-1\"}]}";

static int begin(struct protocol_run *run, const char *id,
		 const char *alternate, const char *key)
{
	const struct source_query query = {.batch_id = id,
					   .batch_alternate_id = alternate,
					   .batch_key = key};

	return protocol_run_begin(run, &access_parts, &config, &query);
}

/* A batch with a dataset file, whose listing is to be answered. */
static void begin_file(struct protocol_run *run)
{
	assert_int_equal(begin(run, "b-1", "", "b-1"), LISTING_MORE);
	assert_int_equal(protocol_run_answer(run, one_file, 0), LISTING_MORE);
	assert_string_equal(protocol_run_path(run),
			    "/data/foundation/export/files/f-1");
}

/* What a listing of parts comes to. */
static void assert_parts(const char *answer, const char *given)
{
	struct protocol_run run;

	begin_file(&run);
	assert_int_equal(protocol_run_answer(&run, answer, 0), LISTING_DONE);
	assert_string_equal(buffer_text(&run.given), given);
	protocol_run_end(&run);
}

/* Ids
 * ------------------------------------------------------------------------- */

static void the_ids_are_tried_until_one_has_files(void **state)
{
	static const struct {
		const char *text;
		int err;
	} unknown[] = {{nothing, 0}, {NULL, -ENOENT}, {NULL, -EACCES}};
	struct protocol_run run;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(unknown); i++) {
		assert_int_equal(begin(&run, "b-1", "x-1", "k-1"),
				 LISTING_MORE);
		assert_string_equal(
			protocol_run_path(&run),
			"/data/foundation/export/batches/b-1/files");
		assert_int_equal(protocol_run_answer(&run, unknown[i].text,
						     unknown[i].err),
				 LISTING_MORE);
		assert_non_null(
			strstr(protocol_run_path(&run), "/batches/x-1/files"));
		assert_int_equal(protocol_run_answer(&run, unknown[i].text,
						     unknown[i].err),
				 LISTING_MORE);
		assert_non_null(
			strstr(protocol_run_path(&run), "/batches/k-1/files"));
		assert_int_equal(protocol_run_answer(&run, one_file, 0),
				 LISTING_MORE);
		protocol_run_end(&run);
	}
}

/* Whatever is said of the ids after it. */
static void an_empty_answer_is_an_empty_batch(void **state)
{
	static const int after[] = {-ENOENT, -EACCES};
	struct protocol_run run;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(after); i++) {
		assert_int_equal(begin(&run, "b-1", "x-1", "k-1"),
				 LISTING_MORE);
		assert_int_equal(protocol_run_answer(&run, nothing, 0),
				 LISTING_MORE);
		assert_int_equal(protocol_run_answer(&run, NULL, after[i]),
				 LISTING_MORE);
		assert_int_equal(protocol_run_answer(&run, NULL, after[i]),
				 LISTING_DONE);
		protocol_run_end(&run);
	}
	assert_int_equal(begin(&run, "b-1", "", ""), LISTING_MORE);
	assert_int_equal(protocol_run_answer(&run, nothing, 0), LISTING_DONE);
	protocol_run_end(&run);
}

static void a_batch_that_no_id_finds_is_an_error(void **state)
{
	static const int errors[] = {-ENOENT, -EACCES};
	struct protocol_run run;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(errors); i++) {
		assert_int_equal(begin(&run, "b-1", "", "k-1"), LISTING_MORE);
		assert_int_equal(protocol_run_answer(&run, NULL, errors[i]),
				 LISTING_MORE);
		assert_int_equal(protocol_run_answer(&run, NULL, errors[i]),
				 errors[i]);
		protocol_run_end(&run);
	}
	assert_int_equal(begin(&run, "", "", ""), -ENOENT);
	protocol_run_end(&run);
}

/* Not its own emptiness: a listing of parts may be refused, too. */
static void a_file_that_is_refused_is_an_error(void **state)
{
	struct protocol_run run;

	(void)state;
	assert_int_equal(begin(&run, "b-1", "", "k-1"), LISTING_MORE);
	assert_int_equal(protocol_run_answer(&run, nothing, 0), LISTING_MORE);
	assert_int_equal(protocol_run_answer(&run, one_file, 0), LISTING_MORE);
	assert_int_equal(protocol_run_answer(&run, NULL, -EACCES), -EACCES);
	protocol_run_end(&run);
}

/* Shapes
 * ------------------------------------------------------------------------- */

static void parts_in_either_shape(void **state)
{
	(void)state;
	assert_parts("{\"data\":[{\"name\":\"p\",\"length\":\"16214531\","
		     "\"_links\":{\"self\":{\"href\":\"" EXPORT
		     "files/f-1?path=p\"}}}],\"_page\":{\"count\":7}}",
		     "f-1 p  16214531 \n");
	assert_parts("[{\"name\":\"p\",\"length\":2576,"
		     "\"_links\":{\"self\":{\"href\":\"" EXPORT
		     "files/f-1?path=p\"}}}]",
		     "f-1 p  2576 \n");
	assert_parts("[]", "");
	/* Without a link, the name. */
	assert_parts("[{\"name\":\"p\",\"length\":1}]", "f-1 p  1 \n");
}

static void the_path_is_the_links_encoded_or_raw(void **state)
{
	static const char *const links[] = {
		EXPORT "files/f-1?path=a%2Fb%20%2B.p",
		"https://platform.adobe.io:443/data/foundation/export/"
		"files/f-1?path=a/b%20+.p",
		"/data/foundation/export/files/f-1?path=a%2fb%20+.p",
		"http://elsewhere.example/data/foundation/export/"
		"files/f-1?x=1&path=a/b%20%2b.p",
	};
	char answer[512];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(links); i++) {
		snprintf(answer, sizeof(answer),
			 "{\"data\":[{\"name\":\"b +.p\",\"length\":\"3\","
			 "\"_links\":{\"self\":{\"href\":\"%s\"}}}]}",
			 links[i]);
		assert_parts(answer, "f-1 a/b +.p  3 \n");
	}
}

static void files_in_files_are_gone_into(void **state)
{
	struct protocol_run run;

	(void)state;
	begin_file(&run);
	assert_int_equal(
		protocol_run_answer(&run,
				    "{\"data\":[{\"dataSetFileId\":\"f-1-1\"},"
				    "{\"dataSetFileId\":\"f-1\"},"
				    "{\"name\":\"p\",\"length\":\"1\"}]}",
				    0),
		LISTING_MORE);
	assert_non_null(strstr(protocol_run_path(&run), "/files/f-1-1"));
	assert_int_equal(
		protocol_run_answer(&run, "[{\"name\":\"q\",\"length\":2}]", 0),
		LISTING_DONE);
	assert_string_equal(buffer_text(&run.given),
			    "f-1 p  1 \nf-1-1 q  2 \n");
	protocol_run_end(&run);
}

/* An entry without bytes may be a folder: there is one way to know. */
static void begin_folder(struct protocol_run *run)
{
	begin_file(run);
	assert_int_equal(protocol_run_answer(
				 run,
				 "{\"data\":[{\"name\":\"a b\",\"length\":"
				 "\"0\"},{\"name\":\"_SUCCESS\",\"length\":0},"
				 "{\"name\":\"e.parquet\",\"length\":\"0\"}]}",
				 0),
			 LISTING_MORE);
	assert_string_equal(protocol_run_path(run),
			    "/data/foundation/export/files/f-1"
			    "?path=a%20b");
	assert_string_equal(buffer_text(&run->given),
			    "f-1 _SUCCESS  0 \nf-1 e.parquet  0 \n");
	buffer_clear(&run->given);
}

static void a_folder_is_gone_into(void **state)
{
	struct protocol_run run;

	(void)state;
	begin_folder(&run);
	assert_int_equal(protocol_run_answer(
				 &run,
				 "{\"data\":[{\"name\":\"p\",\"length\":\"7\","
				 "\"_links\":{\"self\":{\"href\":\"" EXPORT
				 "files/f-1?path=a%20b/p\"}}},"
				 "{\"name\":\"q\",\"length\":\"8\"},"
				 "{\"name\":\"c\",\"length\":\"0\"}],"
				 "\"_links\":{\"next\":{\"href\":\"" EXPORT
				 "files/f-1?path=a%20b&start=r\"}}}",
				 0),
			 LISTING_MORE);
	assert_non_null(strstr(protocol_run_path(&run), "path=a%20b&start=r"));
	assert_int_equal(protocol_run_answer(&run,
					     "{\"data\":[{\"name\":\"r\","
					     "\"length\":\"9\"}]}",
					     0),
			 LISTING_MORE);
	assert_non_null(strstr(protocol_run_path(&run), "?path=a%20b%2Fc"));
	assert_int_equal(protocol_run_answer(&run, "{\"data\":[]}", 0),
			 LISTING_DONE);
	assert_string_equal(buffer_text(&run.given), "f-1 a b/p  7 \n"
						     "f-1 a b/q  8 \n"
						     "f-1 a b/r  9 \n");
	protocol_run_end(&run);
}

static void what_is_no_folder_is_an_empty_part(void **state)
{
	static const struct {
		const char *text;
		int err;
	} answers[] = {{NULL, -ENODATA},
		       {NULL, -ENOENT},
		       {NULL, -EINVAL},
		       {"{\"a\":1}", 0}};
	struct protocol_run run;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(answers); i++) {
		begin_folder(&run);
		assert_true(run.listing.may_be_empty);
		assert_int_equal(protocol_run_answer(&run, answers[i].text,
						     answers[i].err),
				 LISTING_DONE);
		assert_string_equal(buffer_text(&run.given), "f-1 a b  0 \n");
		protocol_run_end(&run);
	}
	begin_folder(&run);
	assert_int_equal(protocol_run_answer(&run, NULL, -EACCES), -EACCES);
	protocol_run_end(&run);
}

static void a_folder_in_itself_is_gone_into_once(void **state)
{
	struct protocol_run run;

	(void)state;
	begin_folder(&run);
	assert_int_equal(
		protocol_run_answer(
			&run,
			"{\"data\":[{\"name\":\"a b\",\"length\":\"0\","
			"\"_links\":{\"self\":{\"href\":\"" EXPORT
			"files/f-1?path=a%20b\"}}}]}",
			0),
		LISTING_DONE);
	protocol_run_end(&run);
}

/* Links
 * ------------------------------------------------------------------------- */

static int answer_link(struct protocol_run *run, const char *next)
{
	char answer[512];

	snprintf(answer, sizeof(answer),
		 "{\"data\":[{\"name\":\"p\",\"length\":\"1\"}],"
		 "\"_links\":{\"next\":{\"href\":\"%s\"}}}",
		 next);
	return protocol_run_answer(run, answer, 0);
}

static void the_next_page_may_be_told_in_any_form(void **state)
{
	static const char *const links[] = {
		EXPORT "files/f-1?start=x%2By&limit=100",
		"https://platform.adobe.io:443/data/foundation/export/"
		"files/f-1?start=x%2By&limit=100",
		"/data/foundation/export/files/f-1?start=x%2By&limit=100",
		"https://platform-nld2.adobe.io/data/foundation/export/"
		"files/f-1?start=x%2By&limit=100",
	};
	struct protocol_run run;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(links); i++) {
		begin_file(&run);
		assert_int_equal(answer_link(&run, links[i]), LISTING_MORE);
		/* As it was given: the cursor is the platform's own. */
		assert_string_equal(protocol_run_path(&run),
				    "/data/foundation/export/files/f-1"
				    "?start=x%2By&limit=100");
		protocol_run_end(&run);
	}
}

static void a_link_that_leads_in_a_circle_or_away_ends(void **state)
{
	static const char *const away[] = {
		"https://platform.adobe.io/ims/token/v3",
		"https://platform.adobe.io/data/foundation/export/../x",
		"files/f-1?start=x",
		"?start=x",
	};
	struct protocol_run run;

	(void)state;
	begin_file(&run);
	assert_int_equal(answer_link(&run, EXPORT "files/f-1?start=a"),
			 LISTING_MORE);
	assert_int_equal(answer_link(&run, EXPORT "files/f-1?start=b"),
			 LISTING_MORE);
	assert_int_equal(answer_link(&run, EXPORT "files/f-1?start=a"), -EIO);
	protocol_run_end(&run);
	for (size_t i = 0; i < COUNT_OF(away); i++) {
		begin_file(&run);
		assert_int_equal(answer_link(&run, away[i]), -EBADMSG);
		protocol_run_end(&run);
	}
	begin_file(&run);
	assert_int_equal(protocol_run_answer(
				 &run,
				 "{\"data\":[],\"_links\":{\"next\":"
				 "{\"href\":\"" EXPORT "files/f-1?start=a\"}}}",
				 0),
			 -EIO);
	protocol_run_end(&run);
}

/* A name that is none and a link that is null or empty are the last page. */
static void no_link_is_the_end(void **state)
{
	static const char *const ends[] = {
		"",
		",\"_links\":null",
		",\"_links\":{}",
		",\"_links\":{\"next\":null}",
		",\"_links\":{\"next\":{}}",
		",\"_links\":{\"next\":{\"href\":\"\"}}",
		",\"_links\":{\"page\":{\"href\":\"" EXPORT
		"files/f-1?start={start}\",\"templated\":true}}",
	};
	char answer[512];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(ends); i++) {
		snprintf(answer, sizeof(answer),
			 "{\"data\":[{\"name\":\"p\",\"length\":\"1\"}],"
			 "\"_page\":{\"limit\":1,\"count\":100}%s}",
			 ends[i]);
		assert_parts(answer, "f-1 p  1 \n");
	}
}

/* Ceilings
 * ------------------------------------------------------------------------- */

static void a_page_has_a_ceiling(void **state)
{
	struct buffer text;
	struct protocol_run run;
	int err;

	(void)state;
	buffer_init(&text, 8 * 1024 * 1024);
	err = buffer_append_text(&text, "[");
	for (int i = 0; i <= LISTING_PAGE_MAX; i++)
		err |= buffer_printf(&text, "%s{\"name\":\"p%d\",\"length\":1}",
				     i ? "," : "", i);
	err |= buffer_append_text(&text, "]");
	assert_int_equal(err, 0);
	begin_file(&run);
	assert_int_equal(protocol_run_answer(&run, buffer_text(&text), 0),
			 -EMSGSIZE);
	protocol_run_end(&run);
	buffer_finish(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_ids_are_tried_until_one_has_files),
		cmocka_unit_test(an_empty_answer_is_an_empty_batch),
		cmocka_unit_test(a_batch_that_no_id_finds_is_an_error),
		cmocka_unit_test(a_file_that_is_refused_is_an_error),
		cmocka_unit_test(parts_in_either_shape),
		cmocka_unit_test(the_path_is_the_links_encoded_or_raw),
		cmocka_unit_test(files_in_files_are_gone_into),
		cmocka_unit_test(a_folder_is_gone_into),
		cmocka_unit_test(what_is_no_folder_is_an_empty_part),
		cmocka_unit_test(a_folder_in_itself_is_gone_into_once),
		cmocka_unit_test(the_next_page_may_be_told_in_any_form),
		cmocka_unit_test(a_link_that_leads_in_a_circle_or_away_ends),
		cmocka_unit_test(no_link_is_the_end),
		cmocka_unit_test(a_page_has_a_ceiling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
