// Runs SQL in an in-memory DuckDB and prints each row as one line of JSON.
//
//   node tests/duckdb/query.mjs [--db-threads N] "SQL"
//
// Several statements may be given, parted by ";": the rows are those of the
// last one. On failure the error text goes to stderr and the exit code is 1.

import { once } from 'node:events';
import duckdb from '@duckdb/node-api';

const { DuckDBInstance, DuckDBTypeId, JsonDuckDBValueConverter } = duckdb;

const usage = 'usage: query.mjs [--db-threads N] "SQL"';

// DuckDB's own JSON converter turns every 64-bit integer and decimal into a
// string, since a JavaScript number may not hold it. Counts and sums are such
// integers, so here they stay numbers as long as no digit is lost.
function convert(value, type, self) {
  if (value === null || value === undefined) return null;
  switch (type.typeId) {
    case DuckDBTypeId.BIGINT:
    case DuckDBTypeId.UBIGINT:
    case DuckDBTypeId.HUGEINT:
    case DuckDBTypeId.UHUGEINT: {
      const number = Number(value);
      return Number.isSafeInteger(number) ? number : String(value);
    }
    case DuckDBTypeId.DECIMAL:
      return type.width <= 15 ? Number(value.toString()) : value.toString();
    case DuckDBTypeId.MAP:
      // Keys such as "ECID" read best as an object; other keys keep the
      // library's list of {key, value}.
      if (type.keyType.typeId !== DuckDBTypeId.VARCHAR) break;
      return Object.fromEntries(value.entries.map((entry) =>
        [entry.key, self(entry.value, type.valueType, self)]));
  }
  return JsonDuckDBValueConverter(value, type, self);
}

function parse(argv) {
  const options = { threads: undefined, sql: undefined };
  for (let i = 0; i < argv.length; i++) {
    if (argv[i] === '--db-threads') {
      options.threads = argv[++i];
      if (!/^[1-9]\d*$/.test(options.threads ?? '')) throw new Error(usage);
    } else if (options.sql === undefined) {
      options.sql = argv[i];
    } else {
      throw new Error(usage);
    }
  }
  if (!options.sql) throw new Error(usage);
  return options;
}

async function main() {
  const { threads, sql } = parse(process.argv.slice(2));
  const instance = await DuckDBInstance.create(':memory:', threads ? { threads } : {});
  const connection = await instance.connect();
  // Streamed, so that a long answer need not fit in memory.
  const result = await connection.stream(sql);
  for await (const rows of result.yieldConvertedRowObjects(convert)) {
    const text = rows.map((row) => JSON.stringify(row) + '\n').join('');
    if (text && !process.stdout.write(text)) await once(process.stdout, 'drain');
  }
  connection.closeSync();
  instance.closeSync();
}

// A reader such as head may leave early: that is no error.
process.stdout.on('error', (error) => process.exit(error.code === 'EPIPE' ? 0 : 1));

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
