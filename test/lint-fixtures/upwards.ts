// as: libs/platform/src/x.ts
// breaks: @nx/enforce-module-boundaries
export * from '@hub/database';
