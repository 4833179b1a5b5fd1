// One query in a DuckDB that has just started but is warm, timed:
//   node bench/query.mjs [--load EXTENSION] WARM_UP_SQL SQL
// Says "ready", waits for a line, then answers with one line of JSON.

import { createRequire } from 'node:module';
import { createInterface } from 'node:readline/promises';

const require = createRequire(new URL('../tests/duckdb/', import.meta.url));
const { DuckDBInstance } = require('@duckdb/node-api');

const words = process.argv.slice(2);
// One that was built by hand has no signature.
const options = words[0] === '--load' ? { allow_unsigned_extensions: 'true' } : {};
const instance = await DuckDBInstance.create(':memory:', options);
const connection = await instance.connect();
try {
  if (words[0] === '--load') {
    await connection.run(`LOAD '${words[1]}'`);
    words.splice(0, 2);
  }
  await connection.runAndReadAll(words[0]);
  console.log('ready');
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  await lines.next();
  const [begun, used] = [performance.now(), process.cpuUsage()];
  const rows = (await connection.runAndReadAll(words[1])).getRowsJson();
  const wall = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(used);
  console.log(JSON.stringify({ wall, cpu: (user + system) / 1e6, rows }));
  await lines.next();
  process.exit(0);
} catch (error) {
  console.error(error.message.split('\n')[0]);
  process.exit(1);
}
