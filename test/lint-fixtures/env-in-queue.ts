// as: libs/platform/src/queue/x.ts
// breaks: no-restricted-properties
export const url = process.env;
