#ifndef CAIFS_CLI_EXPORT_OUTPUT_H
#define CAIFS_CLI_EXPORT_OUTPUT_H

/* The output of `caifs export`, on stdout: tables for people, JSON for
   programs. Tables replace control characters in names; JSON escapes them. */

#include <stdbool.h>

#include "caifs/export.h"

void export_print_audiences(const struct export_audiences *audiences,
			    bool json);
void export_print_jobs(const struct export_jobs *jobs, bool json);
void export_print_job(const struct export_job *job, bool json);

/* A job with the paths of its batches in a mount, as JSON; `paths` NULL: no
   mount shows them. */
void export_print_result(const struct export_job *job, char *const *paths,
			 size_t path_count);

#endif
