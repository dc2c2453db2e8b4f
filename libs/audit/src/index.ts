export * from './append/audit-entry';
export * from './append/append-audit';
export { chainHash, genesisHash, recordDigest } from './chain/chain-hash';
export * from './chain/chain.repository';
export * from './chain/check-chain';
export * from './operator-keys/operator-keys';
export * from './signing/signing-key';
export * from './signing/signing-key.repository';
export { signNote, verifierKey } from './signing/signed-note';
export * from './checkpoints/checkpoint';
export { newestCheckpoint } from './checkpoints/checkpoint.repository';
export * from './checkpoints/checkpointer';
export { findAuditRecord, listAuditRecords, type AuditFilter, type AuditRow } from './read/audit.repository';
export { viewOf, type AuditRecordView } from './read/record-view';
export * from './export/export.types';
export {
  findExpiredExports,
  findExport,
  findExportParts,
  findOpenExports,
  insertExport,
  insertOperatorExport,
  listExports,
} from './export/export.repository';
export * from './export/exporter';
export {
  eraseSubject,
  findRetentionDays,
  keepRetentionDays,
  listChains,
  type AuditRetentionBounds,
} from './retention/retention.repository';
export { pruneChain } from './retention/pruner';
