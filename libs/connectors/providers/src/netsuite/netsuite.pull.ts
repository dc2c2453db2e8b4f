import { stringify } from 'lossless-json';
import { type ConnectorError, type PulledRecord, type PullPage, type PullRequest } from '@hub/connector-sdk';
import { err, ok, type JsonObject, type Result } from '@hub/platform';
import { type NetSuiteClient } from './netsuite.client';
import { type PullColumns } from './netsuite.columns';
import { UNREADABLE_ANSWER } from './netsuite.errors';
import { textOf, type Members } from './netsuite.json';
import { keyset, placeOf, tombstones, type PageFound, type Place } from './netsuite.pages';
import { withParts } from './netsuite.parts';
import { pullSpec, type PullColumn, type PullSpec } from './netsuite.pull-objects';
import { CREATED, NOW, recordOf, selectOf } from './netsuite.rows';
import { idLiteral, IDS_A_QUERY, isRefusedQuery, PAGE_ROWS, queryRows, wallMoment, wallOf } from './netsuite.suiteql';
import { instantText, isAlwaysUtc, measured, wallAt, type UserClock } from './netsuite.time';

const MINUTE_MS = 60_000;
/** A search runs seconds behind a save, a long save longer, and some stamps have whole minutes only. */
const OVERLAP_MS = 10 * MINUTE_MS;
/** Where clocks are changed, an hour comes twice and a measured offset is off by one: each poll looks back beyond it. */
const ZONE_OVERLAP_MS = 75 * MINUTE_MS;

/**
 * - `watermark`: when the last finished poll began, by NetSuite's own clock; the hub's is never compared with it.
 * - `offset`: minutes that the user's clock was ahead of UTC, as last measured.
 * - `phase`, `from`, `after`, `startedAt`: inside a poll; what it reads, from which wall time on, the row that the last page
 *   ended with, and when its first page was answered. Changes are read first, deletions then.
 */
interface ChangesCursor {
  readonly watermark: string;
  readonly offset: number;
  readonly phase?: 'changes' | 'deletions';
  readonly from?: string;
  readonly after?: Place;
  readonly startedAt?: string;
}

interface FullCursor {
  readonly afterId: string;
}

export async function pullPage(
  client: NetSuiteClient,
  columns: PullColumns,
  request: PullRequest,
): Promise<Result<PullPage, ConnectorError>> {
  const spec = pullSpec(request.object);
  if (spec === null) return notPulled(request.object);
  const pull = new ObjectPull(client, columns, spec);
  return request.mode === 'full' ? pull.full(request.cursor) : pull.changes(request);
}

/** Records by id; those that were deleted as tombstones. */
export async function readByIds(
  client: NetSuiteClient,
  columns: PullColumns,
  object: string,
  ids: readonly string[],
): Promise<Result<readonly PulledRecord[], ConnectorError>> {
  const spec = pullSpec(object);
  if (spec === null) return notPulled(object);
  return new ObjectPull(client, columns, spec).byIds([...new Set(ids.filter((id) => /^-?\d{1,15}$/.test(id)))]);
}

class ObjectPull {
  private clock: UserClock;

  constructor(
    private readonly client: NetSuiteClient,
    private readonly columns: PullColumns,
    private readonly spec: PullSpec,
  ) {
    this.clock = { zone: client.settings.config.time_zone ?? null, offsetMinutes: 0 };
  }

  async changes({ cursor, since }: PullRequest): Promise<Result<PullPage, ConnectorError>> {
    if (cursor === null) return this.begin(since);
    const place = cursor as unknown as ChangesCursor;
    this.clock = { ...this.clock, offsetMinutes: place.offset };
    const from = place.from ?? this.lookBack(place.watermark);
    return place.phase === 'deletions' ? this.deletedPage({ ...place, from }) : this.changedPage({ ...place, from });
  }

