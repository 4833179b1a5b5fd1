#ifndef CAIFS_PARQUET_H
#define CAIFS_PARQUET_H

/*
 * Where the columns of a parquet file lie, read from its footer. A file is
 *
 *   "PAR1" column-chunks... footer length-of-footer(4, little-endian) "PAR1"
 *
 * and the footer is a FileMetaData in thrift's compact protocol
 * (https://github.com/apache/parquet-format: README.md, "File format", and
 * src/main/thrift/parquet.thrift, whose names are used below).
 *
 * This serves to fetch well, never to decide what a read returns: whatever is
 * not plain is -EINVAL, "not understood", and the file is then one without
 * columns. That covers encrypted files and columns, footers of a summary
 * ("_metadata") whose columns lie in other files, and bytes that contradict
 * themselves. The bytes are not trusted; work is in proportion to them.
 *
 * Pure: bytes in, numbers out; any thread.
 */

#include <stddef.h>
#include <stdint.h>

enum {
	PARQUET_TAIL = 8,
	PARQUET_MAX_FOOTER = 16 * 1024 * 1024,
	PARQUET_MAX_CHUNKS = 1000000, /* row groups times columns */
	PARQUET_MAX_NAMES = 64 * 1024 * 1024,
};

/* The bytes of one column in one row group: [start, end). They are its pages;
   indexes and bloom filters lie elsewhere and belong to no chunk. */
struct parquet_chunk {
	int64_t start, end;
	uint32_t row_group;
	uint32_t column; /* position among the leaves of the schema */
};

struct parquet_footer {
	uint64_t schema; /* XXH64 of the schema's bytes: siblings have the same
			    one, and so the same columns at each position */
	size_t columns;	 /* of each row group; 0 where there is none */
	size_t row_groups;
	size_t count; /* of chunks: columns * row_groups, less the empty ones */
	struct parquet_chunk chunks[]; /* by start; none overlaps another, all
					  lie between the leading "PAR1" and
					  the footer */
};

/* From a file's last PARQUET_TAIL bytes: where its footer begins; it ends at
   file_size - PARQUET_TAIL. -EINVAL: not understood (not "PAR1", a length that
   cannot be or is over PARQUET_MAX_FOOTER). */
int parquet_footer_place(const char tail[PARQUET_TAIL], int64_t file_size,
			 int64_t *ret_start);

/* `bytes`: the whole footer, without the tail. One allocation, the caller's
   to free(), of at most 4 times `size` and 64 bytes. -EINVAL: not understood;
   -ENOMEM. */
int parquet_footer_decode(const char *bytes, size_t size, int64_t file_size,
			  struct parquet_footer **ret_footer);

/* What the leaves of the schema are called, by position: the names from the
   top down, with dots between them. */
struct parquet_names {
	size_t count;
	const char *names[];
};

/* `bytes`: the whole footer, without the tail. One allocation, the caller's to
   free(), of at most PARQUET_MAX_NAMES bytes. -EINVAL: not understood (which
   parquet_footer_decode() may be of the rest, all the same); -ENOMEM. */
int parquet_names_decode(const char *bytes, size_t size,
			 struct parquet_names **ret_names);

/* The chunk with the byte at `offset` in it; NULL: none there. */
const struct parquet_chunk *parquet_chunk_at(
	const struct parquet_footer *footer, int64_t offset);

#endif
