// as: apps/worker/src/x.ts
// breaks: nothing
export { Worker } from 'bullmq';
