#ifndef CAIFS_NAMESPACE_FIXTURE_H
#define CAIFS_NAMESPACE_FIXTURE_H

/* A namespace on a fake source, and calls that block until they are not parked.
   Any thread. */

#include "caifs/namespace.h"
#include "fake_source.h"
#include "parking.h"

enum { FIXTURE_TTL_MS = 60000 };

struct namespace_fixture {
	struct fake_source *fake;
	struct namespace *ns;
};

/* `ns` NULL: it could not be created. */
struct namespace_fixture namespace_fixture_create(bool show_latest);
/* Call with every listing closed. */
void namespace_fixture_destroy(struct namespace_fixture *fixture);

/* The datasets, batches and parts that most tests use:
     FIXTURE_DATASET "Scores": FIXTURE_BATCH, with the parts "part-0" of 100
     bytes and "sub/part-1" of 200, and FIXTURE_OLD_BATCH without parts;
     FIXTURE_OTHER "Other", without batches;
     FIXTURE_HIDDEN "Hidden", which is not listed. */
#define FIXTURE_DATASET	  "5cd9146b31dae914b75f654f"
#define FIXTURE_OTHER	  "5cd9146b31dae914b75f6550"
#define FIXTURE_HIDDEN	  "5cd9146b31dae914b75f6551"
#define FIXTURE_UNKNOWN	  "5cd9146b31dae914b75f6552"
#define FIXTURE_BATCH	  "035e2520-5e69-11ea-b624-51ecfeba55d1"
#define FIXTURE_BATCH_KEY "5e5f6f4b31dae914b75f6001"
#define FIXTURE_BATCH_ALT "01E5QSWCAASFQ054FNBKYV6TIQ"
#define FIXTURE_OLD_BATCH "035e2520-5e69-11ea-b624-51ecfeba55d0"
void namespace_fixture_fill(struct namespace_fixture *fixture);

/* namespace_lookup() until it is no longer parked. */
int fixture_lookup(struct namespace_fixture *fixture, uint64_t parent,
		   const char *name, struct namespace_attributes *ret);
/* Looks up each name of a '/'-separated path from the root. */
int fixture_find(struct namespace_fixture *fixture, const char *path,
		 struct namespace_attributes *ret);

/* namespace_open_directory() until it is no longer parked. */
int fixture_open_directory(struct namespace_fixture *fixture, uint64_t ino,
			   struct namespace_listing **ret_listing);
/* The names in a directory, each followed by '\n'; the caller frees them. NULL:
   it could not be listed. */
char *fixture_names(struct namespace_fixture *fixture, uint64_t ino);

#endif
