import { type ErpSettings } from '../erp.settings';
import { clientFault } from '../soap/soap-fault';
import { type EntityType, type ErpStore, type Row, type Tombstone } from './erp-store';
import { comparable } from './local-time';

export interface FeedRequest {
  readonly entity: EntityType;
  /** Comparable number, see `local-time`. */
  readonly since: number | undefined;
  readonly cursor: string | undefined;
  readonly limit: number;
}

export interface FeedPage {
  readonly entries: readonly FeedEntry[];
  readonly nextCursor: string | undefined;
  readonly hasMore: boolean;
}

export type FeedEntry = Row | Tombstone;

/** Everything at or before it was delivered. Opaque to clients. */
interface Position {
  readonly version: bigint;
  readonly key: string;
  readonly id: number;
  /** `Since` of the first page, carried along until the listing is drained. */
  readonly since?: number;
  /** The odd empty page before this one was delivered. */
  readonly gap?: boolean;
}

const START: Position = { version: 0n, key: '', id: 0 };

export function isRow(entry: FeedEntry): entry is Row {
  return 'fields' in entry;
}

/** One page of changes. @throws SoapFault ERP-1003 for a cursor that is not of this system and entity */
export function readFeed(store: ErpStore, settings: ErpSettings, company: string, request: FeedRequest): FeedPage {
  const { entity, cursor } = request;
  const tombstones = settings.deletes === 'silent' ? [] : store.tombstones.filter((gone) => gone.entity === entity);
  const entries: FeedEntry[] = [...store.all(entity), ...tombstones];
  if (!settings.cursors) {
    if (cursor !== undefined) throw clientFault('ERP-1003', 'Cursor is not supported by this release', 'Cursor');
    return pageBySince(entries, settings, request);
  }
  const from = cursor === undefined ? { ...START, since: request.since } : decode(cursor, company, entity);
  return pageByCursor(entries, settings, request, { company, from });
}

/** Only `Since`: who asks again with the last stamp meets its ties again, or misses them. */
function pageBySince(entries: FeedEntry[], settings: ErpSettings, { since, limit }: FeedRequest): FeedPage {
  const stamped = entries.map((entry) => ({ entry, at: comparable(entry.modifiedMs, settings) }));
  const wanted = stamped
    .filter(({ at }) => isSince(at, since, settings))
    .sort((a, b) => a.at - b.at || compareText(a.entry.key, b.entry.key) || a.entry.id - b.entry.id)
    .map(({ entry }) => entry);
  const page = wanted.slice(0, limit);
  return {
    entries: page,
    nextCursor: undefined,
    hasMore: quirk(settings, wanted.length > limit, page.length === limit),
  };
}

function pageByCursor(
  entries: FeedEntry[],
  settings: ErpSettings,
  { entity, limit }: FeedRequest,
  { company, from }: { readonly company: string; readonly from: Position },
): FeedPage {
  const sorted = entries.sort(compareEntries);
  const wanted = sorted.filter(
    (entry) =>
      comparePosition(entry, from) > 0 && isSince(comparable(entry.modifiedMs, settings), from.since, settings),
  );
  const print = (position: Position): string => encode(position, company, entity);
  if (settings.has_more === 'empty_page' && wanted.length > 0 && !from.gap) {
    return { entries: [], nextCursor: print({ ...from, gap: true }), hasMore: true };
  }
  const page = wanted.slice(0, limit);
  const isDrained = wanted.length <= limit;
  const hasMore = quirk(settings, !isDrained, page.length === limit);
  if (settings.has_more === 'stuck') return { entries: page, nextCursor: print(from), hasMore };
  const last = isDrained ? (sorted.at(-1) ?? page.at(-1)) : page.at(-1);
  // A drained listing leaves Since behind: from here on everything newer is wanted.
  const reached =
    last && comparePosition(last, from) > 0
      ? { version: last.rowVersion, key: last.key, id: last.id, ...(isDrained ? {} : { since: from.since }) }
      : { version: from.version, key: from.key, id: from.id };
  return { entries: page, nextCursor: print(reached), hasMore };
}

function quirk({ has_more }: ErpSettings, isMore: boolean, isFull: boolean): boolean {
  switch (has_more) {
    case 'stuck':
      return true;
    case 'never':
      return false;
    case 'extra_page':
      return isFull;
    case 'normal':
    case 'empty_page':
      return isMore;
  }
}

function isSince(at: number, since: number | undefined, { since_inclusive }: ErpSettings): boolean {
  return since === undefined || at > since || (since_inclusive && at === since);
}

function compareEntries(left: FeedEntry, right: FeedEntry): number {
  return comparePosition(left, { version: right.rowVersion, key: right.key, id: right.id });
}

function comparePosition(entry: FeedEntry, { version, key, id }: Position): number {
  if (entry.rowVersion !== version) return entry.rowVersion < version ? -1 : 1;
  return compareText(entry.key, key) || entry.id - id;
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function encode({ version, key, id, since, gap }: Position, company: string, entity: EntityType): string {
  const parts = [company, entity, version, key, id, since ?? '', gap ? 1 : ''];
  return Buffer.from(parts.join('|'), 'utf8').toString('base64url');
}

function decode(cursor: string, company: string, entity: EntityType): Position {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const [, ofCompany, ofEntity, version = '', key = '', id = '', since, gap] =
    /^(\w+)\|(\w+)\|(\d{1,19})\|([^|]*)\|(\d{1,15})\|(-?\d*)\|(1?)$/.exec(text) ?? [];
  if (ofCompany !== company || ofEntity !== entity || Buffer.from(text, 'utf8').toString('base64url') !== cursor) {
    throw clientFault('ERP-1003', 'Cursor is not valid', 'Cursor');
  }
  return { version: BigInt(version), key, id: Number(id), since: since ? Number(since) : undefined, gap: gap === '1' };
}
