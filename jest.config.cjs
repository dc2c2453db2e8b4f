'use strict';
const { swcOptions } = require('./tools/swc-options.cjs');
const { compilerOptions } = require('./tsconfig.base.json');

/** Packages that ship ES modules only: Jest on Node 20 cannot `require()` them untransformed. */
const ESM_PACKAGES = ['uuidv7', 'canonicalize', 'openid-client', 'oauth4webapi', 'jose'];

const moduleNameMapper = Object.fromEntries(
  Object.entries(compilerOptions.paths).map(([alias, [target]]) => [`^${alias}$`, target.replace('./', '<rootDir>/')]),
);

/** unit: `x.spec.ts`; the rest talks to real services that the global set-up starts. */
const base = {
  rootDir: __dirname,
  testEnvironment: 'node',
  moduleNameMapper: {
    ...moduleNameMapper,
    '\\.css$': '<rootDir>/tools/no-styles.cjs',
    '^fast-check$': '<rootDir>/tools/fast-check.cjs',
  },
  transform: {
    '^.+\\.(t|j)s$': ['@swc/jest', swcOptions()],
    '^.+\\.tsx$': ['@swc/jest', swcOptions({ tsx: true })],
  },
  transformIgnorePatterns: [`/node_modules/(?!(.*/)?(${ESM_PACKAGES.join('|')})/)`],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.cache/'],
};

module.exports = {
  testSequencer: '<rootDir>/tools/jest-order.cjs',
  // Jest heeds it here and in no project. Its own 5 s are less than `waitUntil` waits, and than processes take to start.
  testTimeout: 30_000,
  projects: [
    { ...base, displayName: 'unit', testMatch: ['<rootDir>/{apps,libs,test,bench}/**/*.spec.{ts,tsx}'] },
    {
      ...base,
      displayName: 'integration',
      testMatch: ['<rootDir>/{apps,libs,test}/**/*.{int,contract,e2e}-spec.ts'],
      globalSetup: '<rootDir>/libs/testing/src/jest/global-setup.ts',
      globalTeardown: '<rootDir>/libs/testing/src/jest/global-teardown.ts',
    },
    // The long form of the proofs, with what is too long for every change: `npm run faults`.
    {
      ...base,
      displayName: 'faults',
      testMatch: ['<rootDir>/test/{faults,fairness,fuzz}/**/*.{e2e,fault}-spec.ts'],
      globalSetup: '<rootDir>/libs/testing/src/jest/global-setup.ts',
      globalTeardown: '<rootDir>/libs/testing/src/jest/global-teardown.ts',
    },
  ],
};
