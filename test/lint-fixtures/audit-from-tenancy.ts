// as: libs/tenancy/src/x.ts
// breaks: @nx/enforce-module-boundaries
export * from '@hub/audit';
