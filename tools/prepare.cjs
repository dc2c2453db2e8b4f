'use strict';
/** What every command needs first: a Node.js that fits, the packages, and a build that is not older than the sources. */
const fs = require('node:fs');
const path = require('node:path');

const workspaceRoot = path.resolve(__dirname, '..');

/** The versions of `engines` in package.json: 20.19 and later of 20, 22.12 and everything after. */
function isSupported(version) {
  const [major, minor] = version.split('.').map(Number);
  return (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
}

/** @returns the folder of the compiled programs; ends the process with a plain sentence when something is missing */
async function prepare() {
  const { engines } = require('../package.json');
  if (!isSupported(process.versions.node)) {
    console.error(`Node.js ${process.versions.node} does not fit: ${engines.node} is needed.`);
    process.exit(1);
  }
  if (!fs.existsSync(path.join(workspaceRoot, 'node_modules', '@swc', 'core'))) {
    console.error('The packages are not installed. Run this first: npm ci');
    process.exit(1);
  }
  const { build } = require('./build.cjs');
  const started = Date.now();
  if (process.stdout.isTTY) process.stdout.write('  … building');
  const compiled = await build();
  if (process.stdout.isTTY) process.stdout.write('\r\u001b[2K');
  if (compiled > 0) {
    console.log(`  ✓ ${`built ${compiled} changed files`.padEnd(66)} ${((Date.now() - started) / 1000).toFixed(2)} s`);
  }
  return path.join(workspaceRoot, 'dist');
}

module.exports = { prepare };
