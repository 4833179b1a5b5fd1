// The rows of the samples, as SQL over a table of row numbers "i".
//
// The vendor documents what Customer AI puts out (score 0-100, probability
// 0-1, percentile 1-100, propensity type, score date, influential factors with
// code, value and importance, and the identityMap), but not the machine names
// of the columns. The names under "_luma" are invented for these samples and
// do not claim to be the real ones.

const text = (value) => `'${String(value).replaceAll("'", "''")}'`;
const list = (values) => `[${values.map(text).join(', ')}]`;
const timestamp = (ms) => `TIMESTAMP ${text(new Date(ms).toISOString().slice(0, 19).replace('T', ' '))}`;

// Rows come from hash() rather than random(): the same in whatever order and
// on however many threads they are made.
const bits = (seed, salt) => `hash(i, ${seed}, ${text(salt)})`;

// An Experience Cloud ID: 38 digits.
const ecid = `lpad((e1 % 10000000000000000000)::VARCHAR, 19, '0') ||
              lpad((e2 % 10000000000000000000)::VARCHAR, 19, '0')`;

const identity = (id, state, primary) =>
  `[{'id': ${id}, 'authenticatedState': ${text(state)}, 'primary': ${primary}}]`;
const ecidEntry = `'ECID': ${identity(ecid, 'ambiguous', true)}`;
const emailEntry = `'Email_LC_SHA256': ${
  identity("sha256('luma' || i || '@example.com')", 'authenticated', false)}`;

// A struct cast to a map takes far less time than MAP {...}.
const mapType = 'MAP(VARCHAR, STRUCT(id VARCHAR, "authenticatedState" VARCHAR, "primary" BOOLEAN)[])';

// Seven in ten are known by e-mail too.
const identityMap = `CASE WHEN e1 % 10 < 7
    THEN {${ecidEntry}, ${emailEntry}}::${mapType}
    ELSE {${ecidEntry}}::${mapType} END`;

const factorCodes = [
  'web.pageViews.last7days', 'web.pageViews.last30days', 'web.visits.last30days',
  'web.daysSinceLastVisit', 'commerce.purchases.last30days', 'commerce.purchases.last90days',
  'commerce.daysSinceLastPurchase', 'commerce.productListAdds.last30days',
  'commerce.checkouts.last30days', 'commerce.orderValue.last90days', 'email.opens.last30days',
  'email.clicks.last30days', 'email.daysSinceLastOpen', 'loyalty.points', 'loyalty.pointsSpent',
  'support.cases.last90days',
];

// The step through the 16 codes is odd, so a row names none of them twice. Each
// factor has its own prime, so that its value does not follow from another's.
const valueRange = [1000003, 1000033, 1000037, 1000039];
const factor = (n, importances) => `{
    'code': ${list(factorCodes)}[1 + ((f % 16 + ${n} * (1 + 2 * ((f >> 8) % 8))) % 16)::INTEGER],
    'value': (f % ${valueRange[n]}) / 5003,
    'importance': ${list(importances)}[1 + ((f >> ${20 + n}) % ${importances.length})::INTEGER]}`;

const factors = `[${[
  factor(0, ['high']),
  factor(1, ['high', 'medium']),
  factor(2, ['medium']),
  factor(3, ['medium', 'low']),
].join(', ')}][1 : 2 + (f >> 60)::INTEGER % 3]`;

// A person keeps identity and, but for a tenth either way, rank from one
// scoring run to the next. The rank is uniform; at its ends it is reflected,
// which leaves it so. The rarer of the two goals has the lower probabilities.
export function customerAiRows(numbers, { seed, dataset, batch, kind, date }) {
  const unit = (name) => `((${name} >> 11)::DOUBLE / 9007199254740992)`;
  const probability = kind === 'churn' ? '0.92 * pow(rank, 3)' : '0.61 * pow(rank, 6)';
  return `
    SELECT ${identityMap} AS "identityMap",
           {'customerAI': {
             'instanceName': ${text(`Luma ${kind}`)},
             'score': round(100 * pow(rank, 1.3))::INTEGER,
             'probability': ${probability},
             'percentile': least(100, 1 + floor(100 * rank))::INTEGER,
             'propensityType': ${text(kind)},
             'scoreDate': ${timestamp(date)},
             'influentialFactors': ${factors}}} AS "_luma"
    FROM (SELECT i, e1, e2, f,
                 CASE WHEN moved < 0 THEN -moved WHEN moved > 1 THEN 2 - moved ELSE moved END AS rank
          FROM (SELECT i, ${bits(seed, 'ecid high')} AS e1, ${bits(seed, 'ecid low')} AS e2,
                       ${bits(seed, `factors ${dataset} ${batch}`)} AS f,
                       ${unit(bits(seed, `rank ${dataset}`))} +
                         (${unit(bits(seed, `move ${dataset} ${batch}`))} - 0.5) / 5 AS moved
                FROM ${numbers}))`;
}

// Profiles of an audience, as an export on the union schema holds them: those of
// a scoring run that score high, and that they are in the audience.
export function profileRows(numbers, { audience, evaluated, ...run }) {
  const membership = `{'ups': {${text(audience)}: {
      'lastQualificationTime': ${timestamp(evaluated)}, 'status': 'realized'}}}`;
  return `
    SELECT "identityMap",
           ${membership}::MAP(VARCHAR, MAP(VARCHAR,
             STRUCT("lastQualificationTime" TIMESTAMP, status VARCHAR))) AS "segmentMembership",
           "_luma"
    FROM (${customerAiRows(numbers, run)})
    WHERE "_luma".customerAI.score >= 50`;
}

// Not scores at all: page views, as the other datasets of an organisation are.
export function webEventRows(numbers, { seed, date }) {
  const pages = ['home', 'men', 'women', 'gear', 'sale', 'cart', 'checkout', 'account'];
  return `
    SELECT md5(i || '/' || ${text(seed)}) AS "_id",
           ${timestamp(date)} - INTERVAL 1 MILLISECOND * (e3 % 86400000)::BIGINT AS "timestamp",
           'web.webpagedetails.pageViews' AS "eventType",
           ${identityMap} AS "identityMap",
           {'webPageDetails': {
             'name': ${list(pages)}[1 + (e3 % ${pages.length})::INTEGER],
             'pageViews': {'value': 1.0::DOUBLE}}} AS "web"
    FROM (SELECT i, ${bits(seed, 'ecid high')} AS e1, ${bits(seed, 'ecid low')} AS e2,
                 ${bits(seed, 'event')} AS e3
          FROM ${numbers})`;
}
