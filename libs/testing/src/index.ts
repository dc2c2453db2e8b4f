export * from './test-database';
export * from './wait-until';
export { readServices, type TestServices } from './jest/services-file';
