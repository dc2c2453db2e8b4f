'use strict';
/** `npm run demo`: sends a realistic set of events through the hub that `npm start` runs. */
const path = require('node:path');
const { prepare } = require('./prepare.cjs');

prepare().then(
  (dist) => require(path.join(dist, 'apps', 'launcher', 'src', 'demo', 'main.js')),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
