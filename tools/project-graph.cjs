'use strict';
/**
 * `@nx/enforce-module-boundaries` says nothing at all when Nx has no project graph in its cache. So whoever lints
 * makes the graph first, and without one nothing is linted.
 */
const { spawnSync } = require('node:child_process');
const { workspaceRoot } = require('./swc-options.cjs');

const NX_ENVIRONMENT = { NX_DAEMON: 'false', NX_NO_CLOUD: 'true', NX_TUI: 'false' };

/** @returns the names of all projects. Throws when Nx cannot make the graph. */
function makeProjectGraph() {
  const nx = require.resolve('nx/bin/nx.js', { paths: [workspaceRoot] });
  const run = spawnSync(process.execPath, [nx, 'show', 'projects', '--json'], {
    cwd: workspaceRoot,
    env: { ...process.env, ...NX_ENVIRONMENT },
    encoding: 'utf8',
    timeout: 120_000,
  });
  if (run.status !== 0) throw new Error(`Nx could not make the project graph:\n${run.stderr}${run.stdout}`);
  return JSON.parse(run.stdout);
}

module.exports = { makeProjectGraph };
