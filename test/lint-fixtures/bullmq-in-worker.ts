// as: apps/worker/src/x.ts
// breaks: no-restricted-imports
export { Worker } from 'bullmq';
