/* The platform as a source: see platform.h and source.h. */

#include "access.h"
#include "caifs/container.h"
#include "catalog.h"
#include "platform_internal.h"
#include "range.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static struct platform *platform_of(struct source *source)
{
	return container_of(source, struct platform, source);
}

static int list(struct source *source, const struct source_query *query,
		const struct source_listing *listing,
		struct source_call **ret_call)
{
	static const struct listing_plan *const plans[] = {
		[SOURCE_DATASETS] = &catalog_datasets,
		[SOURCE_DATASET] = &catalog_dataset,
		[SOURCE_BATCHES] = &catalog_batches,
		[SOURCE_BATCH] = &catalog_batch,
		[SOURCE_LATEST] = &catalog_latest,
		[SOURCE_PARTS] = &access_parts,
	};
	struct platform *p = platform_of(source);

	return listing_start(p->gateway, p->http, p->decoder, &p->config,
			     plans[query->kind], query, listing, ret_call);
}

static int fetch(struct source *source, const struct source_range *range,
		 const struct source_fetch *sink, struct source_call **ret_call)
{
	struct platform *p = platform_of(source);

	return range_fetch(p->gateway, p->http, p->config.timeout_ms, range,
			   sink, ret_call);
}

static int capacity(struct source *source)
{
	return gateway_capacity(platform_of(source)->gateway);
}

static const struct source_operations operations = {
	.list = list,
	.fetch = fetch,
	.cancel = call_cancel,
	.promote = call_promote,
	.capacity = capacity,
	.release = call_release,
};

int platform_create(const struct platform_config *config, struct http *http,
		    struct executor *decoder, struct platform **ret_platform)
{
	struct platform *p = calloc(1, sizeof(*p));
	int err;

	if (!p)
		return -ENOMEM;
	p->source.operations = &operations;
	p->config = *config;
	p->http = http;
	p->decoder = decoder;
	err = gateway_create(&p->config, http, &p->gateway);
	if (err) {
		free(p);
		return err;
	}
	*ret_platform = p;
	return 0;
}

struct platform *platform_destroy(struct platform *platform)
{
	if (!platform)
		return NULL;
	gateway_destroy(platform->gateway);
	free(platform);
	return NULL;
}

struct source *platform_source(struct platform *platform)
{
	return &platform->source;
}

void platform_explain(struct platform *platform, char *text, size_t size)
{
	gateway_explain(platform->gateway, text, size);
}

/* --- Asking for a token alone --- */

struct token_question {
	struct job begin;
	struct token_waiter waiter;
	struct platform *platform;
	void (*told)(void *data, int err, const char *why);
	void *data;
};

static void answer_question(struct token_question *q, int err)
{
	struct token_keeper *tokens = gateway_tokens(q->platform->gateway);
	char why[320] = "a token is there";

	if (err)
		problem_explain(token_problem(tokens), why, sizeof(why));
	else if (token_has_ended(tokens))
		snprintf(why, sizeof(why),
			 "the access token has ended: get a new one");
	q->told(q->data,
		err			  ? err
		: token_has_ended(tokens) ? -EACCES
					  : 0,
		why);
	free(q);
}

static void token_is_ready(struct token_waiter *waiter, int err)
{
	answer_question(container_of(waiter, struct token_question, waiter),
			err);
}

static void ask_token(struct job *job)
{
	struct token_question *q =
		container_of(job, struct token_question, begin);
	int err = -EACCES;
	struct secret *token = token_get(gateway_tokens(q->platform->gateway),
					 &q->waiter, &err);

	if (token)
		err = 0;
	secret_unref(token);
	if (!q->waiter.waiting)
		answer_question(q, err);
}

void platform_ask_token(struct platform *platform,
			void (*told)(void *data, int err, const char *why),
			void *data)
{
	struct token_question *q = calloc(1, sizeof(*q));

	if (!q) {
		told(data, -ENOMEM, "out of memory");
		return;
	}
	q->begin.run = ask_token;
	q->waiter.ready = token_is_ready;
	q->platform = platform;
	q->told = told;
	q->data = data;
	http_post(platform->http, &q->begin);
}

int64_t platform_clock_offset_ms(const struct platform *platform)
{
	return gateway_clock_offset_ms(platform->gateway);
}

void platform_reread_token(struct platform *platform)
{
	token_reread(gateway_tokens(platform->gateway));
}

struct platform_counts platform_count(const struct platform *platform)
{
	return gateway_count(platform->gateway);
}