  async full(cursor: JsonObject | null): Promise<Result<PullPage, ConnectorError>> {
    const after = cursor === null ? null : (cursor as unknown as FullCursor).afterId;
    const condition = after === null ? null : `x.id > ${idLiteral(after)}`;
    const page = await this.page(condition, 'x.id');
    if (!page.ok) return page;
    const { records, last, isFull } = page.value;
    return ok({ records, cursor: last === null ? (cursor ?? {}) : { afterId: last.id }, done: !isFull });
  }

  async byIds(ids: readonly string[]): Promise<Result<readonly PulledRecord[], ConnectorError>> {
    if (ids.length === 0) return ok([]);
    const list = ids.slice(0, IDS_A_QUERY).map(idLiteral).join(', ');
    const page = await this.page(`x.id IN (${list})`, 'x.id');
    if (!page.ok) return page;
    const { records } = page.value;
    const missing = ids.filter((id) => !records.some((record) => record.id === id));
    if (missing.length === 0 || !this.pullsDeletions()) return ok(records);
    const gone = await tombstones(
      this.client,
      this.spec,
      this.clock,
      `recordid IN (${missing.map(idLiteral).join(', ')})`,
    );
    return gone.ok ? ok([...records, ...gone.value.records]) : gone;
  }

  /** Which zone SuiteQL speaks in has to be known before the first moment is written in it. */
  private async begin(since: string | null): Promise<Result<PullPage, ConnectorError>> {
    const asked = await queryRows(this.client, `SELECT ${wallOf('SYSDATE')} AS ${NOW} FROM dual`);
    if (!asked.ok) return asked;
    const { rows, answeredAtMs } = asked.value;
    this.clock = measured(this.clock, textOf(rows[0]?.[NOW]), answeredAtMs);
    const { offsetMinutes: offset } = this.clock;
    if (since === null) {
      if (answeredAtMs === null) return err(UNREADABLE_ANSWER);
      return ok({ records: [], cursor: asJson({ watermark: timestamp(answeredAtMs), offset }), done: true });
    }
    const watermark = new Date(since).toISOString();
    // The given day is the first one wanted; where clocks are changed nobody can say to the hour where it begins.
    const from = isAlwaysUtc(this.clock) ? wallAt(this.clock, Date.parse(watermark)) : this.lookBack(watermark);
    return this.changedPage({ watermark, offset, from });
  }

  private async changedPage(
    place: ChangesCursor & { readonly from: string },
  ): Promise<Result<PullPage, ConnectorError>> {
    const stamp = wallOf('x.lastmodifieddate');
    const within = `x.lastmodifieddate >= ${wallMoment(place.from)}`;
    const page = await this.page(`${within}${keyset(place.after, stamp, 'x.id')}`, `${stamp}, x.id`);
    if (!page.ok) return page;
    const { records, last, isFull, answeredAtMs, wallNow } = page.value;
    this.clock = measured(this.clock, wallNow, answeredAtMs);
    const progress = this.progress(place, answeredAtMs);
    if (isFull && last !== null) {
      return ok({ records, cursor: asJson({ ...progress, phase: 'changes', after: last }), done: false });
    }
    if (!this.pullsDeletions()) return ok({ records, cursor: this.finished(progress), done: true });
    const { after: _place, ...fresh } = progress;
    return ok({ records, cursor: asJson({ ...fresh, phase: 'deletions' }), done: false });
  }

  private async deletedPage(
    place: ChangesCursor & { readonly from: string },
  ): Promise<Result<PullPage, ConnectorError>> {
    const within = `deleteddate >= ${wallMoment(place.from)}`;
    const gone = await tombstones(
      this.client,
      this.spec,
      this.clock,
      `${within}${keyset(place.after, wallOf('deleteddate'), 'recordid')}`,
    );
    if (!gone.ok) return gone;
    const { records, last, isFull, answeredAtMs } = gone.value;
    const progress = this.progress(place, answeredAtMs);
    return isFull && last !== null
      ? ok({ records, cursor: asJson({ ...progress, phase: 'deletions', after: last }), done: false })
      : ok({ records, cursor: this.finished(progress), done: true });
  }

