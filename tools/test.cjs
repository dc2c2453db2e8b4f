'use strict';
/**
 * `npm test`: everything that must hold before a change goes in, in the order in which it fails fastest.
 * `npm test -- unit lint` runs only the steps named. Ends with one line, `N passed, M failed`, and exit code 1 unless M is 0.
 */
const { spawn } = require('node:child_process');
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
function run(file, values, minutes, out) {
  return runProgram(process.execPath, [file, ...values], minutes, out);
}

/**
 * @param out takes what the program says once it has ended; without it, that goes straight to the terminal
 * @returns whether the program ended well, in time
 */
function runProgram(file, values, minutes, out) {
  return new Promise((resolve) => {
    const child = spawn(file, values, {
      cwd: workspaceRoot,
      stdio: ['ignore', out === undefined ? 'inherit' : 'pipe', out === undefined ? 'inherit' : 'pipe'],
      env: { ...process.env, ...QUIET },
    });
    const said = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => said.push(chunk));
    const timer = setTimeout(() => {
      said.push(Buffer.from(`was still running after ${minutes} minutes\n`));
      child.kill();
    }, minutes * MINUTE);
    child.on('error', (error) => said.push(Buffer.from(`${error.message}\n`)));
    child.on('close', (code) => {
      clearTimeout(timer);
      const text = Buffer.concat(said).toString();
      if (out === undefined) process.stdout.write(text);
      else out(text);
      resolve(code === 0);
    });
  });
}

/** A step that is one check: it adds to the failures when it fails, and to nothing when it passes. */
function check(ok) {
  return { passed: 0, failed: ok ? 0 : 1 };
}

function npmScript(name) {
  return async (out) => {
    const npm = process.env.npm_execpath;
    const values = ['run', '--silent', name];
    return check(await (npm === undefined ? runProgram('npm', values, 5, out) : run(npm, values, 5, out)));
  };
}

/**
 * Jest's own figures; a suite that could not even be loaded counts as one failure, and so does a run without figures.
 * @param workers suites that run at once
 */
function jest(project, workers, minutes) {
  return async (out) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-npm-test-'));
    const file = path.join(folder, 'results.json');
    try {
      const ok = await run(
        program('jest'),
        ['--ci', `--maxWorkers=${workers}`, '--json', `--outputFile=${file}`, '--selectProjects', project],
        minutes,
        out,
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

/** What needs cores and nothing else: two at a time, the longest first, and last what fills two cores when the others are done. */
const CHECKS = [
  {
    name: 'lint',
    title: 'Lint and import rules (ESLint)',
    run: async (out) => check(await run(path.join(__dirname, 'lint.cjs'), [], 8, out)),
  },
  {
    name: 'format',
    title: 'Format (Prettier)',
    run: async (out) => check(await run(program('prettier'), ['--check', '--log-level', 'warn', '.'], 4, out)),
  },
  {
    name: 'types',
    title: 'Types (tsc)',
    run: async (out) => {
      const tsc = program('typescript', 'tsc');
      const whole = await run(tsc, ['-p', 'tsconfig.json', '--noEmit'], 5, out);
      return check((await run(tsc, ['-p', 'apps/portal/tsconfig.json', '--noEmit'], 5, out)) && whole);
    },
  },
  { name: 'openapi', title: 'OpenAPI: the document is what the code says', run: npmScript('openapi:check') },
  { name: 'openapi-lint', title: 'OpenAPI: lint', run: npmScript('openapi:lint') },
  { name: 'unit', title: 'Unit tests', run: jest('unit', 2, 6) },
];
const CHECKS_AT_ONCE = 2;

/** What starts hubs of its own: one after the other. */
const SUITES = [
  { name: 'browser', title: 'The portal in Chromium', run: async () => runPlaywright('suite', [], 8) },
  // One suite more than cores: they wait for processes, schedules and each other a good part of their time.
  { name: 'integration', title: 'Integration, contract and end-to-end tests', run: jest('integration', 3, 25) },
];

function heading(title) {
  console.log(`\n=== ${title} ===`);
}

async function main() {
  const wanted = process.argv.slice(2);
  const known = [...CHECKS, ...SUITES].map((step) => step.name);
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`no such step: ${unknown.join(', ')}. There are: ${known.join(', ')}`);
  const isWanted = (step) => wanted.length === 0 || wanted.includes(step.name);

  heading('Preparing');
  ensureRedis();
  await prepare();

  const checks = CHECKS.filter(isWanted);
  const results = new Map();
  const next = checks.values();
  const lane = async () => {
    // One iterator for all lanes: whoever is free takes the next.
    for (const step of next) results.set(step, await runCheck(step));
  };
  await Promise.all(Array.from({ length: CHECKS_AT_ONCE }, lane));
  const summary = checks.map((step) => ({ ...step, ...results.get(step) }));
  for (const step of SUITES.filter(isWanted)) {
    heading(step.title);
    summary.push({ ...step, ...(await attempt(step)) });
  }
  report(summary);
}

/** What it says comes under its own heading, after it has ended. */
async function runCheck(step) {
  let said = '';
  const result = await attempt(step, (text) => (said += text));
  heading(step.title);
  process.stdout.write(said);
  return result;
}

/** One step that breaks down must not keep the others from being run. */
async function attempt(step, out) {
  const started = Date.now();
  const seconds = () => (Date.now() - started) / 1000;
  try {
    const result = await step.run(out);
    return { ...result, seconds: seconds() };
  } catch (error) {
    console.error(error);
    return { ...check(false), seconds: seconds() };
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
