'use strict';
/**
 * What Jest gives to those who import fast-check: the library, with one seed for every property. A change is then judged by
 * the same examples each time, and is never refused for what somebody else's change did. New examples are looked for by
 * `npm run properties`, which sets `HUB_PROPERTY_SEED`; so does who wants to see a failure again.
 */
const path = require('node:path');

/** By its path: its name leads here. */
const fc = require(path.join(__dirname, '..', 'node_modules', 'fast-check', 'lib', 'cjs', 'fast-check.js'));
const SEED = 20_261_122;

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env['HUB_PROPERTY_SEED'] ?? SEED) });
module.exports = fc;
