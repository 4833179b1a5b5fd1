#ifndef CAIFS_PLATFORM_H
#define CAIFS_PLATFORM_H

/*
 * Adobe Experience Platform as a source (source.h): Catalog for datasets and
 * batches, Data Access for parts and their bytes, IMS for tokens.
 *
 * The contract is docs/platform.md; each decoder names the part of it that it
 * follows. Listings are decoded on the executor, bytes are passed on by the
 * network thread.
 */

#include <stdbool.h>
#include <stddef.h>

#include "caifs/executor.h"
#include "caifs/http.h"
#include "caifs/secret.h"
#include "caifs/source.h"

/* Where tokens come from; the first that is set is used, in this order. */
struct platform_identity {
	struct secret *access_token;  /* ready-made */
	const char *token_file;	      /* read again whenever it changes */
	const char *token_command;    /* prints one, run when one is needed */
	struct secret *client_secret; /* OAuth server-to-server */
};

/* All strings are borrowed and outlive the platform. */
struct platform_config {
	const char *endpoint;	  /* base URL, no trailing slash */
	const char *ims_endpoint; /* base URL, no trailing slash */
	const char *ims_org;
	const char *api_key;
	const char *sandbox_name;
	const char *scopes; /* comma-separated */
	struct platform_identity identity;

	const char *const *dataset_ids; /* shown as well; NULL-terminated */
	bool only_dataset_ids;		/* shown alone */
	bool all_datasets;		/* no filter by name */

	int timeout_ms;		/* for one page of a listing, or one range */
	int connections;	/* requests at once, to begin with */
	bool endpoint_is_local; /* on this machine: for tests and demos */
	bool writes;		/* export.h may change something there: never
				   so in a mount */
};

/* Requests at once while all goes well, at the most. */
enum { PLATFORM_CONNECTIONS = 32 };

struct platform;

/* Both `http` and `decoder` are borrowed and outlive it. */
int platform_create(const struct platform_config *config, struct http *http,
		    struct executor *decoder, struct platform **ret_platform);

/* After http and decoder have ended; NULL is allowed; returns NULL. */
struct platform *platform_destroy(struct platform *platform);

struct source *platform_source(struct platform *platform);

/* The last call that failed for good, in a sentence: what, the HTTP status,
   the platform's own code and words, and the mend. "" when none did. */
void platform_explain(struct platform *platform, char *text, size_t size);

/* Gets a token, as a request would, and tells how that went, in words too; on
   the network thread. Any thread. */
void platform_ask_token(struct platform *platform,
			void (*told)(void *data, int err, const char *why),
			void *data);

/* The platform's clock less this machine's, by its last answer; 0: it has not
   told. Any thread. */
int64_t platform_clock_offset_ms(const struct platform *platform);

/* Reads the token file again at the next request. */
void platform_reread_token(struct platform *platform);

/* Where the time of requests went, all together. */
struct platform_waits {
	unsigned long long requests;
	unsigned long long queue_ms, connect_ms, first_byte_ms, body_ms;
};

/* Since the start, and how it is now. Any thread. */
struct platform_counts {
	unsigned long long requests, bytes, token_requests, retries;
	unsigned long long throttled, failed;
	struct platform_waits listings, ranges;
	int limit;	       /* requests at once, now */
	bool down;	       /* it cannot be reached */
	int64_t token_left_ms; /* -1: not known */
};
struct platform_counts platform_count(const struct platform *platform);

#endif
