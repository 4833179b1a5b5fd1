#ifndef CAIFS_EXPORT_SYNC_REQUEST_H
#define CAIFS_EXPORT_SYNC_REQUEST_H

/*
 * Synchronous requests of a command: each sends one request through the
 * gateway, waits, and returns the answer as JSON.
 *
 * Thread and errors: as in export.h.
 */

#include "caifs/export.h"
#include "caifs/json.h"

struct export
{
	struct export_config config;
	char why[640];	/* of the last failure; "": none */
	bool uncertain; /* the last request failed, but was a write that may
			   have been carried out */
};

/* `path` with query, from '/'. The caller frees `*ret_root` with
   cJSON_Delete(). -EBADMSG: the answer is not JSON. A failure sets `why`. */
int sync_request_get(struct export *export, const char *path, cJSON **ret_root);
int sync_request_post(struct export *export, const char *path,
		      const cJSON *body, cJSON **ret_root);
int sync_request_delete(struct export *export, const char *path,
			cJSON **ret_root);

/* Waits. False: `stop` returned true. */
bool sync_request_pause(struct export *export, int64_t ms);

/* The platform's present time minus the possible error, since 1970: objects
   made by a later write have no earlier creation time. */
int64_t sync_request_now_ms(const struct export *export);

/* After an uncertain write: calls `look` repeatedly, up to `timeout_ms`, until
   it finds what the write may have made. `look` stores the object and sets
   `*ret_count` to the number of candidates; `noun` names the object. 0: exactly
   one was found. -EINPROGRESS: not known. */
int sync_request_find_lost(struct export *export, const char *noun,
			   int (*look)(void *data, int *ret_count), void *data);

/* Sets `why` and returns `err`, which is negative. */
int sync_request_fail(struct export *export, int err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
