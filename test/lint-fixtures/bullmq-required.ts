// as: libs/delivery/src/x.ts
// breaks: @typescript-eslint/no-require-imports
export const queue: unknown = require('bullmq');
