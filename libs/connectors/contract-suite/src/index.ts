export * from './connector-contract';
export * from './contract-harness';
export * from './faulty-server';
