// as: libs/platform/src/config/x.ts
// breaks: no-restricted-imports
export { Queue } from 'bullmq';
