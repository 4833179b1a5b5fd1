/* A parquet footer put together field by field: see footer_bytes.h. */

#include "footer_bytes.h"

#include "test.h"

void put(struct bytes *b, int byte)
{
	assert_true(b->size < sizeof(b->at));
	b->at[b->size++] = (char)byte;
}

void put_varint(struct bytes *b, uint64_t number)
{
	for (; number >= 0x80; number >>= 7)
		put(b, (int)(number | 0x80));
	put(b, (int)number);
}

void put_field(struct bytes *b, int id, int type)
{
	put(b, type);
	put_varint(b, (uint64_t)id * 2);
}

void put_number(struct bytes *b, int id, int64_t number)
{
	put_field(b, id, I64);
	put_varint(b, number < 0 ? (uint64_t)(-1 - number) * 2 + 1
				 : (uint64_t)number * 2);
}

void put_list(struct bytes *b, int id, size_t count)
{
	put_field(b, id, LIST);
	put(b, 0xf0 | STRUCT);
	put_varint(b, count);
}

void put_column(struct bytes *b, const struct column *c)
{
	if (c->path) {
		put_field(b, 1, BINARY);
		put_varint(b, strlen(c->path));
		for (const char *p = c->path; *p; p++)
			put(b, *p);
	}
	put_number(b, 2, 0);
	put_field(b, 3, STRUCT);
	if (c->size != NONE)
		put_number(b, 7, c->size);
	if (c->again)
		put_number(b, 7, c->size);
	if (c->data != NONE)
		put_number(b, 9, c->data);
	if (c->index != NONE)
		put_number(b, 10, c->index);
	if (c->dictionary != NONE)
		put_number(b, 11, c->dictionary);
	put(b, 0);
	put(b, 0);
}

void put_row_group(struct bytes *b, const struct column *columns, size_t count)
{
	put_number(b, 2, 123);
	put_list(b, 1, count);
	for (size_t i = 0; i < count; i++)
		put_column(b, &columns[i]);
	put_number(b, 3, 7);
	put(b, 0);
}

void put_schema(struct bytes *b)
{
	put_list(b, 2, 1);
	put_field(b, 4, BINARY);
	put(b, 1);
	put(b, 'c');
	put(b, 0);
}
