'use strict';
/** `npm run bench -- <accept|deliver|latency|all> [options]`: see docs/benchmarks.md. */
const path = require('node:path');
const { prepare } = require('./prepare.cjs');

prepare().then(
  (dist) => require(path.join(dist, 'bench', 'src', 'main.js')),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
