#ifndef CAIFS_PLATFORM_CATALOG_H
#define CAIFS_PLATFORM_CATALOG_H

#include "listing.h"

/* The Catalog Service as plans of listings: contract section 3. */
extern const struct listing_plan catalog_datasets; /* SOURCE_DATASETS */
extern const struct listing_plan catalog_dataset;  /* SOURCE_DATASET */
extern const struct listing_plan catalog_batches;  /* SOURCE_BATCHES */
extern const struct listing_plan catalog_batch;	   /* SOURCE_BATCH */
extern const struct listing_plan catalog_latest;   /* SOURCE_LATEST */

#endif
