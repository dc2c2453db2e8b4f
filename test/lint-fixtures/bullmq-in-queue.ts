// as: libs/platform/src/queue/x.ts
// breaks: nothing
export { Queue } from 'bullmq';
