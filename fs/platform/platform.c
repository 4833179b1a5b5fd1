/* The platform as a source: see platform.h and source.h. */

#include "caifs/platform.h"

#include "access.h"
#include "caifs/container.h"
#include "catalog.h"
#include "range.h"

#include <errno.h>
#include <stdlib.h>

struct platform {
	struct source source;
	struct platform_config config;
	struct gateway *gateway;
	struct http *http;
	struct executor *decoder;
};

static struct platform *platform_of(struct source *source)
{
	return container_of(source, struct platform, source);
}

static int list(struct source *source, const struct source_query *query,
		const struct source_listing *listing,
		struct source_call **ret_call)
{
	static const struct list_protocol *const protocols[] = {
		[SOURCE_DATASETS] = &catalog_datasets,
		[SOURCE_DATASET] = &catalog_dataset,
		[SOURCE_BATCHES] = &catalog_batches,
		[SOURCE_BATCH] = &catalog_batch,
		[SOURCE_LATEST] = &catalog_latest,
		[SOURCE_PARTS] = &access_parts,
	};
	struct platform *p = platform_of(source);

	return listing_start(p->gateway, p->http, p->decoder, &p->config,
			     protocols[query->kind], query, listing, ret_call);
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
	.unref = call_unref,
};

int platform_create(const struct platform_config *config,
		    struct gateway *gateway, struct http *http,
		    struct executor *decoder, struct platform **ret_platform)
{
	struct platform *p = calloc(1, sizeof(*p));

	if (!p)
		return -ENOMEM;
	p->source.operations = &operations;
	p->config = *config;
	p->gateway = gateway;
	p->http = http;
	p->decoder = decoder;
	*ret_platform = p;
	return 0;
}

struct platform *platform_destroy(struct platform *platform)
{
	free(platform);
	return NULL;
}

struct source *platform_source(struct platform *platform)
{
	return &platform->source;
}
