#ifndef CAIFS_EXPORT_JOB_H
#define CAIFS_EXPORT_JOB_H

/*
 * An export job in the platform's JSON (all documented forms), and the body of
 * the request that starts one: contract 6. Pure; any thread.
 */

#include "caifs/export.h"
#include "caifs/json.h"

/* Ceiling of a job's batches, and of its audiences. */
enum { EXPORT_JOB_IDS_MAX = 10000 };

/* The caller calls export_job_finish(). -EBADMSG: not an object, or no id;
   -EMSGSIZE: over EXPORT_JOB_IDS_MAX; -ENOMEM. */
int export_job_read(const cJSON *item, struct export_job *ret);

/* The body of the POST; the caller calls cJSON_Delete(). NULL: no memory. */
cJSON *export_job_body(const struct export_order *order);

/* Whether the order, placed at `since_ms` or later, can have made this job. */
bool export_job_matches(const struct export_job *job,
			const struct export_order *order, int64_t since_ms);

/* A member that is an id, a string or a number. False: absent, or not
   export_id_is_plain(); `*ret` is unchanged. */
bool export_id_read(const cJSON *object, const char *name,
		    struct export_id *ret);

/* A time in ms since 1970; smaller numbers are taken as seconds, which some of
   the platform's documents use. 0: absent. */
int64_t export_time_read(const cJSON *object, const char *name);

/* A member that is a string, for people: truncated to `size`, with '?' for
   control characters. "": absent. */
void export_word_read(const cJSON *object, const char *name, char *to,
		      size_t size);

#endif
