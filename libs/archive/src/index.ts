export * from './archive.types';
export { listObjects, type ObjectFilter, type ObjectRow } from './objects/archive-objects.repository';
export * from './read/archive-reader';
export { ObjectReader, type ArchivedRow } from './read/object-reader';
export * from './restore/restore.types';
export { cancelRestore, findRestore, insertRestore, listRestores, type NewRestore } from './restore/restore.repository';
export * from './restore/restorer';
export * from './retention/retention-policy';
export * from './retention/retention.repository';
export { isOnLegalHold, readPolicy } from './retention/expirer';
export * from './run/archive-observer';
export { ArchiveRun, type ArchiveRunOptions } from './run/archive-run';
export { readArchiveState, type ArchiveState } from './run/archive-state.repository';
export {
  findHistoryNames,
  findTrackingIds,
  findUnknownEvents,
  type HistoryNames,
} from './read/history-names.repository';
