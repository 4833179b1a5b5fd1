#ifndef CAIFS_PARQUET_H
#define CAIFS_PARQUET_H

/*
 * The places of a parquet file's columns, read from its footer. A file is
 *
 *   "PAR1" column-chunks... footer length-of-footer(4, little-endian) "PAR1"
 *
 * and the footer is a FileMetaData in thrift's compact protocol
 * (https://github.com/apache/parquet-format: README.md, "File format", and
 * src/main/thrift/parquet.thrift, whose names are used below).
 *
 * Used to choose what to fetch, never what a read returns. A file that is not
 * understood is -EINVAL; treat it as one without columns. Not understood are
 * encrypted files and columns, summary files ("_metadata") whose columns lie in
 * other files, and contradictory bytes. The bytes are not trusted; the work is
 * proportional to their number.
 *
 * Pure; any thread.
 */

#include <stddef.h>
#include <stdint.h>

enum {
	PARQUET_TAIL = 8,
	PARQUET_MAX_FOOTER = 16 * 1024 * 1024,
	PARQUET_MAX_CHUNKS = 1000000, /* row groups times columns */
	PARQUET_MAX_NAMES = 64 * 1024 * 1024,
};

/* The bytes of one column in one row group, [start, end): its pages, without
   indexes and bloom filters. */
struct parquet_chunk {
	int64_t start, end;
	uint32_t row_group;
	uint32_t column; /* position among the leaves of the schema */
};

struct parquet_footer {
	uint64_t schema; /* XXH64 of the schema's bytes: files with the same
			    one have the same columns at each position */
	size_t columns;	 /* of each row group; 0: there is no row group */
	size_t row_groups;
	size_t count; /* of chunks: columns * row_groups, less the empty ones */
	struct parquet_chunk chunks[]; /* by start, not overlapping, between
					  the leading "PAR1" and the footer */
};

/* Finds the footer from a file's last PARQUET_TAIL bytes: it is
   [*ret_start, file_size - PARQUET_TAIL). -EINVAL: not understood (no "PAR1",
   an impossible length, or one over PARQUET_MAX_FOOTER). */
int parquet_footer_place(const char tail[PARQUET_TAIL], int64_t file_size,
			 int64_t *ret_start);

/* `bytes`: the whole footer, without the tail. `*ret_footer` is one allocation,
   the caller's to free(), of at most 4 * size + 64 bytes. -EINVAL: not
   understood; -ENOMEM. */
int parquet_footer_decode(const char *bytes, size_t size, int64_t file_size,
			  struct parquet_footer **ret_footer);

/* The names of the schema's leaves, by position: paths with dots between their
   elements. */
struct parquet_names {
	size_t count;
	const char *names[];
};

/* `bytes`: the whole footer, without the tail. `*ret_names` is one allocation,
   the caller's to free(), of at most PARQUET_MAX_NAMES bytes. Reads the schema
   only: success does not imply that parquet_footer_decode() succeeds. -EINVAL:
   not understood; -ENOMEM. */
int parquet_names_decode(const char *bytes, size_t size,
			 struct parquet_names **ret_names);

/* The chunk that has the byte at `offset`; NULL: none. */
const struct parquet_chunk *parquet_chunk_at(
	const struct parquet_footer *footer, int64_t offset);

#endif
