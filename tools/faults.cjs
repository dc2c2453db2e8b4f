'use strict';
/**
 * `npm run faults`: the long form of the proofs against real processes: the fault table, the soak, the random sequences,
 * fairness and the fuzz run. Prints the table and exits with 1 unless every row is green; see docs/faults.md.
 * `npm run faults -- crash lines` runs only the files and folders whose names hold one of these words; `--write` puts their
 * rows into the table of docs/faults.md, and leaves the others there as they are.
 */
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { prepare } = require('./prepare.cjs');
const { ensureRedis } = require('./redis.cjs');

const workspaceRoot = path.resolve(__dirname, '..');
const MOST_HOURS = 3;
const DOCUMENT = path.join(workspaceRoot, 'docs', 'faults.md');
const [BEGIN, END] = ['<!-- table:begin -->', '<!-- table:end -->'];

/** Jest alone knows red from green; the rows' own notes are joined to its results by name. */
function run(words, folder) {
  const [results, notes] = [path.join(folder, 'results.json'), path.join(folder, 'notes.jsonl')];
  const pattern =
    words.length === 0 ? 'test/(faults|fairness|fuzz)/' : `test/(?=(faults|fairness|fuzz)/).*(${words.join('|')})`;
  const jest = path.join(
    path.dirname(require.resolve('jest/package.json', { paths: [workspaceRoot] })),
    'bin',
    'jest.js',
  );
  spawnSync(
    process.execPath,
    [
      jest,
      '--ci',
      '--runInBand',
      '--json',
      `--outputFile=${results}`,
      '--testPathPatterns',
      pattern,
      '--selectProjects',
      'faults',
    ],
    {
      cwd: workspaceRoot,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, HUB_FAULTS: 'long', HUB_FAULT_REPORT: notes },
      timeout: MOST_HOURS * 3_600_000,
    },
  );
  if (!fs.existsSync(results)) throw new Error('the run ended without results');
  const told = fs.existsSync(notes)
    ? fs
        .readFileSync(notes, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    : [];
  return rowsOf(JSON.parse(fs.readFileSync(results, 'utf8')), new Map(told.map((row) => [row.name, row])));
}

function rowsOf(results, told) {
  return results.testResults.flatMap((suite) => {
    // A suite that could not be loaded has no tests, and is red all the same.
    if (suite.assertionResults.length === 0)
      return [
        { fault: path.basename(suite.name), invariant: '', green: false, recovery: null, notes: ['did not run'] },
      ];
    return suite.assertionResults.map((test) => {
      const row = told.get(test.fullName);
      return {
        fault: [...test.ancestorTitles, test.title].join(': ').replace(/ \(seed \d+\)/, ''),
        invariant: row?.invariant ?? '',
        green: test.status === 'passed',
        recovery: row?.recovery ?? null,
        notes: row?.notes ?? [],
      };
    });
  });
}

const TITLES = ['Fault', 'What holds', 'Result', 'Recovery, s', 'Figures', 'Run on'];

/** What ran: a row whose commit is long past tells nothing of the code as it is now. The table itself is no code. */
function ranOn() {
  const git = (...values) => spawnSync('git', values, { cwd: workspaceRoot, encoding: 'utf8' });
  const { status, stdout } = git('describe', '--always', '--exclude=*');
  const isDirty =
    git('status', '--porcelain', '--', '.', `:(exclude)${path.relative(workspaceRoot, DOCUMENT)}`).stdout !== '';
  const commit = status === 0 ? stdout.trim() + (isDirty ? '-dirty' : '') : 'no commit';
  return `${new Date().toISOString().slice(0, 10)}, ${commit}`;
}

function cellsOf(row, when) {
  return [
    row.fault,
    row.invariant,
    row.green ? 'green' : 'RED',
    row.recovery === null ? '' : row.recovery.toFixed(1),
    row.notes.join('; '),
    when,
  ];
}

function table(lines) {
  const all = [TITLES, ...lines];
  const widths = TITLES.map((_title, column) => Math.max(...all.map((line) => line[column].length)));
  const line = (values) => `| ${values.map((value, column) => value.padEnd(widths[column])).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(TITLES), rule, ...lines.map(line)].join('\n');
}

/** @param isWhole a run of everything; of a part, the rows of earlier runs stay beside its own. */
function write(lines, isWhole) {
  const before = fs.readFileSync(DOCUMENT, 'utf8');
  const [head, rest] = before.split(BEGIN);
  const [old, tail] = rest?.split(END) ?? [];
  if (tail === undefined) throw new Error(`docs/faults.md has no ${BEGIN} and ${END}`);
  const isNew = new Set(lines.map(([fault]) => fault));
  const kept = isWhole ? [] : rowsIn(old).filter(([fault]) => !isNew.has(fault));
  const sorted = [...kept, ...lines].sort(([a], [b]) => (a < b ? -1 : 1));
  fs.writeFileSync(DOCUMENT, `${head}${BEGIN}\n\n${table(sorted)}\n\n${END}${tail}`);
}

function rowsIn(text) {
  return text
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| --'))
    .slice(1)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

async function main() {
  const values = process.argv.slice(2);
  const words = values.filter((value) => !value.startsWith('--'));
  ensureRedis();
  await prepare();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-faults-'));
  try {
    const startedAt = Date.now();
    const when = ranOn();
    const rows = run(words, folder);
    const red = rows.filter((row) => !row.green).length;
    const lines = rows.map((row) => cellsOf(row, when));
    console.log(`\n${table(lines)}\n`);
    console.log(`${rows.length - red} green, ${red} red, in ${Math.round((Date.now() - startedAt) / 1000)} s`);
    if (values.includes('--write')) write(lines, words.length === 0);
    process.exitCode = red === 0 && rows.length > 0 ? 0 : 1;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
