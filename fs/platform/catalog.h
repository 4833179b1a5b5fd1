#ifndef CAIFS_PLATFORM_CATALOG_H
#define CAIFS_PLATFORM_CATALOG_H

#include "listing.h"

/* Listings of the Catalog Service: contract section 3. */
extern const struct list_protocol catalog_datasets; /* SOURCE_DATASETS */
extern const struct list_protocol catalog_dataset;  /* SOURCE_DATASET */
extern const struct list_protocol catalog_batches;  /* SOURCE_BATCHES */
extern const struct list_protocol catalog_batch;    /* SOURCE_BATCH */
extern const struct list_protocol catalog_latest;   /* SOURCE_LATEST */

#endif
