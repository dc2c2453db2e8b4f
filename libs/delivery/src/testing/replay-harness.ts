import { type AuditActor } from '@hub/audit';
import { type DrainTarget } from '@hub/platform';
import { type TestDatabase } from '@hub/testing';
import { AcceptBatch } from '../accept/accept-batch';
import { type AcceptInput } from '../accept/accept.types';
import { type DeliveryMapper, type SendResult } from '../drain/drain.ports';
import { Books } from '../balance/books';
import { listReplayItems } from '../replay/replay-items.repository';
import { findReplay, createReplay } from '../replay/replay.repository';
import { type MissingSelection, type NewReplay, type ReplayView } from '../replay/replay.types';
import { type ReplayTarget } from '../replay/replay-lease';
import { ReplayRunner, type ReplayLimits } from '../replay/replay-runner';
import { accepted, createDeliveryHarness, passThrough, refused, type DeliveryHarness } from './delivery-harness';

const HOUR_MS = 3_600_000;

export const SOMEBODY: AuditActor = {
  type: 'api_key',
  id: 'key_test',
  label: 'test',
  ip: null,
  userAgent: null,
  requestId: null,
};

export interface FullDelivery {
  id: string;
  tracking_id: string;
  seq: number;
  status: string;
  reason: string | null;
  replay_of: string | null;
  replay_id: string | null;
  replayed_by: string | null;
  resolved_by: string | null;
  mapped_payload: string | null;
}

