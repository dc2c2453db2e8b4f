export * from './test-database';
export * from './wait-until';
export { readServices, type TestServices } from './jest/services-file';
export * from './hub/hub-client';
export * from './hub/hub-database';
export * from './hub/hub-process';
export * from './hub/hub-redis';
export * from './hub/sandbox-control';
export * from './hub/test-hub';
