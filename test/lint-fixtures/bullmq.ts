// as: libs/delivery/src/x.ts
// breaks: no-restricted-imports
export { Queue } from 'bullmq';
