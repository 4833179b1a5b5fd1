#ifndef CAIFS_TEST_FOOTER_BYTES_H
#define CAIFS_TEST_FOOTER_BYTES_H

/*
 * Writes a parquet footer field by field, valid or not, in thrift's compact
 * protocol. `id` is a field's number in parquet.thrift. A footer over 4096
 * bytes fails the test.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Types of fields. NONE: the value is absent. */
enum {
	I64 = 0x06,
	BINARY = 0x08,
	LIST = 0x09,
	STRUCT = 0x0c,
	NONE = -1,
};

struct bytes {
	char at[4096];
	size_t size;
};

/* A column chunk. */
struct column {
	int64_t data, dictionary, index, size; /* NONE: absent */
	const char *path;		       /* NULL: absent */
	bool again;			       /* write the size twice */
};

void put(struct bytes *b, int byte);

void put_varint(struct bytes *b, uint64_t number);

/* The header of a field, in the long form, so that any order is possible. */
void put_field(struct bytes *b, int id, int type);

void put_number(struct bytes *b, int id, int64_t number);

/* The header of a list of structs. */
void put_list(struct bytes *b, int id, size_t count);

void put_column(struct bytes *b, const struct column *column);

void put_row_group(struct bytes *b, const struct column *columns, size_t count);

/* One column, "c". */
void put_schema(struct bytes *b);

#endif
