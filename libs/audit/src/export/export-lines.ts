import { stringify } from 'csv-stringify/sync';
import { type ChainRecord } from '../chain/chain.repository';
import { recordDigest } from '../chain/chain-hash';
import { personalText, viewOf } from '../read/record-view';

/**
 * A line of `records-*.jsonl`. The record stands as it was hashed, and the members in this order: the verifier compares
 * lines byte by byte. Personal fields stand beside the record, which holds them sealed.
 */
export function exportLine(tenantId: string, record: ChainRecord, isShown: boolean): string {
  const head = `{"seq":${record.seq},"prev":"${record.prev.toString('hex')}","hash":"${record.hash.toString('hex')}"`;
  if (!isShown) return `${head},"digest":"${recordDigest(record.text).toString('hex')}"}\n`;
  return `${head},"personal":${personalText(tenantId, record) ?? 'null'},"record":${record.text}}\n`;
}

const CSV_COLUMNS = [
  'seq',
  'time',
  'action',
  'outcome',
  'actor_type',
  'actor_id',
  'actor_label',
  'actor_ip',
  'actor_user_agent',
  'target_type',
  'target_id',
  'target_name',
  'reason',
  'request_id',
  'before',
  'after',
  'details',
  'id',
  'hash',
] as const;

export function csvHeader(): string {
  return stringify([[...CSV_COLUMNS]], { record_delimiter: 'windows' });
}

/** For a spreadsheet: a cell that would be taken for a formula gets an apostrophe in front. */
export function csvLine(tenantId: string, record: ChainRecord): string {
  const { actor, target, before, after, details, ...rest } = viewOf(tenantId, record);
  const json = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));
  const row: Readonly<Record<(typeof CSV_COLUMNS)[number], string | number | null>> = {
    ...rest,
    actor_type: actor.type,
    actor_id: actor.id,
    actor_label: actor.label,
    actor_ip: actor.ip,
    actor_user_agent: actor.user_agent,
    target_type: target.type,
    target_id: target.id,
    target_name: target.name,
    before: json(before),
    after: json(after),
    details: json(details),
  };
  return stringify([CSV_COLUMNS.map((column) => row[column])], { record_delimiter: 'windows', escape_formulas: true });
}
