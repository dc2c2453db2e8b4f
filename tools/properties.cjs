'use strict';
/**
 * `npm run properties`: every property test, ten times, each time with other examples than `npm test` takes.
 * `npm run properties -- 50 echo claim` runs those whose file's path holds one of the words fifty times. Exits with 1 when
 * a property was broken, after naming the seed: `HUB_PROPERTY_SEED=<seed> npm test -- unit` shows it again.
 */
const { spawnSync } = require('node:child_process');
const { randomInt } = require('node:crypto');
const path = require('node:path');
const { prepare } = require('./prepare.cjs');
const { ensureRedis } = require('./redis.cjs');

const workspaceRoot = path.resolve(__dirname, '..');
const ROUNDS = 10;

function propertyFiles(words) {
  const { stdout, status } = spawnSync(
    'git',
    ['grep', '-lE', "from 'fast-check'", '--', 'libs/**spec.ts*', 'apps/**spec.ts*'],
    {
      cwd: workspaceRoot,
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error('no property tests were found');
  const files = stdout.trim().split('\n');
  return words.length === 0 ? files : files.filter((file) => words.some((word) => file.includes(word)));
}

function isGreen(files, seed) {
  const jest = path.join(
    path.dirname(require.resolve('jest/package.json', { paths: [workspaceRoot] })),
    'bin',
    'jest.js',
  );
  const { status } = spawnSync(
    process.execPath,
    [jest, '--ci', '--selectProjects', 'unit', 'integration', '--runTestsByPath', ...files],
    { cwd: workspaceRoot, stdio: 'inherit', env: { ...process.env, HUB_PROPERTY_SEED: String(seed) } },
  );
  return status === 0;
}

async function main() {
  const [first, ...rest] = process.argv.slice(2);
  const isCount = /^\d+$/.test(first ?? '');
  const rounds = isCount ? Number(first) : ROUNDS;
  const words = isCount || first === undefined ? rest : [first, ...rest];
  const files = propertyFiles(words);
  if (files.length === 0) throw new Error(`no property test's path holds ${words.join(' or ')}`);
  ensureRedis();
  await prepare();
  const red = [];
  for (let round = 1; round <= rounds; round++) {
    const seed = randomInt(2 ** 31 - 1);
    console.log(`\nround ${round} of ${rounds}, seed ${seed}`);
    if (!isGreen(files, seed)) red.push(seed);
  }
  console.log(
    `\n${files.length} files, ${rounds} seeds: ${red.length === 0 ? 'none broken' : `broken by ${red.join(', ')}`}`,
  );
  process.exitCode = red.length === 0 ? 0 : 1;
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
