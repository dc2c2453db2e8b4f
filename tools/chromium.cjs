'use strict';
/**
 * The portal is tested in a real Chromium: the one of CHROMIUM_PATH, one on the PATH, Debian's own package, or the one that
 * Playwright downloads.
 */
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { install, isExecutable, onPath } = require('./system-packages.cjs');

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const ADVICE = 'The browser tests need Chromium: set CHROMIUM_PATH to one, or put `chromium` on the PATH';

const APT = {
  manager: 'apt-get',
  root: true,
  commands: [
    ['apt-get', 'update'],
    // Without any font there is no width of a text to look at.
    ['apt-get', 'install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'],
  ],
};

/** Some systems have a program of that name that only says where to get the real one. */
function works(program) {
  return spawnSync(program, ['--version'], { stdio: 'ignore', timeout: 30_000 }).status === 0;
}

function installed() {
  return PROGRAMS.map(onPath).find((program) => program !== null && works(program)) ?? null;
}

/** Playwright's own, when it has been downloaded. */
function downloaded() {
  const file = require('playwright').chromium.executablePath();
  return isExecutable(file) ? file : null;
}

function download() {
  const cli = path.join(path.dirname(require.resolve('playwright/package.json')), 'cli.js');
  console.log('  playwright install chromium');
  return spawnSync(process.execPath, [cli, 'install', 'chromium'], { stdio: 'inherit', timeout: 300_000 }).status === 0;
}

/**
 * @returns the program
 * @throws when there is none and none could be had; the message says what to do
 */
function ensureChromium() {
  const named = process.env.CHROMIUM_PATH;
  if (named !== undefined && named !== '') {
    if (works(named)) return named;
    throw new Error(`${ADVICE}. CHROMIUM_PATH is ${named}, and that does not run.`);
  }
  const found = installed() ?? downloaded();
  if (found !== null) return found;
  const failed = install([APT]);
  const program = installed();
  if (program !== null) return program;
  if (download() && downloaded() !== null) return downloaded();
  const why = failed == null ? 'no package of this system has it' : `this failed: ${failed}`;
  throw new Error(`${ADVICE}. It could not be installed (${why}), nor downloaded.`);
}

module.exports = { ensureChromium };
