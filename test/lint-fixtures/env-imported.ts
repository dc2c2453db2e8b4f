// as: libs/tenancy/src/x.ts
// breaks: no-restricted-imports
export { env } from 'node:process';
