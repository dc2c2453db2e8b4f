export * from './mapping.types';
export * from './mapping.repository';
export * from './mapping-version.repository';
export * from './mapping-content';
export * from './mapping-versions';
