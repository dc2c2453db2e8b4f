export * from './store/connection.types';
export * from './store/connection.repository';
export * from './store/connection-settings';
export * from './store/connection-health.repository';
export * from './vault/credential-vault';
export * from './opener/connection-opener';
