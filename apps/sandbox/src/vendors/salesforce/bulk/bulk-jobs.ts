export type BulkOperation = 'insert' | 'update' | 'upsert' | 'delete';
export type BulkState = 'Open' | 'UploadComplete' | 'InProgress' | 'JobComplete' | 'Failed' | 'Aborted';

export interface BulkJob {
  readonly id: string;
  readonly object: string;
  readonly operation: BulkOperation;
  readonly externalIdFieldName: string | undefined;
  readonly lineEnding: 'LF' | 'CRLF';
  readonly columnDelimiter: string;
  readonly createdById: string;
  readonly createdMs: number;
  readonly apiVersion: string;
  state: BulkState;
  modifiedMs: number;
  uploadedMs: number | undefined;
  csv: string | undefined;
  errorMessage: string | undefined;
  header: readonly string[];
  successful: (readonly string[])[];
  failed: (readonly string[])[];
  unprocessed: (readonly string[])[];
}

/** The ingest jobs of one org. */
export class BulkJobs {
  readonly jobs = new Map<string, BulkJob>();
  /** Internal batches of 10,000 rows begun, as the daily limit counts them. */
  batchesUsed = 0;
}
