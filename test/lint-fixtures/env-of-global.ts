// as: libs/tenancy/src/x.ts
// breaks: no-restricted-syntax
export const url = globalThis.process.env;
