// as: apps/worker/src/x.ts
// breaks: @nx/enforce-module-boundaries
export * from '@hub/api-client';
