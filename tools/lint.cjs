'use strict';
/** `npm run lint [-- path …]`: ESLint over the repository, with the import rules really in force. */
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { makeProjectGraph } = require('./project-graph.cjs');
const { workspaceRoot } = require('./swc-options.cjs');

makeProjectGraph();
const eslint = path.join(path.dirname(require.resolve('eslint/package.json')), 'bin', 'eslint.js');
const wanted = process.argv.slice(2);
const run = spawnSync(process.execPath, [eslint, '--max-warnings', '0', ...(wanted.length > 0 ? wanted : ['.'])], {
  cwd: workspaceRoot,
  stdio: 'inherit',
});
process.exit(run.status ?? 1);
