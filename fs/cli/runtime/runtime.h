#ifndef CAIFS_CLI_RUNTIME_H
#define CAIFS_CLI_RUNTIME_H

/*
 * The assembled layers, configured by the settings. Main thread, after forking:
 * layers start threads.
 */

#include "caifs/cache.h"
#include "caifs/data.h"
#include "caifs/executor.h"
#include "caifs/gateway.h"
#include "caifs/http.h"
#include "caifs/namespace.h"
#include "caifs/platform.h"
#include "caifs/settings.h"

/* Zero it; each pointer is NULL until its layer is created. */
struct runtime {
	bool writes; /* set before creation: writing requests are allowed; only
			for `caifs export` */
	struct executor *decoder;
	struct http *http;
	struct gateway *gateway;
	struct platform *platform;
	struct cache *cache;   /* NULL also without cache_dir */
	struct source *source; /* the cache's or the platform's */
	struct namespace *ns;
	struct data *data;
};

/* Call these in this order, as far as a command needs the layers. Each returns
   0 or a negative errno; call runtime_take_down() in either case. `settings`
   are borrowed until then. */

/* The platform and the layers below it. */
int runtime_build_platform(struct runtime *runtime,
			   const struct settings *settings);

/* The cache, with cache_dir; sets `source`. */
int runtime_build_cache(struct runtime *runtime,
			const struct settings *settings);

/* The namespace and the data layer. */
int runtime_build_tree(struct runtime *runtime,
		       const struct settings *settings);

/* Destroys the layers that were created. No thread may use them any more. */
void runtime_take_down(struct runtime *runtime);

#endif
