// as: libs/delivery/src/x.spec.ts
// breaks: no-restricted-imports
export * from '@hub/tenancy/src/tenant-db';
