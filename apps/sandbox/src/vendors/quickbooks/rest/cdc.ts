import Big from 'big.js';
import { printEntity } from '../data/entity-printer';
import { searchable } from '../data/singletons';
import { type ApiContext, type ApiReply, type ApiRequest } from '../quickbooks.api.types';
import { type Company } from '../quickbooks.company';
import { Fault, fail, requiredMissing } from '../quickbooks.errors';
import { parseInstant, responseTime, stamp } from '../quickbooks.time';
import { type ValueObject } from '../quickbooks.values';
import { wholeSeconds } from '../query/query-fields';
import { findEntityType } from '../schema/entity-registry';
import { type EntityType } from '../schema/schema.types';

const LOOK_BACK_MS = 30 * 24 * 3_600_000;
/** Of all entities together; there is no next page, and nothing says that something is missing. */
const MAX_OBJECTS = 1000;

/** `GET /cdc?entities=…&changedSince=…`: the full state of what changed, stubs of what was deleted. */
export function changeDataCapture({ company }: ApiContext, { query }: ApiRequest): ApiReply {
  const nowMs = company.clock.now();
  const types = readEntities(query.get('entities'));
  const sinceMs = readSince(query.get('changedSince'), nowMs);
  let room = MAX_OBJECTS;
  const responses = types.map((type) => {
    const changed = changesOf(company, type, sinceMs).slice(0, room);
    room -= changed.length;
    if (changed.length === 0) return {};
    const count = new Big(changed.length);
    return { [type.name]: changed, startPosition: new Big(1), maxResults: count, totalCount: count };
  });
  return { status: 200, body: { CDCResponse: [{ QueryResponse: responses }], time: responseTime(nowMs) } };
}

function changesOf(company: Company, type: EntityType, sinceMs: number): ValueObject[] {
  const changed: ValueObject[] = [];
  const since = wholeSeconds(sinceMs);
  for (const stored of searchable(company, type)) {
    if (wholeSeconds(stored.updatedMs) >= since) changed.push(printEntity(company, stored));
  }
  for (const { id, deletedMs } of company.store.tombstones(type.name)) {
    if (wholeSeconds(deletedMs) >= since && deletedMs + company.settings.visibilityLagMs <= company.clock.now()) {
      changed.push({
        domain: 'QBO',
        status: 'Deleted',
        Id: id,
        MetaData: { LastUpdatedTime: stamp(deletedMs) },
      });
    }
  }
  return changed;
}

function readEntities(text: string | null): EntityType[] {
  const names = (text ?? '').split(',').map((name) => name.trim());
  if (names.every((name) => name === '')) throw new Fault([requiredMissing('entities')]);
  return names.map((name) => {
    const type = findEntityType(name);
    if (!type?.inCdc) {
      fail({
        Message: 'Invalid or unsupported object name',
        Detail: `Invalid or unsupported object name : ${name}`,
        code: '2000',
        element: 'entities',
      });
    }
    return type;
  });
}

/** A plus sign that was not encoded arrives as a space; that is no instant. */
function readSince(text: string | null, nowMs: number): number {
  if (text === null || text === '') throw new Fault([requiredMissing('changedSince')]);
  const sinceMs = parseInstant(text);
  if (sinceMs === undefined) {
    fail({
      Message: 'Invalid Date Format',
      Detail: `Invalid Date Format : changedSince is not a valid date time. Supplied value:${text}`,
      code: '2060',
      element: 'changedSince',
    });
  }
  if (nowMs - sinceMs > LOOK_BACK_MS) {
    fail({
      Message: 'Invalid Date Range',
      Detail: 'Invalid Date Range : changedSince must be within the last 30 days',
      code: '2190',
      element: 'changedSince',
    });
  }
  return sinceMs;
}
