import { type ConnectorError, type PulledRecord } from '@hub/connector-sdk';
import { err, ok, type Result } from '@hub/platform';
import { type NetSuiteClient } from './netsuite.client';
import { textOf, type Members } from './netsuite.json';
import { type PullSpec } from './netsuite.pull-objects';
import { STAMP } from './netsuite.rows';
import { idLiteral, isRefusedQuery, literal, PAGE_ROWS, queryRows, wallLiteral, wallOf } from './netsuite.suiteql';
import { instantText, type UserClock } from './netsuite.time';

/** A row's place in the order of its pull: what the user's clock showed, and the id. */
export interface Place {
  readonly stamp: string;
  readonly id: string;
}

export interface PageFound {
  readonly records: readonly PulledRecord[];
  readonly last: Place | null;
  readonly isFull: boolean;
  readonly answeredAtMs: number | null;
  /** What the user's clock showed; null where no row told. */
  readonly wallNow: string | null;
}

/**
 * Rows behind a place. Moments are compared as text, because in the night in which an hour comes twice one wall time is two
 * moments: rows would be skipped, or the same page read for ever.
 */
export function keyset(after: Place | undefined, stamp: string, id: string): string {
  if (after === undefined) return '';
  const wall = wallLiteral(after.stamp);
  return ` AND (${stamp} > ${wall} OR (${stamp} = ${wall} AND ${id} > ${idLiteral(after.id)}))`;
}

export function placeOf(row: Members | undefined, idColumn: string): Place | null {
  const [stamp, id] = [textOf(row?.[STAMP]), textOf(row?.[idColumn])];
  return stamp === null || id === null ? null : { stamp, id };
}

/** Deletions of an object: records that are no more in any table but this one. */
export async function tombstones(
  client: NetSuiteClient,
  spec: PullSpec,
  clock: UserClock,
  condition: string,
): Promise<Result<PageFound, ConnectorError>> {
  const types = spec.deletedAs.map(literal).join(', ');
  const stamp = wallOf('deleteddate');
  const page = await queryRows(
    client,
    `SELECT recordid, name, ${stamp} AS ${STAMP} FROM deletedrecord WHERE LOWER(type) IN (${types}) AND ${condition} ` +
      `ORDER BY ${stamp}, recordid`,
  );
  if (!page.ok) return err(withoutPermission(page.error));
  const { rows, complete, answeredAtMs } = page.value;
  return ok({
    records: rows.flatMap((row) => tombstone(spec, clock, row)),
    last: placeOf(rows.at(-1), 'recordid'),
    isFull: !complete || rows.length >= PAGE_ROWS,
    answeredAtMs,
    wallNow: null,
  });
}

function tombstone(spec: PullSpec, clock: UserClock, row: Members): PulledRecord[] {
  const place = placeOf(row, 'recordid');
  if (place === null) return [];
  const { id, stamp } = place;
  const name = textOf(row['name']);
  const modifiedAt = instantText(clock, stamp);
  const data = { id, isDeleted: true, ...(name === null ? {} : { refName: name }), lastModifiedDate: modifiedAt };
  return [
    {
      object: spec.name,
      id,
      change: 'deleted',
      version: stamp,
      modifiedAt,
      modifiedByUs: null,
      dataText: JSON.stringify(data),
    },
  ];
}

function withoutPermission(error: ConnectorError): ConnectorError {
  if (!isRefusedQuery(error)) return error;
  return {
    ...error,
    category: 'permission',
    message: `${error.message} The role needs the permission Deleted Records, or the connection the setting pull_deletions: false.`,
  };
}
