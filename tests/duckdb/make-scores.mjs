// Writes parquet parts that look like Customer AI output, and a world.json
// that describes them to the platform emulator. Run through
// scripts/make-scores, which sees to the packages.
//
// Nothing depends on the clock or on random numbers: names, dates and rows
// all follow from the seed.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import duckdb from '@duckdb/node-api';
import { customerAiRows, profileRows, webEventRows } from './rows.mjs';

const usage = `usage: make-scores --out DIR [options]
  --parts N             parts in a batch (4)
  --rows N              rows in a part (20000)
  --row-group-rows N    rows in a row group (about an eighth of a part)
  --datasets N          Customer AI datasets (1)
  --batches N           batches in a dataset (1)
  --part-bytes SIZE     size of a part, instead of --rows: 100K, 16M, 1G
  --total-bytes SIZE    size of all parts together, instead of --rows; with
                        --part-bytes it sets the number of parts instead
  --seed N              other seed, other rows (1)
  --small               the set kept in tests/samples; takes only --out, --seed
Sizes are met to about one part in a hundred.`;

const hour = 3600_000;
const day = 24 * hour;
const epoch = Date.UTC(2024, 0, 8, 2, 30);   // the first dataset's creation
const vectorRows = 2048;                     // the step in which DuckDB works

function fail(message) {
  console.error(`make-scores: ${message}`);
  process.exit(1);
}

// ---- options ---------------------------------------------------------------

function count(options, name, fallback) {
  const text = options[name];
  if (text === undefined) return fallback;
  if (!/^[1-9]\d{0,11}$/.test(text)) fail(`--${name}: not a number above zero: ${text}`);
  return Number(text);
}

function size(options, name) {
  const text = options[name];
  if (text === undefined) return undefined;
  const match = /^([1-9]\d{0,14})([KMGT]?)(i?B)?$/i.exec(text);
  if (!match) fail(`--${name}: not a size: ${text}`);
  return Number(match[1]) * 1024 ** ' KMGT'.indexOf(match[2].toUpperCase() || ' ');
}

function readOptions() {
  const text = { type: 'string' };
  let values;
  try {
    ({ values } = parseArgs({ options: {
      'out': text, 'parts': text, 'rows': text, 'row-group-rows': text,
      'datasets': text, 'batches': text, 'part-bytes': text, 'total-bytes': text,
      'seed': text, 'small': { type: 'boolean' }, 'help': { type: 'boolean' },
    } }));
  } catch (error) {
    fail(`${error.message}\n${usage}`);
  }
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  if (!values.out) fail(`--out is missing\n${usage}`);
  const others = Object.keys(values).filter((name) => !['out', 'seed', 'small'].includes(name));
  if (values.small && others.length) fail(`--small does not go with --${others[0]}`);
  if (values.rows && (values['part-bytes'] || values['total-bytes'])) {
    fail('--rows does not go with a size');
  }
  if (values.parts && values['part-bytes'] && values['total-bytes']) {
    fail('--parts does not go with both sizes');
  }
  return {
    out: values.out,
    small: values.small ?? false,
    seed: count(values, 'seed', 1),
    datasets: count(values, 'datasets', 1),
    batches: count(values, 'batches', 1),
    parts: count(values, 'parts', 4),
    rows: count(values, 'rows', 20000),
    rowGroupRows: count(values, 'row-group-rows', undefined),
    partBytes: size(values, 'part-bytes'),
    totalBytes: size(values, 'total-bytes'),
  };
}

const options = readOptions();

// ---- names -----------------------------------------------------------------

const digest = (label) => createHash('sha256').update(`${options.seed}/${label}`).digest('hex');

// Like the Catalog's object IDs: the creation time in seconds, then the rest.
const objectId = (created, label) =>
  Math.floor(created / 1000).toString(16).padStart(8, '0') + digest(label).slice(0, 16);

function uuid(label) {
  const hex = digest(label);
  return [hex.slice(0, 8), hex.slice(8, 12), '4' + hex.slice(13, 16),
    'a' + hex.slice(17, 20), hex.slice(20, 32)].join('-');
}

// 10 characters of time in milliseconds and 16 of chance, in Crockford base 32.
function ulid(created, label) {
  const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  const write = (number, length) => {
    let text = '';
    for (; text.length < length; number /= 32n) text = alphabet[Number(number % 32n)] + text;
    return text;
  };
  return write(BigInt(created), 10) + write(BigInt('0x' + digest(label).slice(0, 20)), 16);
}

// Spark's: all parts of one write share the "tid" number and the UUID.
function partName(label, index) {
  const tid = BigInt('0x' + digest(`${label}/tid`).slice(0, 15)) + 10n ** 18n;
  const task = Number('0x' + digest(`${label}/task`).slice(0, 3)) + index;
  return `part-${String(index).padStart(5, '0')}-tid-${tid}-${uuid(`${label}/write`)}` +
    `-${task}-1-c000.snappy.parquet`;
}

// ---- parquet ---------------------------------------------------------------

