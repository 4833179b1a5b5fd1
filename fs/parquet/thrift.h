#ifndef CAIFS_PARQUET_THRIFT_H
#define CAIFS_PARQUET_THRIFT_H

/*
 * A reader of thrift's compact protocol
 * (https://github.com/apache/thrift, doc/specs/thrift-compact-protocol.md).
 * The caller reads the fields it knows and skips the others.
 *
 * The bytes are not trusted: nothing is read beyond `end`, nothing is
 * allocated. Each element of a list takes at least one byte, and a list longer
 * than the bytes left is refused: the work is proportional to the bytes.
 *
 * Each function returns 0, or -EINVAL for bytes that are not the protocol or
 * exceed a ceiling. Do not use the reader after that. Pure; any thread.
 */

#include <stddef.h>
#include <stdint.h>

enum {
	THRIFT_MAX_DEPTH = 32, /* structs and lists within a skipped value */
	THRIFT_MAX_ELEMENTS = 1000000, /* of one list, set or map */
};

enum thrift_type {
	THRIFT_STOP = 0,
	THRIFT_TRUE = 1, /* of a field: the value is the type */
	THRIFT_FALSE = 2,
	THRIFT_I8 = 3,
	THRIFT_I16 = 4,
	THRIFT_I32 = 5,
	THRIFT_I64 = 6,
	THRIFT_DOUBLE = 7,
	THRIFT_BINARY = 8,
	THRIFT_LIST = 9,
	THRIFT_SET = 10,
	THRIFT_MAP = 11,
	THRIFT_STRUCT = 12,
	THRIFT_UUID = 13,
};

struct thrift {
	const unsigned char *at, *end; /* unread bytes; borrowed */
};

/* The position in a struct. Zero it before the struct's first field. */
struct thrift_field {
	int16_t id;
	uint8_t type; /* THRIFT_STOP: the struct has ended */
};

struct thrift_list {
	uint32_t count;
	uint8_t type; /* of the elements */
};

struct thrift_map {
	uint32_t count;
	uint8_t key, value; /* types; both 0 in an empty map */
};

struct thrift thrift_begin(const char *bytes, size_t size);

/* An unsigned number of up to 64 bits. */
int thrift_varint(struct thrift *thrift, uint64_t *ret_number);

/* Reads an I8, I16, I32 or I64. -EINVAL also for any other type, and for a
   number out of its type's range. */
int thrift_number(struct thrift *thrift, uint8_t type, int64_t *ret_number);

/* Reads a length and that many bytes; `*ret_bytes` points into the buffer. */
int thrift_binary(struct thrift *thrift, const char **ret_bytes,
		  size_t *ret_size);

/* Reads the next field's header. Read or skip its value before the next call.
 */
int thrift_next_field(struct thrift *thrift, struct thrift_field *field);

/* Reads the header of a list or set; the elements follow. */
int thrift_list_header(struct thrift *thrift, struct thrift_list *ret_list);

/* Reads the header of a map; keys and values follow in turn. */
int thrift_map_header(struct thrift *thrift, struct thrift_map *ret_map);

/* Skips the value of a field of that type. */
int thrift_skip(struct thrift *thrift, uint8_t type);

/* Skips an element of a list, set or map. There a boolean takes a byte; in a
   field it takes none. */
int thrift_skip_element(struct thrift *thrift, uint8_t type);

#endif
