import { type ConnectorRegistry } from '@hub/connector-sdk';
import { type MappingEngine } from '@hub/mapping-engine';
import {
  compareRuns,
  findBacktestEvents,
  findBacktestSources,
  findSentDeliveries,
  toDetail,
  type BacktestEnd,
  type BacktestEvent,
  type BacktestStep,
  type BacktestTotals,
  type ClaimedBacktest,
  type MappingVersions,
  type NewBacktestItem,
  type SentDelivery,
  type SentPayload,
} from '@hub/mapping-store';
import { type Json, type Logger } from '@hub/platform';
import { type TenantDb } from '@hub/tenancy';
import { likePatterns, passesBy, placesOf, pulledEvent, type Place } from './backtest-places';
import { BacktestRuns, type Trial, type TrialRuns } from './backtest-runs';

/**
 * Comparisons of one step. A step is what a crash repeats, and the time after which other tenants' back-tests have their
 * turn: were each of its runs to be cut at its time limit, it would still end within some ten seconds.
 */
const TRIALS_A_STEP = 20;
/** Runs of a draft that time or memory cut: after so many it is known to be too slow, and goes on costing. */
const MOST_SLOW_RUNS = 20;
/** Events looked at for each comparison that is wanted. */
const LOOK_FACTOR = 10;
/** Time at work, and since it was asked for, after which it ends with what it has. */
const MOST_WORK_MS = 60_000;
export const MOST_AGE_MS = 600_000;
/** A tenant with so many types of events that finding some takes longer has to wait for a better day, not others for it. */
const STATEMENT_MS = 10_000;

export interface StepOptions {
  readonly tenants: TenantDb;
  readonly engine: MappingEngine;
  readonly versions: MappingVersions;
  readonly connectors: ConnectorRegistry;
  readonly logger: Logger;
}

interface Compared {
  readonly item: NewBacktestItem;
  readonly slow: boolean;
}

/**
 * The next comparisons of a back-test, newest event first. It reads and runs; nothing is kept here.
 * @throws EngineBusy when the engine cannot run them now.
 */
export async function nextStep(
  options: StepOptions,
  tenantId: string,
  claimed: ClaimedBacktest,
  startedMs: number,
): Promise<BacktestStep> {
  const found = await options.tenants.run(tenantId, (tx) =>
    findBacktestSources(tx, claimed.mappingId, claimed.routeIds),
  );
  const base = await options.versions.loadVersion(tenantId, claimed.mappingId, claimed.baseVersion);
  if (found === null || base === null) return ended(claimed, MAPPING_DELETED);
  const places = placesOf(found, options.connectors);
  if (places.length === 0) return ended(claimed, { status: 'succeeded', stoppedBecause: null });
  const page = Math.max(1, Math.floor(TRIALS_A_STEP / places.length));
  const events = await options.tenants.run(
    tenantId,
    (tx) => findBacktestEvents(tx, likePatterns(places), claimed.beforeId, page),
    { statementTimeoutMs: STATEMENT_MS },
  );
  const runs = new BacktestRuns(options, tenantId);
  const { trials, items } = trialsOf(events, places);
  const passed = (await runs.filtered(trials)).slice(0, Math.max(0, claimed.wanted - claimed.tested));
  const compared = await runs.compare(passed, base, claimed);
  const sent = await options.tenants.run(tenantId, (tx) => findSentDeliveries(tx, [...new Set(passed.map(idOf))]));
  const done = passed.map((trial, index) => comparisonOf(trial, compared[index], sent, claimed));
  return stepOf(claimed, [...done, ...items.map((item) => ({ item, slow: false }))], {
    events,
    isLastPage: events.length < page,
    workedMs: claimed.workedMs + Math.round(performance.now() - startedMs),
  });
}

const MAPPING_DELETED: BacktestEnd = {
  status: 'failed',
  error: { code: 'mapping_deleted', message: 'The mapping was deleted while it was tested.' },
};

/** What is to be run, and what cannot be: the record of a pulled event may have been too large to be kept. */
function trialsOf(
  events: readonly BacktestEvent[],
  places: readonly Place[],
): { readonly trials: Trial[]; readonly items: NewBacktestItem[] } {
  const trials: Trial[] = [];
  const items: NewBacktestItem[] = [];
  for (const event of events) {
    for (const place of places) {
      if (!passesBy(place, event)) continue;
      const inputText = place.kind === 'route' ? event.payload : pulledEvent(place, event).inputText;
      if (inputText === null) items.push(omitted(place, event));
      else trials.push({ place, event, inputText });
    }
  }
  return { trials, items };
}

function idOf({ event }: Trial): string {
  return event.id;
}

