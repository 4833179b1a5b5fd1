/* A list protocol without a network: see protocol_run.h. */

#include "protocol_run.h"

#include "test.h"

static int page(void *data, const struct source_record *records, size_t count)
{
	struct protocol_run *run = data;

	for (size_t i = 0; i < count; i++) {
		const struct source_record *r = &records[i];

		if (buffer_printf(&run->given, "%s %s %s %" PRId64 " ", r->id,
				  r->key, r->alternate_id, r->size))
			return -ENOMEM;
		for (const char *c = r->replaces; *c; c++)
			if (buffer_append(&run->given, *c == '\n' ? "," : c, 1))
				return -ENOMEM;
		if (buffer_append_text(&run->given, "\n"))
			return -ENOMEM;
	}
	return 0;
}

static void restart(void *data)
{
	struct protocol_run *run = data;

	buffer_clear(&run->given);
	run->restarts++;
}

int protocol_run_begin(struct protocol_run *run,
		       const struct list_protocol *protocol,
		       const struct platform_config *config,
		       const struct source_query *query)
{
	*run = (struct protocol_run){.protocol = protocol};
	buffer_init(&run->given, 16 * 1024 * 1024);
	buffer_init(&run->listing.path, 64 * 1024);
	run->listing.config = config;
	run->listing.query = *query;
	run->listing.sink = (struct source_listing){
		.data = run, .page = page, .restart = restart};
	return protocol->first(&run->listing);
}

int protocol_run_answer(struct protocol_run *run, const char *text, int err)
{
	cJSON *root = NULL;
	int step;

	if (text)
		assert_int_equal(json_parse(text, strlen(text), &root), 0);
	step = run->protocol->answer(&run->listing, root, err);
	cJSON_Delete(root);
	return step;
}

const char *protocol_run_path(const struct protocol_run *run)
{
	return buffer_text(&run->listing.path);
}

void protocol_run_end(struct protocol_run *run)
{
	struct listing *l = &run->listing;

	if (l->state)
		run->protocol->destroy(l);
	for (size_t i = 0; i < l->string_count; i++)
		free(l->strings[i]);
	free(l->strings);
	free(l->records);
	buffer_finish(&l->path);
	buffer_finish(&run->given);
}
