#ifndef CAIFS_DATA_TRANSFER_H
#define CAIFS_DATA_TRANSFER_H

/*
 * Between the layer and its source: asks for ranges, takes what comes, and
 * starts, whenever the lock is released, what can be started now.
 */

struct data;

/* Admits reads, asks the source for ranges, and wakes who can go on; then the
   lock is released. Releases and takes it again meanwhile: nothing that was
   looked at under it before holds afterwards. Where another thread, or a caller
   further up on this one, is asking the source already, the asking is left to
   that one, so that a source that refuses a thousand ranges is no thousand
   calls deep. */
void data_leave(struct data *data);

#endif