function comparisonOf(
  trial: Trial,
  runs: TrialRuns | undefined,
  deliveries: readonly SentDelivery[],
  { mappingId, baseVersion }: ClaimedBacktest,
): Compared {
  if (runs === undefined) throw new Error('an event of a back-test was not run');
  const { place, event } = trial;
  const delivery = place.kind === 'route' ? deliveryOf(deliveries, event, place.id) : undefined;
  const madeBy = delivery?.mapping_id === mappingId ? delivery.mapping_version : null;
  const compared = { ...runs, sent: sentOf(trial, delivery, madeBy === baseVersion) };
  const comparison = compareRuns(compared);
  return {
    item: {
      ...identityOf(place, event),
      deliveryId: delivery?.id ?? null,
      outcome: comparison.outcome,
      wasSent: comparison.wasSent,
      detail: toDetail(comparison, compared, compared.sent === null ? null : madeBy),
    },
    slow: runs.slow,
  };
}

function deliveryOf(
  deliveries: readonly SentDelivery[],
  event: BacktestEvent,
  routeId: string,
): SentDelivery | undefined {
  return deliveries.find(({ tracking_id, route_id }) => tracking_id === event.id && route_id === routeId);
}

/** Of a sync: the record's form in the hub's model, as the event carries it. Which version made it is not kept. */
function sentOf({ place, event }: Trial, delivery: SentDelivery | undefined, madeByBase: boolean): SentPayload | null {
  if (place.kind === 'sync') {
    const { canonical } = pulledEvent(place, event);
    return canonical === null ? null : { output: canonical, madeByBase: false };
  }
  const payload = delivery?.as_is === true ? event.payload : (delivery?.payload ?? null);
  return payload === null ? null : { output: JSON.parse(payload) as Json, madeByBase };
}

function identityOf(
  place: Place,
  event: BacktestEvent,
): Pick<NewBacktestItem, 'trackingId' | 'eventId' | 'eventType' | 'connectionId' | 'routeId' | 'syncId'> {
  return {
    trackingId: event.id,
    eventId: event.event_id,
    eventType: event.type,
    connectionId: place.connection_id,
    routeId: place.kind === 'route' ? place.id : null,
    syncId: place.kind === 'sync' ? place.id : null,
  };
}

function omitted(place: Place, event: BacktestEvent): NewBacktestItem {
  const error = { code: 'record_too_large', message: 'The record was too large to be kept with its event.' };
  const run = { kind: 'failed', error } as const;
  return {
    ...identityOf(place, event),
    deliveryId: null,
    outcome: 'not_comparable',
    wasSent: 'not_kept',
    detail: {
      differences: [],
      differenceCount: 0,
      base: run,
      draft: run,
      varying: [],
      sentVersion: null,
      sentDifferences: [],
      sentDifferenceCount: 0,
      reason: error.code,
    },
  };
}

interface Look {
  readonly events: readonly BacktestEvent[];
  readonly isLastPage: boolean;
  readonly workedMs: number;
}

function stepOf(claimed: ClaimedBacktest, compared: readonly Compared[], look: Look): BacktestStep {
  const items = compared.map(({ item }) => item).slice(0, claimed.wanted - claimed.tested);
  const examined = claimed.examined + look.events.length;
  const slowRuns = claimed.slowRuns + compared.filter(({ slow }) => slow).length;
  return {
    items,
    beforeId: look.events[look.events.length - 1]?.id ?? claimed.beforeId,
    examined,
    totals: counted(claimed.totals, items),
    slowRuns,
    workedMs: look.workedMs,
    end: endOf(claimed, claimed.tested + items.length, examined, slowRuns, look),
  };
}

function endOf(
  { wanted, ageMs }: ClaimedBacktest,
  tested: number,
  examined: number,
  slowRuns: number,
  { isLastPage, workedMs }: Look,
): BacktestEnd | null {
  if (tested >= wanted || isLastPage) return { status: 'succeeded', stoppedBecause: null };
  if (slowRuns >= MOST_SLOW_RUNS) return { status: 'succeeded', stoppedBecause: 'draft_too_slow' };
  if (workedMs >= MOST_WORK_MS || ageMs >= MOST_AGE_MS) return { status: 'succeeded', stoppedBecause: 'deadline' };
  if (examined >= wanted * LOOK_FACTOR) return { status: 'succeeded', stoppedBecause: 'few_matches' };
  return null;
}

function counted(before: BacktestTotals, items: readonly NewBacktestItem[]): BacktestTotals {
  const totals: { -readonly [Name in keyof BacktestTotals]: number } = { ...before };
  for (const { outcome, wasSent } of items) {
    for (const name of [outcome, `sent_${wasSent}`] as const) totals[name] = (totals[name] ?? 0) + 1;
  }
  return totals;
}

function ended(claimed: ClaimedBacktest, end: BacktestEnd): BacktestStep {
  const { beforeId, examined, totals, slowRuns, workedMs } = claimed;
  return { items: [], beforeId, examined, totals, slowRuns, workedMs, end };
}
