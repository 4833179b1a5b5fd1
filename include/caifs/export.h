#ifndef CAIFS_EXPORT_H
#define CAIFS_EXPORT_H

/*
 * Audience exports: the vendor's second way to the scores (docs/platform.md,
 * section 6). The platform copies the members of audiences into a dataset,
 * which a mount can then show.
 *
 * For commands, never for a mount: every function asks the platform and waits
 * for the answer, and some change things there, for which the gateway must have
 * been created with `writes`. One question takes at most the configured
 * timeout.
 *
 * Errors are negative errno, and export_why() has them in words: -ENOENT (no
 * such thing), -EACCES, -EMEDIUMTYPE (a dataset of another schema), -EBADMSG
 * (an answer that cannot be believed), -EINPROGRESS (it may have been made, and
 * was not found), -EINTR (told to stop), -EINVAL (no id), -EIO, -ETIMEDOUT,
 * -ENOMEM. On failure nothing is left to be freed.
 *
 * One thread, neither the network's nor the decoder's.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "caifs/gateway.h"
#include "caifs/http.h"

struct export;

struct export_config {
	struct gateway *gateway; /* borrowed */
	struct http *http;	 /* the gateway's; borrowed */
	int timeout_ms;		 /* for one question */
	/* Asked now and then, some ten times a second: true ends what is
	   waited for with -EINTR, but never a write under way, whose end must
	   be known. NULL: never. */
	bool (*stop)(void *data);
	void *data;
};

int export_open(const struct export_config *config, struct export **ret_export);
struct export *export_close(struct export *export);

/* The last failure, for people: "" when there was none. */
const char *export_why(const struct export *export);

/* Of a job, batch, dataset, audience or merge policy: letters, digits and
   "_-.:@", so that it can stand in a path and on a terminal. */
enum { EXPORT_ID_MAX = 128 };
struct export_id {
	char text[EXPORT_ID_MAX + 1];
};
bool export_id_is_plain(const char *text);

/* --- Audiences --- */

struct export_audience {
	struct export_id id;
	char *name;		       /* a server's: any bytes, may be "" */
	struct export_id merge_policy; /* "": not said */
	int64_t evaluated_ms;	       /* when last, since 1970; 0: not known */
	int64_t profiles;	       /* members then; -1: not known */
};

struct export_audiences {
	struct export_audience *items; /* by name */
	size_t count;
	bool evaluations_unread; /* export_why() says why */
};

int export_list_audiences(struct export *export, struct export_audiences *ret);
void export_audiences_finish(struct export_audiences *audiences);

/* Whether the audience is there and a segment job of it has succeeded.
   `*ret_newest`: the status of its newest job, "" when there is none. */
enum { EXPORT_STATUS_MAX = 31 };
struct export_evaluation {
	bool succeeded;
	char newest[EXPORT_STATUS_MAX + 1];
};
int export_check_audience(struct export *export, const char *audience_id,
			  struct export_evaluation *ret);

/* --- Datasets to export to --- */

/* Whether it is there and can take an audience: has the schema of profiles. */
int export_check_dataset(struct export *export, const char *dataset_id);

/* The newest of this name; -ENOENT. */
int export_find_dataset(struct export *export, const char *name,
			struct export_id *ret_id);

/* Makes one. */
int export_make_dataset(struct export *export, const char *name,
			struct export_id *ret_id);

/* --- Export jobs --- */

enum export_state {
	EXPORT_GOING, /* also whatever word is not known */
	EXPORT_SUCCEEDED,
	EXPORT_FAILED, /* or cancelled */
};

struct export_job {
	struct export_id id;
	enum export_state state;
	char status[EXPORT_STATUS_MAX + 1]; /* the platform's word for it */
	struct export_id dataset;	    /* "": not said */
	struct export_id *audiences, *batches;
	size_t audience_count, batch_count;
	int64_t profiles;		/* so far; -1: not said */
	int64_t created_ms, updated_ms; /* since 1970; 0: not said */
	char error[256];		/* the first of its errors, or "" */
};

struct export_jobs {
	struct export_job *items; /* newest first */
	size_t count;
	bool cut; /* there are more, older ones: beyond what is asked for */
};

/* What to export. Borrowed. */
struct export_order {
	const char *const *audiences; /* ids */
	size_t audience_count;
	const char *dataset;	  /* id */
	const char *fields;	  /* "a.b,c"; NULL: all */
	const char *merge_policy; /* id; NULL: the audience's, of which there
				     is then one */
	int64_t merge_policy_version; /* 0: not said */
	const char *since; /* RFC 3339: profiles that changed after it; NULL */
};

int export_start(struct export *export, const struct export_order *order,
		 struct export_job *ret);
int export_look(struct export *export, const char *job_id,
		struct export_job *ret);
int export_list(struct export *export, struct export_jobs *ret);

/* Asks for the end of a job, which may come later. */
int export_cancel(struct export *export, const char *job_id);

void export_job_finish(struct export_job *job);
void export_jobs_finish(struct export_jobs *jobs);

#endif
