#ifndef CAIFS_PLATFORM_H
#define CAIFS_PLATFORM_H

/*
 * Adobe Experience Platform as a source (source.h): Catalog for datasets and
 * batches, Data Access for parts and their bytes. It only reads.
 *
 * "contract N" in this layer is section N of docs/platform.md. Callbacks of a
 * listing run on the executor, those of a fetch on the network thread.
 */

#include <stdbool.h>

#include "caifs/executor.h"
#include "caifs/gateway.h"
#include "caifs/http.h"
#include "caifs/source.h"

/* Copied, except for the IDs: they are borrowed and must outlive the
   platform. */
struct platform_config {
	/* Also listed. NULL-terminated; NULL: none. */
	const char *const *dataset_ids;
	bool only_dataset_ids; /* list no other datasets */
	bool all_datasets;     /* do not filter by name */
	int timeout_ms;	       /* for one page of a listing, or one range */
};

struct platform;

/* `gateway`, `http` (the gateway's) and `decoder` are borrowed and must outlive
   the platform. -ENOMEM. */
int platform_create(const struct platform_config *config,
		    struct gateway *gateway, struct http *http,
		    struct executor *decoder, struct platform **ret_platform);

/* Call after http_stop() and executor_destroy(): their callbacks use the
   platform. NULL: no effect. Returns NULL. */
struct platform *platform_destroy(struct platform *platform);

/* Lives as long as the platform. */
struct source *platform_source(struct platform *platform);

#endif
