// as: libs/testing/src/x.ts
// breaks: @nx/enforce-module-boundaries
export * from '../../../apps/sandbox/src/index';