/** Dead letters, and runners that take them up. */
export interface ReplayHarness extends DeliveryHarness {
  readonly rung: DrainTarget[];
  /** Replays that have more to do at once. */
  readonly rungReplays: ReplayTarget[];
  readonly laterRuns: number[];
  accept(...events: readonly Partial<AcceptInput>[]): Promise<void>;
  /** Accepts events that are refused for good. */
  makeDead(...events: readonly Partial<AcceptInput>[]): Promise<void>;
  /** Drains once, every record being answered so. */
  drain(result?: SendResult): Promise<void>;
  start(wanted?: Partial<NewReplay>): Promise<ReplayView>;
  view(id: string): Promise<ReplayView>;
  runner(options?: { limits?: Partial<ReplayLimits>; mapper?: DeliveryMapper; workerId?: string }): ReplayRunner;
  /** Runs a replay to its end, draining in between. */
  finish(id: string, result?: SendResult): Promise<ReplayView>;
  all(): Promise<FullDelivery[]>;
  events(): Promise<{ status: string; open: number; succeeded: number; failed: number }[]>;
  sql<Row extends Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

export async function createReplayHarness(database: TestDatabase): Promise<ReplayHarness> {
  const harness = await createDeliveryHarness(database);
  const { tenantId, tenantDb, target } = harness;
  const batch = new AcceptBatch(database.accept);
  const rung: DrainTarget[] = [];
  const rungReplays: ReplayTarget[] = [];
  const laterRuns: number[] = [];
  const sql = <Row extends Record<string, unknown>>(text: string, values: readonly unknown[] = []): Promise<Row[]> =>
    tenantDb.run(tenantId, (tx) => tx.query<Row>(text, values));
  const view = async (id: string): Promise<ReplayView> => {
    const found = await tenantDb.run(tenantId, (tx) => findReplay(tx, id));
    if (found === null) throw new Error('there is no such replay');
    return found;
  };
  const drain = (result = accepted()): Promise<void> =>
    harness.drainer((items) => items.map(() => result)).drain(target);
  const accept = async (...events: readonly Partial<AcceptInput>[]): Promise<void> => {
    await batch.accept(events.map((event) => harness.event(event)));
  };
  const runner: ReplayHarness['runner'] = (options = {}) =>
    new ReplayRunner({
      tenants: tenantDb,
      mapper: options.mapper ?? passThrough,
      bell: {
        ring: (target) => void rungReplays.push(target),
        ringLater: (_target, delayMs) => {
          laterRuns.push(delayMs);
          return Promise.resolve(true);
        },
      },
      ringDelivery: (rungFor) => void rung.push(rungFor),
      workerId: options.workerId ?? 'test-worker',
      limits: { budgetMs: 50, ...options.limits },
    });
  return {
    ...harness,
    rung,
    rungReplays,
    laterRuns,
    sql,
    view,
    drain,
    accept,
    runner,
    async makeDead(...events) {
      await accept(...events);
      await drain(refused('validation'));
    },
    async start(wanted = {}) {
      const replay: NewReplay = {
        action: 'replay',
        selection: { kind: 'filter', filter: {} },
        mapping: 'original',
        includeSucceeded: false,
        includeCancelled: false,
        includeSuperseded: false,
        dryRun: false,
        ratePerSecond: null,
        reason: 'as the test wants',
        expectedCount: null,
        ...wanted,
      };
      const made = await tenantDb.run(tenantId, (tx) => createReplay(tx, replay, SOMEBODY));
      if (!made.ok) throw new Error(made.error.detail);
      return made.value;
    },
    async finish(id, result) {
      for (let turn = 0; turn < 200; turn++) {
        const now = await view(id);
        if (now.ended_at !== null) return now;
        await sql(`update replays set next_slice_at = now() where id = $1`, [id]);
        await runner().run({ tenantId, replayId: id });
        await drain(result);
      }
      throw new Error(`the replay does not end: ${JSON.stringify(await view(id))}`);
    },
    all: () =>
      sql<FullDelivery & Record<string, unknown>>(
        `select id, tracking_id, seq, status, reason, replay_of, replay_id, replayed_by, resolved_by, mapped_payload
         from deliveries order by seq, id`,
      ),
    events: () =>
      sql(
        `select status, deliveries_open as open, deliveries_succeeded as succeeded, deliveries_failed as failed
         from events order by id`,
      ),
  };
}

export type RunnerOptions = Parameters<ReplayHarness['runner']>[0];

export const hasEnded = (replay: ReplayView): boolean => replay.ended_at !== null;

export interface Turns {
  turn(id: string, options?: RunnerOptions): Promise<void>;
  /** Turn after turn, however little of it a busy machine gets done in one. */
  runUntil(id: string, is: (replay: ReplayView) => boolean, options?: RunnerOptions): Promise<void>;
  /** Until everything is taken up. */
  run(id: string): Promise<void>;
}

/** What became of each item of a replay, oldest first. */
export async function outcomesOf({ tenantDb, tenantId }: ReplayHarness, id: string): Promise<string[]> {
  const items = await tenantDb.run(tenantId, (tx) => listReplayItems(tx, id, {}, { limit: 100, before: null }));
  return items.reverse().map(({ outcome, reason }) => (reason === null ? outcome : `${outcome}: ${reason}`));
}

/** What the route has nothing of, of the hours around now. */
export function missedBy(routeId: string, range: Partial<MissingSelection> = {}): MissingSelection {
  return {
    kind: 'missing',
    routeId,
    from: new Date(Date.now() - HOUR_MS).toISOString(),
    to: new Date(Date.now() + HOUR_MS).toISOString(),
    ...range,
  };
}

/** Of the hours around now. */
export async function expectBooksBalance({ tenantDb, tenantId }: ReplayHarness): Promise<void> {
  const range = [new Date(Date.now() - 2 * HOUR_MS), new Date(Date.now() + HOUR_MS)] as const;
  const books = await new Books(tenantDb, () => 0).read(tenantId, ...range);
  expect(books.flatMap(({ differences }) => differences)).toEqual([]);
}

/** Turns of a replay of whichever harness the test at hand has. */
export function turnsOf(current: () => ReplayHarness): Turns {
  const turn: Turns['turn'] = (id, options) => {
    const harness = current();
    return harness.runner(options).run({ tenantId: harness.tenantId, replayId: id });
  };
  const runUntil: Turns['runUntil'] = async (id, is, options) => {
    for (let turns = 0; ; turns++) {
      const now = await current().view(id);
      if (is(now)) return;
      if (turns === 100) throw new Error(`it does not come to that: ${JSON.stringify(now)}`);
      await turn(id, options);
    }
  };
  return {
    turn,
    runUntil,
    run: (id) =>
      runUntil(id, (replay) => hasEnded(replay) || (replay.phase !== 'collecting' && replay.counts.waiting === 0)),
  };
}
