// as: libs/delivery/src/x.ts
// breaks: nothing
export { appendAudit } from '@hub/audit';
