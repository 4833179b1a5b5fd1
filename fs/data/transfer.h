#ifndef CAIFS_DATA_TRANSFER_H
#define CAIFS_DATA_TRANSFER_H

/*
 * Between the layer and its source: asks for ranges, takes in what arrives, and
 * starts what can be started whenever the lock is released.
 */

struct data;

/* Admits reads, starts fills and wakes waiters, then unlocks. Drops and retakes
   the lock meanwhile: nothing read under it before holds afterwards. Not
   reentrant: while another frame or thread is starting a fill, leaves further
   fills to that one. Otherwise a source that fails synchronously would recurse
   once per queued fill. */
void data_dispatch_and_unlock(struct data *data);

#endif