const instance = await duckdb.DuckDBInstance.create(':memory:', {
  // Nothing may be fetched while samples are made.
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  // Its default, most of the machine's memory, is not faster for this.
  memory_limit: '1GB',
});
const connection = await instance.connect();

function defaultRowGroupRows(rows) {
  const eighth = Math.ceil(rows / 8 / vectorRows) * vectorRows;
  return Math.min(eighth, 32 * vectorRows);
}

// Rows first .. first+rows-1 as a table "t(i)". A stored table, for it is read
// on several threads where range() is not. But a row group cannot end within
// one of DuckDB's vectors; so groups smaller than a vector come from one short
// range each.
async function rowNumbers(first, rows, groupRows) {
  if (groupRows >= vectorRows) {
    await connection.run(`CREATE OR REPLACE TEMP TABLE numbers AS
      SELECT i FROM range(${first}, ${first + rows}) r(i)`);
    return 'numbers t(i)';
  }
  const ranges = [];
  for (let at = first; at < first + rows; at += groupRows) {
    ranges.push(`SELECT i FROM range(${at}, ${Math.min(at + groupRows, first + rows)}) r(i)`);
  }
  return `(${ranges.join(' UNION ALL ')}) t`;
}

async function writePart(file, select, first, rows, rowGroupRows) {
  const groupRows = rowGroupRows ?? defaultRowGroupRows(rows);
  if (groupRows < vectorRows && rows / groupRows > 1000) {
    fail(`more than 1000 row groups of under ${vectorRows} rows in a part`);
  }
  mkdirSync(dirname(file), { recursive: true });
  await connection.run(`COPY (${select(await rowNumbers(first, rows, groupRows))})
    TO '${file.replaceAll("'", "''")}'
    (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE ${groupRows})`);
  return statSync(file).size;
}

// How many rows fill a part of this size. Tried on a short part, then twice
// more with the number found, as the footer weighs more in a small part.
async function rowsFor(bytes, rowGroupRows) {
  const file = join(options.out, 'calibration.parquet');
  const select = (numbers) => customerAiRows(numbers,
    { seed: options.seed, dataset: 0, batch: 0, kind: kinds[0], date: epoch });
  let rows = 16 * vectorRows;
  for (let round = 0; round < 3; round++) {
    const groupRows = rowGroupRows ?? defaultRowGroupRows(rows);
    const tried = Math.min(rows, 32 * vectorRows, 1000 * groupRows);
    const written = await writePart(file, select, 0, tried, groupRows);
    rows = Math.max(1, Math.round(tried * bytes / written));
  }
  rmSync(file);
  return rows;
}

// ---- datasets and batches --------------------------------------------------

// What the two Customer AI instances of the imagined shop predict.
const kinds = ['churn', 'conversion'];

// generation says which ID of a batch Data Access wants:
// 1 = not the Catalog's key but that of a related "batch" object,
// 2 = the key, a ULID; 3 = the key, which looks like a Catalog object ID.
async function makeBatch(dataset, plan) {
  const label = `${dataset.id}/batch ${plan.index}`;
  const created = dataset.created + day + plan.index * 7 * day;
  const completed = created + 1.5 * hour;
  const key = plan.generation === 2 ? ulid(created, label) : objectId(created, label);
  const id = plan.generation === 1 ? uuid(label) : key;
  const batch = {
    key, id, generation: plan.generation, status: plan.status ?? 'success', created, completed,
    fields: {
      recordCount: plan.parts * plan.rows,
      createdClient: 'acp_foundation_push',
      createdUser: dataset.createdUser,
    },
    files: [],
  };
  if (batch.status === 'failed') {
    batch.fields.errors = [{ code: '106', description: 'The scoring run did not finish.' }];
    return batch;
  }
  // Whatever an earlier run left in this directory is not part of this one.
  const directory = join(dataset.id, id);
  rmSync(join(options.out, directory), { recursive: true, force: true });
  const parts = [];
  for (let index = 0; index < plan.parts; index++) {
    const path = partName(label, index);
    const file = join(directory, path);
    const select = (numbers) => dataset.rows(numbers, { batch: plan.index, date: completed });
    await writePart(join(options.out, file), select, index * plan.rows, plan.rows,
      plan.rowGroupRows);
    parts.push({ path, file });
  }
  batch.files.push({ id: `${id}-1`, created: completed, parts });
  return batch;
}

async function makeDataset(name, index, plans, describe) {
  const created = epoch + index * day;
  const id = objectId(created, `dataset ${index}`);
  const dataset = { id, created, ...describe };
  const batches = [];
  for (const plan of plans) batches.push(await makeBatch(dataset, plan));
  // The later batch of such a pair replaced the earlier one.
  for (let later = 1; later < plans.length; later++) {
    if (batches[later - 1].status !== 'inactive') continue;
    const date = new Date(batches[later - 1].created).toISOString().slice(0, 10);
    batches[later - 1].fields.tags = { acp_successor: [batches[later].id] };
    batches[later].fields.replay =
      { predecessors: [batches[later - 1].id], reason: `Replacing for ${date}` };
  }
  const updated = Math.max(created, ...batches.map((batch) => batch.completed));
  return { id, name, created, updated, batches };
}

