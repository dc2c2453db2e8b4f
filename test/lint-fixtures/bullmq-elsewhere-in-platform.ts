// as: libs/platform/src/http/x.ts
// breaks: no-restricted-imports
export { Queue } from 'bullmq';
