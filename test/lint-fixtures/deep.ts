// as: libs/delivery/src/x.ts
// breaks: no-restricted-imports
export * from '@hub/tenancy/src/tenant-db';
