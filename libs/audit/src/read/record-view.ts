import { openPersonal, readPersonal, type SealedFields } from '../append/personal';
import { type AuditActor, type AuditOutcome } from '../append/audit-entry';
import { type ChainRecord } from '../chain/chain.repository';

/** A record as it is read: nothing of it comes from anywhere but the text that was hashed. */
export interface AuditRecordView {
  readonly id: string;
  readonly seq: number;
  readonly time: string;
  readonly action: string;
  readonly outcome: AuditOutcome;
  readonly actor: {
    readonly type: AuditActor['type'];
    readonly id: string;
    readonly label: string | null;
    readonly ip: string | null;
    readonly user_agent: string | null;
    /** There were personal fields, and they have been erased. */
    readonly erased: boolean;
  };
  readonly target: { readonly type: string; readonly id: string; readonly name: string | null };
  readonly before: unknown;
  readonly after: unknown;
  readonly details: unknown;
  readonly reason: string | null;
  readonly request_id: string | null;
  /** Hex. */
  readonly prev_hash: string;
  /** Hex. */
  readonly hash: string;
}

interface RecordText extends Omit<AuditRecordView, 'seq' | 'actor' | 'prev_hash' | 'hash'> {
  readonly actor: {
    readonly type: AuditActor['type'];
    readonly id: string;
    readonly personal?: SealedFields;
  };
}

/** The opened personal fields of a record, in the form that its digest is over; `null` when there are none or no more. */
export function personalText(tenantId: string, record: ChainRecord): string | null {
  const { id, actor } = JSON.parse(record.text) as RecordText;
  if (actor.personal === undefined) return null;
  return openPersonal(actor.personal.sealed, record.subjectKey, { tenantId, subject: actor.id, recordId: id });
}

export function viewOf(tenantId: string, record: ChainRecord): AuditRecordView {
  const { id, time, action, outcome, actor, target, before, after, details, reason, request_id } = JSON.parse(
    record.text,
  ) as RecordText;
  const text = personalText(tenantId, record);
  const opened = text === null ? { label: null, ip: null, userAgent: null } : readPersonal(text);
  return {
    id,
    seq: record.seq,
    time,
    action,
    outcome,
    actor: {
      type: actor.type,
      id: actor.id,
      label: opened.label,
      ip: opened.ip,
      user_agent: opened.userAgent,
      erased: actor.personal !== undefined && text === null,
    },
    target,
    before,
    after,
    details,
    reason,
    request_id,
    prev_hash: record.prev.toString('hex'),
    hash: record.hash.toString('hex'),
  };
}