function makeScores(index, plans) {
  const kind = kinds[index % kinds.length];
  const number = index < kinds.length ? '' : ` ${index + 1}`;
  return makeDataset(`Customer AI Scores - Luma ${kind}${number}`, index, plans, {
    createdUser: 'sensei_exp_attributionai@AdobeID',
    rows: (numbers, { batch, date }) =>
      customerAiRows(numbers, { seed: options.seed, dataset: index, batch, kind, date }),
  });
}

// Every status and generation that matters, as small as it can be.
async function smallSet() {
  const shape = { rows: 600, rowGroupRows: 200 };
  const plan = (index, generation, parts, status) => ({ ...shape, index, generation, parts, status });
  return [
    await makeScores(0, [plan(0, 1, 3), plan(1, 2, 3, 'inactive'), plan(2, 2, 4)]),
    await makeScores(1, [plan(0, 1, 3), plan(1, 2, 4), { index: 2, generation: 2, status: 'failed', parts: 0, rows: 0 }]),
    await makeDataset('Web events', 2, [plan(0, 2, 2)], {
      createdUser: 'luma_web@AdobeID',
      rows: (numbers, { date }) => webEventRows(numbers, { seed: options.seed, date }),
    }),
  ];
}

async function sizedSet() {
  let { parts, rows, partBytes } = options;
  if (options.totalBytes) {
    const batchBytes = options.totalBytes / (options.datasets * options.batches);
    if (partBytes) parts = Math.max(1, Math.round(batchBytes / partBytes));
    else partBytes = batchBytes / parts;
  }
  if (partBytes) rows = await rowsFor(partBytes, options.rowGroupRows);
  const generations = [2, 1, 3];
  const plans = Array.from({ length: options.batches }, (_, index) => ({
    index, generation: generations[index % 3], parts, rows, rowGroupRows: options.rowGroupRows,
  }));
  const datasets = [];
  for (let index = 0; index < options.datasets; index++) {
    datasets.push(await makeScores(index, plans));
  }
  return datasets;
}

// ---- audiences -------------------------------------------------------------

// Built on the latest scoring run of a dataset; an export of it holds the parts.
async function makeAudience(index, name, batch, parts) {
  const kind = kinds[index];
  const created = epoch + index * day + 2 * hour;
  const evaluated = created + 4 * 7 * day;
  const id = uuid(`audience ${kind}`);
  const directory = join('audiences', id);
  rmSync(join(options.out, directory), { recursive: true, force: true });
  const scored = epoch + index * day + day + batch * 7 * day + 1.5 * hour;
  const run = { audience: id, seed: options.seed, dataset: index, batch, kind, date: scored,
    evaluated };
  const files = [];
  let profiles = 0;
  for (let part = 0; part < parts; part++) {
    const path = partName(`audience ${kind}`, part);
    const file = join(directory, path);
    await writePart(join(options.out, file), (numbers) => profileRows(numbers, run),
      part * 300, 300, 300);
    const count = await connection.runAndReadAll(
      `SELECT count(*)::INTEGER FROM '${join(options.out, file).replaceAll("'", "''")}'`);
    profiles += count.getRows()[0][0];
    files.push({ path, file });
  }
  return { id, name, created, evaluated, profiles, parts: files };
}

async function smallAudiences() {
  return [
    await makeAudience(0, 'Luma - likely to churn', 2, 2),
    await makeAudience(1, 'Luma - likely to buy', 1, 1),
  ];
}

// ---- main ------------------------------------------------------------------

function writeSums(name, files) {
  const sums = files.map((file) => {
    const sum = createHash('sha256').update(readFileSync(join(options.out, file))).digest('hex');
    return `${sum}  ${file}\n`;
  });
  writeFileSync(join(options.out, name), sums.join(''));
}

try {
  mkdirSync(options.out, { recursive: true });
  const datasets = options.small ? await smallSet() : await sizedSet();
  const world = {
    org: '0123456789ABCDEF01234567@AdobeOrg',
    sandbox: 'prod',
    api_key: 'emulator-key',
    client_secret: 'emulator-secret',
    datasets,
    ...(options.small && { audiences: await smallAudiences() }),
  };
  writeFileSync(join(options.out, 'world.json'), JSON.stringify(world, null, 1) + '\n');

  const files = datasets.flatMap((dataset) => dataset.batches).flatMap((batch) => batch.files)
    .flatMap((entry) => entry.parts).map((part) => part.file).sort();
  if (options.small) {
    writeSums('sums.sha256', files);
    writeSums('audiences.sha256', world.audiences.flatMap((audience) => audience.parts)
      .map((part) => part.file).sort());
  }
  const bytes = files.reduce((sum, file) => sum + statSync(join(options.out, file)).size, 0);
  const records = datasets.flatMap((dataset) => dataset.batches)
    .reduce((sum, batch) => sum + batch.fields.recordCount, 0);
  console.log(`${options.out}: ${datasets.length} datasets, ${files.length} parts, ` +
    `${records} rows, ${bytes} bytes`);
} catch (error) {
  fail(error.message);
}
