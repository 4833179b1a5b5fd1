#ifndef CAIFS_EXPORT_SYNC_REQUEST_H
#define CAIFS_EXPORT_SYNC_REQUEST_H

/*
 * Questions of a command: one request through the gateway, waited for, and its
 * answer as JSON. What struct export (export.h) is made of.
 *
 * The one thread of export.h.
 */

#include "caifs/export.h"
#include "caifs/json.h"

struct export
{
	struct export_config config;
	char why[640];
	bool uncertain; /* the last question was a write that may have been
			   done all the same */
};

/* `path` with its query, from '/'. The answer is the caller's to delete. What
   goes wrong is in `why`; an answer that is no JSON is -EBADMSG. */
int sync_request_get(struct export *export, const char *path, cJSON **ret_root);
int sync_request_post(struct export *export, const char *path,
		      const cJSON *body, cJSON **ret_root);
int sync_request_delete(struct export *export, const char *path,
			cJSON **ret_root);

/* False: told to stop meanwhile. */
bool sync_request_pause(struct export *export, int64_t ms);

/* The platform's clock, less what it may be off by: what a write from now on
   makes is no older. Wall clock. */
int64_t sync_request_now_ms(const struct export *export);

/* After a write that is uncertain: looks for what it may have made, until it is
   there or would be. `look` counts what it can be, and keeps it; `noun` says
   what it is. 0: exactly one was found. -EINPROGRESS: it is not known. */
int sync_request_find_lost(struct export *export, const char *noun,
			   int (*look)(void *data, int *ret_count), void *data);

/* Returns `err`, with `why` set; negative. */
int sync_request_fail(struct export *export, int err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
