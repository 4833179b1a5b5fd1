#ifndef CAIFS_CLI_RUNTIME_H
#define CAIFS_CLI_RUNTIME_H

/*
 * The layers, put together from the bottom up as the settings say. Main
 * thread, after forking.
 */

#include "caifs/cache.h"
#include "caifs/data.h"
#include "caifs/executor.h"
#include "caifs/gateway.h"
#include "caifs/http.h"
#include "caifs/namespace.h"
#include "caifs/platform.h"
#include "caifs/settings.h"

/* Each NULL until it stands. */
struct runtime {
	bool writes; /* set before: `caifs export` may change something on the
			platform, and nobody else */
	struct executor *decoder;
	struct http *http;
	struct gateway *gateway;
	struct platform *platform;
	struct cache *cache;   /* NULL also where there is to be none */
	struct source *source; /* the cache's or the platform's */
	struct namespace *ns;
	struct data *data;
};

/* The platform and what is below it. Negative errno: take down what stands. */
int runtime_build_platform(struct runtime *runtime,
			   const struct settings *settings);

/* The cache, when there is to be one. */
int runtime_build_cache(struct runtime *runtime,
			const struct settings *settings);

/* And above that, what a mount needs. */
int runtime_build_tree(struct runtime *runtime,
		       const struct settings *settings);

/* From the top down. Nothing may use the layers any more. */
void runtime_take_down(struct runtime *runtime);

#endif
