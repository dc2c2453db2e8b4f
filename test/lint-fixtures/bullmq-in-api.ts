// as: apps/api/src/x.ts
// breaks: no-restricted-imports
export * from '@nestjs/bullmq';
