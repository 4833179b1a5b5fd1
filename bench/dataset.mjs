// Writes the parquet files of a run: wide tables, of which a query wants one
// column, a few parts in a hundred of the file.
//
//   node bench/dataset.mjs DIRECTORY MEGABYTES PARTS PART_MEGABYTES MANY
//
// Makes DIRECTORY/<batch>/<part>: one large part, PARTS parts, MANY tiny ones.

import { createRequire } from 'node:module';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';

const require = createRequire(new URL('../tests/duckdb/', import.meta.url));
const { DuckDBInstance } = require('@duckdb/node-api');

const [directory, ...numbers] = process.argv.slice(2);
const [large, parts, partSize, many] = numbers.map(Number);
const batch = (n) => `${directory}/01HM${String(n).padStart(22, '0')}`;
const name = (n) => `part-${String(n).padStart(5, '0')}-c000.snappy.parquet`;
const columns = Array.from({ length: 12 }, (_, n) => `md5(hash(i, ${n})::VARCHAR) AS reason${n}`);
const rowBytes = 418; // measured: what such a row takes

const instance = await DuckDBInstance.create(':memory:', { memory_limit: '2GB',
  autoinstall_known_extensions: 'false', autoload_known_extensions: 'false' });
const connection = await instance.connect();

async function write(file, megabytes, seed) {
  const rows = Math.round(megabytes * 1048576 / rowBytes);
  const group = Math.min(122880, Math.ceil(rows / 4 / 2048) * 2048);
  await connection.run(`COPY (
    SELECT uuid() AS id, (hash(i, 'score') % 1000000007 / 1e7)::DOUBLE AS score,
           (hash(i, 'rank') % 101)::INTEGER AS percentile, ${columns.join(', ')}
    FROM range(${seed}0000000, ${seed}0000000 + ${rows}) r(i))
    TO '${file}' (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE ${group})`);
}

for (const n of [1, 2, 3]) mkdirSync(batch(n), { recursive: true });
await write(`${batch(1)}/${name(0)}`, large, 1);
for (let n = 0; n < parts; n++) await write(`${batch(2)}/${name(n)}`, partSize, 2 + n);
for (let n = 0; n < many; n++) writeFileSync(`${batch(3)}/${name(n)}`, 'x'.repeat(1000));
console.log(statSync(`${batch(1)}/${name(0)}`).size, statSync(`${batch(2)}/${name(0)}`).size);
