// as: apps/api/src/x.ts
// breaks: @nx/enforce-module-boundaries
export * from '../../../test/support/problems';
