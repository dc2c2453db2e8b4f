// as: libs/delivery/src/x.ts
// breaks: no-restricted-syntax
export const load = () => import('bullmq');
