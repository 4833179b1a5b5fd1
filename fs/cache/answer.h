#ifndef CAIFS_CACHE_ANSWER_H
#define CAIFS_CACHE_ANSWER_H

/*
 * The answer to one listing, record by record, in memory and as a file: a
 * header, the question, the records, all under one checksum; put in its place
 * whole, by renaming.
 *
 * An answer is counted. It is added to by one thread, and not at all once it
 * has been shared. What works on files waits for the disk.
 */

#include <stdatomic.h>

#include "caifs/buffer.h"
#include "caifs/source.h"
#include "directory.h"

struct answer {
	atomic_int holders;
	char name[DIRECTORY_NAME];
	struct buffer question, records;
	size_t count;
};

/* To that query; under another scope it is another question. */
int answer_create(uint64_t scope, const struct source_query *query,
		  struct answer **ret_answer);
/* To the same question. */
int answer_create_like(const struct answer *other, struct answer **ret_answer);
struct answer *answer_hold(struct answer *answer);
void answer_drop(struct answer *answer);

int answer_add(struct answer *answer, const struct source_record *records,
	       size_t count);
void answer_clear(struct answer *answer);

/* Gives all records to `page`, some at a time; stops with its error. */
int answer_give(const struct answer *answer,
		const struct source_listing *listing);

int answer_write(int directory, const struct answer *answer);

/* Into one that has its question only. -ENOENT; -EBADMSG: damaged. */
int answer_read(int directory, struct answer *answer);

#endif
