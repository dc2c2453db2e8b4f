// as: libs/tenancy/src/x.ts
// breaks: no-restricted-properties
export const { env } = process;
