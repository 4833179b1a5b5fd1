#ifndef CAIFS_EXPORT_JOB_H
#define CAIFS_EXPORT_JOB_H

/*
 * An export job as the platform describes it, in all its spellings, and as it
 * is asked for: contract 6. Pure; any thread.
 */

#include "caifs/export.h"
#include "caifs/json.h"

/* What is more than this is not believed: -EMSGSIZE. */
enum { EXPORT_JOB_IDS_MAX = 10000 };

/* -EBADMSG: it is no job, or has no id; -EMSGSIZE, -ENOMEM. */
int export_job_read(const cJSON *item, struct export_job *ret);

/* The body that starts it; NULL: no memory. cJSON_Delete() it. */
cJSON *export_job_body(const struct export_order *order);

/* Can this be the job that the order made, at `since_ms` or later? */
bool export_job_answers(const struct export_job *job,
			const struct export_order *order, int64_t since_ms);

/* A member that is an id, as text or as a number. False: absent or not plain.
 */
bool export_id_read(const cJSON *object, const char *name,
		    struct export_id *ret);

/* A time: milliseconds, though some of the platform's texts say seconds; 0:
   absent. */
int64_t export_time_read(const cJSON *object, const char *name);

/* A word of the platform's for people, cut and made printable. */
void export_word_read(const cJSON *object, const char *name, char *to,
		      size_t size);

#endif
