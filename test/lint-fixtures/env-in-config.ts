// as: libs/platform/src/config/x.ts
// breaks: nothing
export const url = process.env;
