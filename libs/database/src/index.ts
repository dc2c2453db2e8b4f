export * from './roles';
export * from './database';
export * from './binary-array';
export * from './heartbeat';
export * from './migrate';
export * from './boot-check';
export * from './sql-errors';
export * from './joined-rows';
