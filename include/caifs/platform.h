#ifndef CAIFS_PLATFORM_H
#define CAIFS_PLATFORM_H

/*
 * Adobe Experience Platform as a source (source.h): Catalog for datasets and
 * batches, Data Access for parts and their bytes. It can be read, and no more.
 *
 * The contract is docs/platform.md; each decoder names the part of it that it
 * follows. Listings are decoded on the executor, bytes are passed on by the
 * network thread.
 */

#include <stdbool.h>

#include "caifs/executor.h"
#include "caifs/gateway.h"
#include "caifs/http.h"
#include "caifs/source.h"

/* Copied, but for the IDs, which are borrowed and outlive the platform. */
struct platform_config {
	const char *const *dataset_ids; /* shown as well; NULL-terminated */
	bool only_dataset_ids;		/* shown alone */
	bool all_datasets;		/* no filter by name */
	int timeout_ms; /* for one page of a listing, or one range */
};

struct platform;

/* All but `config` are borrowed and outlive it. -ENOMEM. */
int platform_create(const struct platform_config *config,
		    struct gateway *gateway, struct http *http,
		    struct executor *decoder, struct platform **ret_platform);

/* After http and decoder have ended; NULL is allowed; returns NULL. */
struct platform *platform_destroy(struct platform *platform);

struct source *platform_source(struct platform *platform);

#endif
