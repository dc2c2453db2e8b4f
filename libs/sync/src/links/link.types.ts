import { type FieldHashes } from './echo/record-fields';
import { type PendingWrite } from './echo/echo-detector';

/** Where a record lives: a connection, or whoever posts events under a source's name (`''` for events without one). */
export interface RecordSystem {
  readonly connectionId: string | null;
  readonly source: string;
}

/** One record of one system. Its id is unique within the type alone: QuickBooks has a customer 1 and an invoice 1. */
export interface RecordRef {
  readonly system: RecordSystem;
  readonly recordId: string;
}

export interface LinkEndRow {
  id: string;
  link_id: string;
  type: string;
  connection_id: string | null;
  source: string;
  /** As `systemKey` makes it. */
  system: string;
  object: string | null;
  record_id: string;
  deleted: boolean;
  version_written: string | null;
  written_at: Date | null;
  version_seen: string | null;
  seen_at: Date | null;
  created_at: Date;
}

/** With what echoes are recognised by, which no list shows. */
export interface RememberedEndRow extends LinkEndRow {
  seen: FieldHashes | null;
  writes: PendingWrite[];
}

export interface LinkRow {
  id: string;
  type: string;
  created_at: Date;
  updated_at: Date;
  ends: readonly LinkEndRow[];
}

/** Longest texts kept; vendors' ids are far shorter. */
export const LINK_BOUNDS = { type: 100, recordId: 500, source: 200 } as const;

const CONNECTION = 'con:';
const SOURCE = 'src:';

/** The column `system`, and what `$link` is asked from. */
export function systemKey(system: RecordSystem): string {
  return system.connectionId === null ? `${SOURCE}${system.source}` : `${CONNECTION}${system.connectionId}`;
}

export function recordKey(system: string, recordId: string): string {
  return `${system} ${recordId}`;
}
