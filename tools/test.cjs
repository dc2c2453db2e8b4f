'use strict';
/**
 * `npm test`: everything that must hold before a change goes in, in the order in which it fails fastest.
 * `npm test -- unit lint` runs only the steps named. Ends with one line, `N passed, M failed`, and exit code 1 unless M is 0.
 */
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { runPlaywright } = require('./playwright.cjs');
const { prepare } = require('./prepare.cjs');
const { ensureRedis } = require('./redis.cjs');

const workspaceRoot = path.resolve(__dirname, '..');
const MINUTE = 60_000;
/** Tools that would otherwise report their use or look for a newer version of themselves. */
const QUIET = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', DO_NOT_TRACK: '1' };

/** The entry of an installed package's program, run with this same Node.js: no shell, no `npx`. */
function program(name, command = name) {
  const manifest = require.resolve(`${name}/package.json`, { paths: [workspaceRoot] });
  const { bin } = require(manifest);
  return path.join(path.dirname(manifest), typeof bin === 'string' ? bin : bin[command]);
}

/** A JavaScript program, on this same Node.js. */
function run(file, values, minutes) {
  return runProgram(process.execPath, [file, ...values], minutes);
}

/** @returns whether the program ended well, in time */
function runProgram(file, values, minutes) {
  const done = spawnSync(file, values, {
    cwd: workspaceRoot,
    stdio: 'inherit',
    env: { ...process.env, ...QUIET },
    timeout: minutes * MINUTE,
  });
  if (done.error?.code === 'ETIMEDOUT') console.error(`was still running after ${minutes} minutes`);
  return done.status === 0;
}

/** A step that is one check: it adds to the failures when it fails, and to nothing when it passes. */
function check(ok) {
  return { passed: 0, failed: ok ? 0 : 1 };
}

function npmScript(name) {
  return () => {
    const npm = process.env.npm_execpath;
    const values = ['run', '--silent', name];
    return check(npm === undefined ? runProgram('npm', values, 5) : run(npm, values, 5));
  };
}

/** Jest's own figures; a suite that could not even be loaded counts as one failure, and so does a run without figures. */
function jest(project, minutes) {
  return () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-npm-test-'));
    const file = path.join(folder, 'results.json');
    try {
      const ok = run(
        program('jest'),
        ['--ci', '--maxWorkers=2', '--json', `--outputFile=${file}`, '--selectProjects', project],
        minutes,
      );
      if (!fs.existsSync(file)) return check(false);
      const results = JSON.parse(fs.readFileSync(file, 'utf8'));
      const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
      return {
        passed: results.numPassedTests,
        skipped: results.numPendingTests + results.numTodoTests,
        failed: failed === 0 && !ok ? 1 : failed,
      };
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  };
}

const STEPS = [
  {
    name: 'format',
    title: 'Format (Prettier)',
    run: () => check(run(program('prettier'), ['--check', '--log-level', 'warn', '.'], 3)),
  },
  {
    name: 'lint',
    title: 'Lint and import rules (ESLint)',
    run: () => check(run(path.join(__dirname, 'lint.cjs'), [], 5)),
  },
  {
    name: 'types',
    title: 'Types (tsc)',
    run: () =>
      check(
        ['tsconfig.json', 'apps/portal/tsconfig.json']
          .map((project) => run(program('typescript', 'tsc'), ['-p', project, '--noEmit'], 5))
          .every(Boolean),
      ),
  },
  { name: 'openapi', title: 'OpenAPI: the document is what the code says', run: npmScript('openapi:check') },
  { name: 'openapi-lint', title: 'OpenAPI: lint', run: npmScript('openapi:lint') },
  { name: 'unit', title: 'Unit tests', run: jest('unit', 6) },
  { name: 'browser', title: 'The portal in Chromium', run: () => runPlaywright('suite', [], 8) },
  { name: 'integration', title: 'Integration, contract and end-to-end tests', run: jest('integration', 25) },
];

function heading(title) {
  console.log(`\n=== ${title} ===`);
}

async function main() {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => !STEPS.some((step) => step.name === name));
  if (unknown.length > 0)
    throw new Error(`no such step: ${unknown.join(', ')}. There are: ${STEPS.map((step) => step.name).join(', ')}`);
  const steps = STEPS.filter((step) => wanted.length === 0 || wanted.includes(step.name));

  heading('Preparing');
  ensureRedis();
  await prepare();

  const summary = [];
  for (const step of steps) {
    heading(step.title);
    const started = Date.now();
    const result = attempt(step);
    summary.push({ ...result, title: step.title, seconds: (Date.now() - started) / 1000 });
  }
  report(summary);
}

/** One step that breaks down must not keep the others from being run. */
function attempt(step) {
  try {
    return step.run();
  } catch (error) {
    console.error(error);
    return check(false);
  }
}

function report(summary) {
  heading('Summary');
  let passed = 0;
  let failed = 0;
  for (const step of summary) {
    passed += step.passed;
    failed += step.failed;
    const figures =
      step.passed > 0 ? `${step.passed} passed${step.skipped > 0 ? `, ${step.skipped} skipped` : ''}` : '';
    console.log(
      `${step.failed === 0 ? 'ok  ' : 'FAIL'} ${step.title.padEnd(46)} ${step.seconds.toFixed(1).padStart(6)} s  ${figures}`,
    );
  }
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  console.log('\n0 passed, 1 failed');
  process.exitCode = 1;
});
