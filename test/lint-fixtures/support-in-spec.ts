// as: apps/api/e2e/x.e2e-spec.ts
// breaks: nothing
export * from '../../../test/support/problems';
