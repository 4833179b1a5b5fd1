#ifndef CAIFS_CLI_EXPORT_OUTPUT_H
#define CAIFS_CLI_EXPORT_OUTPUT_H

/* What `caifs export` finds out, on stdout: tables for people, JSON for
   programs. What a server named is made fit for a terminal in tables alone. */

#include <stdbool.h>

#include "caifs/export.h"

void export_print_audiences(const struct export_audiences *audiences,
			    bool json);
void export_print_jobs(const struct export_jobs *jobs, bool json);
void export_print_job(const struct export_job *job, bool json);

/* A job with where it can be seen, as JSON; `paths` NULL: nowhere. */
void export_print_result(const struct export_job *job, char *const *paths,
			 size_t path_count);

#endif
