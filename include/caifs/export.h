#ifndef CAIFS_EXPORT_H
#define CAIFS_EXPORT_H

/*
 * Audience exports: the vendor's second way to the scores (docs/platform.md,
 * section 6). The platform copies the members of audiences into a dataset,
 * which a mount can show.
 *
 * For commands, not for a mount: functions send requests and wait for the
 * answers, each at most `timeout_ms`. Those that change something on the
 * platform need a gateway with `writes`.
 *
 * Functions return 0 or a negative errno, with a text in export_why(): -ENOENT
 * (no such object), -EACCES, -EMEDIUMTYPE (a dataset of another schema),
 * -EBADMSG (an unexpected answer), -EINPROGRESS (it may have been made, but was
 * not found), -EINTR (`stop`), -EINVAL (not an id), -EROFS (no `writes`), -EIO,
 * -ETIMEDOUT, -ENOMEM. On failure there is nothing to free, and `*ret` is
 * undefined.
 *
 * Call on one thread, not the network thread or the executor.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "caifs/gateway.h"
#include "caifs/http.h"

struct export;

struct export_config {
	/* Borrowed; must outlive the export. `http` is the gateway's. */
	struct gateway *gateway;
	struct http *http;
	int timeout_ms; /* for one request */
	/* Called about ten times a second while a function waits, on its
	   thread. True: the function fails with -EINTR; a POST or DELETE under
	   way is completed first. NULL: never stop. */
	bool (*stop)(void *data);
	void *data;
};

/* `config` is copied. */
int export_open(const struct export_config *config, struct export **ret_export);
/* NULL: no effect. Returns NULL. */
struct export *export_close(struct export *export);

/* The last failure, for people; "": none. Borrowed until the next call. */
const char *export_why(const struct export *export);

/* The id of a job, batch, dataset, audience or merge policy: 1 to EXPORT_ID_MAX
   letters, digits and "_-.:@", not beginning with '.' or '-'. Safe in a path
   and on a terminal. */
enum { EXPORT_ID_MAX = 128 };
struct export_id {
	char text[EXPORT_ID_MAX + 1];
};
bool export_id_is_plain(const char *text);

/* --- Audiences --- */

struct export_audience {
	struct export_id id;
	char *name;		       /* of the server: any bytes, or "" */
	struct export_id merge_policy; /* "": not known */
	int64_t evaluated_ms; /* last evaluation, since 1970; 0: not known */
	int64_t profiles;     /* members at that time; -1: not known */
};

struct export_audiences {
	struct export_audience *items; /* sorted by name */
	size_t count;
	/* Reading the evaluations failed (export_why()): some or all
	   `evaluated_ms` and `profiles` are not known. */
	bool evaluations_unread;
};

/* The caller frees `*ret` with export_audiences_finish(). */
int export_list_audiences(struct export *export, struct export_audiences *ret);
void export_audiences_finish(struct export_audiences *audiences);

enum { EXPORT_STATUS_MAX = 31 };
struct export_evaluation {
	bool succeeded;			    /* one of its segment jobs has */
	char newest[EXPORT_STATUS_MAX + 1]; /* status of its newest segment
					       job; "": none found */
};
/* Looks up an audience and its segment jobs. -ENOENT: no such audience. */
int export_check_audience(struct export *export, const char *audience_id,
			  struct export_evaluation *ret);

/* --- Datasets to export to --- */

/* 0: it exists, and has the profile schema or none that is known. -ENOENT,
   -EMEDIUMTYPE. */
int export_check_dataset(struct export *export, const char *dataset_id);

/* The newest dataset of this name; -ENOENT. */
int export_find_dataset(struct export *export, const char *name,
			struct export_id *ret_id);

/* Makes a dataset with the profile schema. Writes. */
int export_make_dataset(struct export *export, const char *name,
			struct export_id *ret_id);

/* --- Export jobs --- */

enum export_state {
	EXPORT_GOING, /* also for an unknown status */
	EXPORT_SUCCEEDED,
	EXPORT_FAILED, /* or cancelled */
};

struct export_job {
	struct export_id id;
	enum export_state state;
	char status[EXPORT_STATUS_MAX + 1]; /* the platform's word; or "" */
	struct export_id dataset;	    /* "": not known */
	struct export_id *audiences, *batches;
	size_t audience_count, batch_count;
	int64_t profiles;		/* exported so far; -1: not known */
	int64_t created_ms, updated_ms; /* since 1970; 0: not known */
	char error[256];		/* its first error; "": none */
};

struct export_jobs {
	struct export_job *items; /* newest first */
	size_t count;
	bool cut; /* there are older ones that were not read */
};

/* What to export. Borrowed for the call. */
struct export_order {
	const char *const *audiences; /* ids */
	size_t audience_count;
	const char *dataset;	  /* id */
	const char *fields;	  /* "a.b,c"; NULL: all */
	const char *merge_policy; /* id; NULL: the audience's; then give only
				     one audience */
	int64_t merge_policy_version; /* 0: not given */
	const char *since; /* RFC 3339: only profiles changed after it; NULL:
			      all */
};

/* Starts a job. Writes. The caller frees a job with export_job_finish(), a list
   of them with export_jobs_finish(). */
int export_start(struct export *export, const struct export_order *order,
		 struct export_job *ret);
int export_look(struct export *export, const char *job_id,
		struct export_job *ret);
int export_list(struct export *export, struct export_jobs *ret);

/* Requests the end of a job; it may still run for a while. Writes. */
int export_cancel(struct export *export, const char *job_id);

void export_job_finish(struct export_job *job);
void export_jobs_finish(struct export_jobs *jobs);

#endif
