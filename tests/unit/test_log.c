/* The log: levels, one line a message whatever is in it, no secret ever. */

#include "test.h"

#include <pthread.h>

#include "caifs/log.h"
#include "caifs/secret.h"
#include "fake_clock.h"

struct page {
	FILE *stream;
	char *text;
	size_t size;
};

static int open_page(void **state)
{
	struct page *page = test_alloc(sizeof(*page));

	page->stream = open_memstream(&page->text, &page->size);
	if (!page->stream)
		return -1;
	log_to_stream(page->stream);
	log_set_level(LOG_LEVEL_INFO);
	fake_clock_advance(10000);
	*state = page;
	return 0;
}

static int close_page(void **state)
{
	struct page *page = *state;

	log_to_stream(NULL);
	fclose(page->stream);
	free(page->text);
	free(page);
	return 0;
}

static const char *text_of(struct page *page)
{
	fflush(page->stream);
	return page->text;
}

static size_t lines_of(struct page *page)
{
	size_t count = 0;

	for (const char *c = text_of(page); *c; c++)
		count += *c == '\n';
	return count;
}

static void assert_says(struct page *page, const char *words)
{
	if (!strstr(text_of(page), words))
		fail_msg("\"%s\" is not in \"%s\"", words, page->text);
}

static void writes_a_line_with_its_level(void **state)
{
	log_warning("op=%s errno=%d", "read", 5);
	assert_says(*state, "warning");
	assert_says(*state, "op=read errno=5\n");
	assert_int_equal(lines_of(*state), 1);
}

static void keeps_quiet_below_its_level(void **state)
{
	log_debug("unseen-debug");
	log_info("seen-info");
	log_set_level(LOG_LEVEL_ERROR);
	assert_int_equal(log_get_level(), LOG_LEVEL_ERROR);
	log_warning("unseen-warning");
	log_error("seen-error");
	log_set_level(LOG_LEVEL_DEBUG);
	log_debug("seen-debug");
	assert_int_equal(lines_of(*state), 3);
	assert_says(*state, "seen-info\n");
	assert_says(*state, "seen-error\n");
	assert_says(*state, "seen-debug\n");
	assert_null(strstr(text_of(*state), "unseen"));
}

static void knows_the_words_for_levels(void **state)
{
	static const char *const words[] = {"error", "warning", "info",
					    "debug"};
	static const char *const others[] = {"",      "Error",	"warn",
					     "info ", "debugs", "3"};
	enum log_level level;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		assert_int_equal(log_level_parse(words[i], &level), 0);
		assert_int_equal(level, i);
	}
	level = LOG_LEVEL_INFO;
	for (size_t i = 0; i < COUNT_OF(others); i++)
		assert_int_equal(log_level_parse(others[i], &level), -EINVAL);
	assert_int_equal(level, LOG_LEVEL_INFO);
}

static void control_characters_cannot_forge_a_line(void **state)
{
	log_info("name=%s.", "a\nerror: forged\r\x1b[2Jb\tc\x7f");
	assert_int_equal(lines_of(*state), 1);
	assert_says(*state, "name=a?error: forged??[2Jb?c?.\n");
}

static void every_control_byte_is_a_question_mark(void **state)
{
	char name[40] = "";
	char wanted[40] = "";

	for (int c = 1; c < 0x20; c++) {
		name[c - 1] = (char)c;
		wanted[c - 1] = '?';
	}
	log_info("<%s>", name);
	assert_says(*state, wanted);
	assert_int_equal(lines_of(*state), 1);
}

static void utf8_is_left_alone(void **state)
{
	log_info("name=%s", "Größe 分数");
	assert_says(*state, "name=Größe 分数\n");
}

static void a_secret_is_blotted_out(void **state)
{
	struct secret *secret = secret_keep("very-secret-token", 17);

	assert_non_null(secret);
	log_error("Bearer %s, again %s", "very-secret-token",
		  "very-secret-token");
	assert_null(strstr(text_of(*state), "very-secret"));
	assert_says(*state,
		    "Bearer *****************, again *****************\n");
	secret_unref(secret);
}

static void a_long_line_is_cut_and_ended(void **state)
{
	char *name = test_alloc(20000);

	memset(name, 'n', 19999);
	log_info("%s", name);
	log_info("next");
	assert_int_equal(lines_of(*state), 2);
	assert_true(strlen(text_of(*state)) < 5000);
	assert_says(*state, "nnnn\n");
	assert_says(*state, "next\n");
	free(name);
}

/* Wherever the cut falls, no head of a secret is left in front of it. */
static void a_cut_leaves_no_piece_of_a_secret(void **state)
{
	static const char text[] = "SECRETsecretSECRETsecretSECRETsecret";
	struct secret *secret = secret_keep(text, sizeof(text) - 1);
	char *line = test_alloc(5000);

	assert_non_null(secret);
	for (size_t before = 900; before < 1100; before++) {
		memset(line, 'x', before);
		memcpy(line + before, text, sizeof(text));
		log_info("%s", line);
	}
	assert_null(strstr(text_of(*state), "SECRET"));
	assert_null(strstr(text_of(*state), "xS"));
	secret_unref(secret);
	free(line);
}

static void warnings_are_folded_to_ten_a_second(void **state)
{
	for (int i = 0; i < 1000; i++)
		log_warning("down");
	assert_int_equal(lines_of(*state), 10);
	log_info("other things are said");
	assert_int_equal(lines_of(*state), 12);
	assert_says(*state, "warning: 990 warnings suppressed\n");
	fake_clock_advance(1000);
	log_warning("still down");
	assert_says(*state, "still down");
	assert_int_equal(lines_of(*state), 13);
}

static void nowhere_is_a_place_to_log_to(void **state)
{
	log_to_stream(NULL);
	log_error("unheard");
	assert_int_equal(lines_of(*state), 0);
}

static void *log_many(void *data)
{
	(void)data;
	for (int i = 0; i < 200; i++)
		log_info("<0123456789>");
	return NULL;
}

static void lines_of_several_threads_stay_whole(void **state)
{
	pthread_t threads[4];
	char *at, *line;
	size_t count = 0;

	for (size_t i = 0; i < COUNT_OF(threads); i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, log_many, NULL), 0);
	for (size_t i = 0; i < COUNT_OF(threads); i++)
		pthread_join(threads[i], NULL);
	text_of(*state);
	at = ((struct page *)*state)->text;
	while ((line = strsep(&at, "\n")) && *line) {
		assert_non_null(strstr(line, "<0123456789>"));
		count++;
	}
	assert_int_equal(count, 800);
}

#define log_test(f) cmocka_unit_test_setup_teardown(f, open_page, close_page)

int main(void)
{
	const struct CMUnitTest tests[] = {
		log_test(writes_a_line_with_its_level),
		log_test(keeps_quiet_below_its_level),
		log_test(knows_the_words_for_levels),
		log_test(control_characters_cannot_forge_a_line),
		log_test(every_control_byte_is_a_question_mark),
		log_test(utf8_is_left_alone),
		log_test(a_secret_is_blotted_out),
		log_test(a_long_line_is_cut_and_ended),
		log_test(a_cut_leaves_no_piece_of_a_secret),
		log_test(warnings_are_folded_to_ten_a_second),
		log_test(nowhere_is_a_place_to_log_to),
		log_test(lines_of_several_threads_stay_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
