#ifndef CAIFS_EXPORT_AUDIENCE_H
#define CAIFS_EXPORT_AUDIENCE_H

/*
 * Audiences (segment definitions) and their evaluations (segment jobs) as the
 * platform describes them: contract 6. Pure; any thread.
 */

#include "caifs/export.h"
#include "caifs/json.h"

/* -EBADMSG: it has no id; -ENOMEM. The name is the caller's to free. */
int audience_read(const cJSON *item, struct export_audience *ret);

/* Does this segment job evaluate that audience? One of many says that it
   evaluates all of them. */
bool evaluation_is_of(const cJSON *job, const char *audience_id);

/* When a segment job ended; 0: not said. */
int64_t evaluation_time(const cJSON *job);

/* How many profiles it found in the audience; -1: not said. */
int64_t evaluation_profiles(const cJSON *job, const char *audience_id);

#endif
