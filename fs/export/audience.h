#ifndef CAIFS_EXPORT_AUDIENCE_H
#define CAIFS_EXPORT_AUDIENCE_H

/*
 * Audiences (segment definitions) and their evaluations (segment jobs) in the
 * platform's JSON: contract 6. Pure; any thread.
 */

#include "caifs/export.h"
#include "caifs/json.h"

/* -EBADMSG: no object, or no id; -ENOMEM. The caller frees the name. */
int audience_read(const cJSON *item, struct export_audience *ret);

/* Whether this segment job evaluates the audience: it names it, or "*", which
   is all of them. */
bool evaluation_is_of(const cJSON *job, const char *audience_id);

/* When a segment job ended, in ms since 1970; 0: not known. */
int64_t evaluation_time(const cJSON *job);

/* How many profiles it found in the audience; -1: not known. */
int64_t evaluation_profiles(const cJSON *job, const char *audience_id);

#endif
