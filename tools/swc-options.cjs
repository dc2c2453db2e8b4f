'use strict';
/**
 * One set of compiler options for the build, Jest and the lint fixture.
 * `baseUrl` must be absolute for SWC to rewrite the `@hub/*` paths, hence a function and not a `.swcrc`.
 */
const path = require('node:path');
const { compilerOptions } = require('../tsconfig.base.json');

/**
 * Loaded by whoever uses them first: megabytes for each process that never does. The API calls out for few requests, its first
 * process for none; mappings run in children of their own.
 */
const LOADED_LATE = ['undici', 'bullmq', 'libphonenumber-js/min', 'jsonata', 're2js', 'fast-xml-parser'];

const workspaceRoot = path.resolve(__dirname, '..');

function swcOptions({ tsx = false } = {}) {
  return {
    swcrc: false,
    configFile: false,
    sourceMaps: true,
    module: { type: 'commonjs', strictMode: true, lazy: LOADED_LATE },
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true, tsx },
      transform: {
        legacyDecorator: true,
        decoratorMetadata: true,
        useDefineForClassFields: false,
        ...(tsx ? { react: { runtime: 'automatic' } } : {}),
      },
      keepClassNames: true,
      baseUrl: workspaceRoot,
      paths: compilerOptions.paths,
    },
  };
}

module.exports = { swcOptions, workspaceRoot };
