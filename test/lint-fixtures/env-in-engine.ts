// as: libs/mapping/engine/src/x.ts
// breaks: no-restricted-properties
export const url = process.env;
