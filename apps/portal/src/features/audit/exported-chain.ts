import { getAuditCheckpoint, listAuditExports, type AuditCheckpointResponse, type AuditExport } from '@hub/api-client';
import { answerOf } from '../../lib/api';
import { listQuery, type ListPage } from '../../lib/pages';

/** Whose audit log is exported, and what its exports are checked with. */
export interface ExportedChain {
  /** Of all that is fetched about it. */
  readonly key: readonly string[];
  readonly exports: (cursor?: string) => Promise<ListPage<AuditExport>>;
  readonly checkpoint: () => Promise<AuditCheckpointResponse>;
}

export const EXPORTS_AT_ONCE = 50;

/** Of the company that one is in. */
export const OWN_CHAIN: ExportedChain = {
  key: ['audit'],
  exports: (cursor) => answerOf(listAuditExports({ query: { limit: EXPORTS_AT_ONCE, cursor } })),
  checkpoint: () => answerOf(getAuditCheckpoint()),
};

export const exportsKey = ({ key }: ExportedChain): readonly string[] => [...key, 'exports'];

export const exportsQuery = (chain: ExportedChain) => listQuery<AuditExport>(exportsKey(chain), chain.exports);

/** What a download is called, as the API names it. */
export const exportFile = ({ id }: AuditExport): string => `audit-${id}.tar.gz`;