  private async page(condition: string | null, order: string): Promise<Result<PageFound, ConnectorError>> {
    const columns = await this.columns.of(this.client, this.spec);
    if (!columns.ok) return columns;
    const conditions = [this.spec.where, condition].filter((part) => part !== null);
    const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
    const statement = `${selectOf(this.spec, columns.value)}${where} ORDER BY ${order}`;
    const page = await queryRows(this.client, statement);
    if (!page.ok) {
      // A field was removed or hidden since it was described: the next try asks again.
      if (isRefusedQuery(page.error)) this.columns.forget(this.client, this.spec);
      return page;
    }
    const { rows, complete, answeredAtMs } = page.value;
    const records = await this.toRecords(columns.value, rows);
    if (!records.ok) return records;
    return ok({
      records: records.value,
      last: placeOf(rows.at(-1), 'id'),
      isFull: !complete || rows.length >= PAGE_ROWS,
      answeredAtMs,
      wallNow: textOf(rows[0]?.[NOW]),
    });
  }

  private async toRecords(
    columns: readonly PullColumn[],
    rows: readonly Members[],
  ): Promise<Result<readonly PulledRecord[], ConnectorError>> {
    if (rows.some((row) => placeOf(row, 'id') === null)) return err(UNREADABLE_ANSWER);
    const bare = rows.map((row) => recordOf(this.spec, columns, row));
    const full = await withParts(this.client, this.spec, bare);
    if (!full.ok) return full;
    return ok(
      full.value.map((record, index): PulledRecord => {
        const { stamp, id } = placeOf(rows[index], 'id') ?? { stamp: '', id: '' };
        const modifiedAt = instantText(this.clock, stamp);
        const created = textOf(rows[index]?.[CREATED]);
        return {
          object: this.spec.name,
          id,
          change: created === stamp ? 'created' : 'updated',
          // Some accounts stamp to the minute: in it, somebody may have changed what was just made.
          isUntouched: created === stamp && !stamp.endsWith(':00'),
          version: stamp,
          modifiedAt,
          // NetSuite says so of transactions alone, and of nobody by a name that the hub knows itself by.
          modifiedByUs: null,
          dataText: stringify({ ...record, lastModifiedDate: modifiedAt }) ?? '{}',
        };
      }),
    );
  }

  private progress(
    place: ChangesCursor & { readonly from: string },
    answeredAtMs: number | null,
  ): ChangesCursor & { readonly from: string } {
    const startedAt = place.startedAt ?? (answeredAtMs === null ? undefined : timestamp(answeredAtMs));
    return { ...place, offset: this.clock.offsetMinutes, ...(startedAt === undefined ? {} : { startedAt }) };
  }

  /** Without a clock in the answers the poll begins again where it began: late, but complete. */
  private finished({ watermark, offset, startedAt }: ChangesCursor): JsonObject {
    return asJson({ watermark: startedAt ?? watermark, offset });
  }

  private lookBack(watermark: string): string {
    const overlap = isAlwaysUtc(this.clock) ? OVERLAP_MS : ZONE_OVERLAP_MS;
    return wallAt(this.clock, Math.max(Date.parse(watermark) - overlap, 0));
  }

  private pullsDeletions(): boolean {
    return this.client.settings.config.pull_deletions !== false;
  }
}

function timestamp(ms: number): string {
  return new Date(ms).toISOString();
}

function notPulled(object: string): Result<never, ConnectorError> {
  return err({
    category: 'config',
    code: 'not_pulled',
    message: `${object} is not an object whose changes are pulled`,
  });
}

function asJson(cursor: ChangesCursor): JsonObject {
  return cursor as unknown as JsonObject;
}
