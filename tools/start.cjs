'use strict';
/**
 * `npm start`: builds what changed and runs the launcher in this same process, so that a signal has one address.
 * Needs nothing but Node.js and the installed packages.
 */
const path = require('node:path');
const { prepare } = require('./prepare.cjs');

prepare().then(
  (dist) => require(path.join(dist, 'apps', 'launcher', 'src', 'main.js')),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
