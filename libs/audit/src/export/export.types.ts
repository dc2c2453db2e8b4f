import { type AuditFilter } from '../read/audit.repository';

export const EXPORT_FORMATS = ['csv', 'jsonl'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
export type ExportStatus = 'queued' | 'running' | 'succeeded' | 'failed' | 'expired';

/** One piece of the archive, as it lies in the object store. */
export interface ExportPart {
  /** Of the file in the archive. */
  readonly name: string;
  /** Of the object. */
  readonly key: string;
  /** Of the file, in hex. */
  readonly sha256: string;
  /** Of the compressed piece. */
  readonly bytes: number;
}

export interface ExportRow {
  readonly id: string;
  readonly status: ExportStatus;
  readonly format: ExportFormat;
  readonly filter: AuditFilter;
  readonly first_seq: number | null;
  readonly last_seq: number | null;
  readonly done_seq: number | null;
  readonly matched: number;
  readonly bytes: number | null;
  readonly failure: string | null;
  readonly created_at: Date;
  readonly finished_at: Date | null;
  readonly expires_at: Date | null;
  /** `null` where the tenant asked itself. */
  readonly operator_reason: string | null;
}
