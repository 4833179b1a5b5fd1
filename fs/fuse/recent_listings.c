/* Recent listings: see recent_listings.h. */

#include "recent_listings.h"

#include "caifs/clock.h"

void recent_listings_init(struct recent_listings *listings)
{
	*listings = (struct recent_listings){0};
	pthread_mutex_init(&listings->lock, NULL);
}

void recent_listings_finish(struct recent_listings *listings)
{
	pthread_mutex_destroy(&listings->lock);
}

static struct recent_listing *find(struct recent_listings *listings,
				   pid_t process, uint64_t directory)
{
	for (size_t i = 0; i < RECENT_LISTINGS_MAX; i++) {
		struct recent_listing *listing = &listings->latest[i];

		if (listing->process == process &&
		    listing->directory == directory)
			return listing;
	}
	return NULL;
}

void recent_listings_note(struct recent_listings *listings, pid_t process,
			  uint64_t directory)
{
	struct recent_listing *listing;

	if (process == 0) /* of another PID namespace */
		return;
	pthread_mutex_lock(&listings->lock);
	listing = find(listings, process, directory);
	if (!listing)
		listing = &listings->latest[listings->next++ %
					    RECENT_LISTINGS_MAX];
	*listing = (struct recent_listing){process, directory,
					   clock_now_ms() + RECENT_LISTINGS_MS};
	pthread_mutex_unlock(&listings->lock);
}

bool recent_listings_has(struct recent_listings *listings, pid_t process,
			 uint64_t directory)
{
	const struct recent_listing *listing;
	bool has;

	if (process == 0)
		return false;
	pthread_mutex_lock(&listings->lock);
	listing = find(listings, process, directory);
	has = listing && clock_now_ms() < listing->until_ms;
	pthread_mutex_unlock(&listings->lock);
	return has;
}
