// Writes the footers that tests/unit/test_parquet.c reads, and where DuckDB
// says that the column chunks lie:
//
//   node tests/duckdb/make-footers.mjs
//
// tests/unit/footers/NAME.footer is the footer's bytes, without the file's
// last 8. NAME.ranges is a line "FILE_SIZE ROW_GROUPS COLUMNS" and then a line
// "START END ROW_GROUP COLUMN" for each chunk, by start.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import duckdb from '@duckdb/node-api';

const tests = fileURLToPath(new URL('..', import.meta.url));
const samples = join(tests, 'samples');
const out = join(tests, 'unit', 'footers');
const batch = '659b5e28b92a6eecbfbe7245/01HMT2EC20Q9KPW2CTR9PK6VBN';
const part = (number, tail) => join(samples, batch, `part-0000${number}-tid-`
  + `1128182618223263896-8ca9b00f-8180-4a0f-aece-63f359ec6997-${tail}-1-c000.snappy.parquet`);

// What a score part and its sibling are, and files made for one trait each.
const given = { score: part(0, 2096), sibling: part(1, 2097) };
const made = {
  one: ['SELECT 7 AS n', ''],
  none: ['SELECT 7 AS n, \'x\' AS t WHERE false', ''],
  plain: ['SELECT i, i * 1.5 AS x, hash(i) AS h FROM range(3000) r(i)',
    ', COMPRESSION uncompressed, ROW_GROUP_SIZE 2048'],
  dictionary: ['SELECT i % 5 AS few, \'name \' || (i % 9) AS name FROM range(5000) r(i)',
    ', COMPRESSION zstd, ROW_GROUP_SIZE 2048'],
  nested: ['SELECT i, {\'a\': i, \'b\': {\'c\': [i, i + 1], \'d\': i % 2 = 0}} AS s, '
    + 'MAP {\'k\': [{\'id\': i}]} AS m, NULL::DATE AS nothing FROM range(100) r(i)', ''],
  wide: [`SELECT ${[...Array(20).keys()].map((n) => `i + ${n} AS c${n}`).join(', ')} `
    + 'FROM range(4000) r(i)', ', COMPRESSION zstd, ROW_GROUP_SIZE 2048'],
};

const instance = await duckdb.DuckDBInstance.create(':memory:', { threads: '1' });
const connection = await instance.connect();
const scratch = mkdtempSync(join(tmpdir(), 'footers-'));

async function keep(name, path) {
  const bytes = readFileSync(path);
  const size = bytes.readUInt32LE(bytes.length - 8);
  const footer = bytes.subarray(bytes.length - 8 - size, bytes.length - 8);
  const reader = await connection.runAndReadAll(`
    SELECT row_group_id, column_id, data_page_offset, dictionary_page_offset,
           total_compressed_size FROM parquet_metadata('${path}')`);
  const chunks = reader.getRows().map((row) => {
    const [group, column, data, dictionary, length] = row.map((n) => (n === null ? null : Number(n)));
    const start = dictionary ? Math.min(dictionary, data) : data;
    return [start, start + length, group, column];
  }).sort((a, b) => a[0] - b[0]);
  const most = (field) => Math.max(-1, ...chunks.map((chunk) => chunk[field])) + 1;
  const lines = [[bytes.length, most(2), most(3)], ...chunks];
  writeFileSync(join(out, `${name}.footer`), footer);
  writeFileSync(join(out, `${name}.ranges`), lines.map((line) => line.join(' ') + '\n').join(''));
}

for (const [name, path] of Object.entries(given)) await keep(name, path);
for (const [name, [query, options]] of Object.entries(made)) {
  const path = join(scratch, `${name}.parquet`);
  await connection.run(`COPY (${query}) TO '${path}' (FORMAT parquet${options})`);
  await keep(name, path);
}
connection.closeSync();
instance.closeSync();
rmSync(scratch, { recursive: true });
