import { uuidTimeMs } from '@hub/platform';
import { type TenantDb, type TenantTx } from '@hub/tenancy';
import { type HourBooks, type HourFacts, type HourMost } from './balance.types';
import { closeHour, findDueHours, findMost, keepHour, listKeptHours, type KeptHour } from './books.repository';
import { countHour } from './count-hour';
import { differencesOf } from './differences';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/**
 * How far back hours are counted anew, as long as retention has not taken their rows away before. What was counted last
 * stays in the books.
 */
const RECOUNTED_HOURS = 6 * 24;
/** While it may still grow, and a little longer: for commits that come late, and for clocks that are behind. */
const SETTLING_MS = 10 * MINUTE_MS;
/** Counting an hour takes up at most this share of the time until it is counted again. */
const COST_FACTOR = 50;
/** A reader does not wait for the counting of an hour that has more rows than this; they get what was counted last. */
const MOST_ROWS_WHILE_READ = 50_000;
const READ_BUDGET_MS = 120;

export interface RefreshResult {
  readonly counted: number;
  /** Nothing was left for want of time. */
  readonly complete: boolean;
}

/** The books of each tenant: counted hour by hour from the tables themselves, compared, and kept. */
export class Books {
  /** @param clock what counting takes is held against a budget by this, in ms */
  constructor(
    private readonly tenants: TenantDb,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /**
   * Counts the hours that are due and keeps them, newest first, until `budgetMs` is used up; the rest follows the next time.
   * One hour is one short transaction.
   */
  async refresh(tenantId: string, budgetMs: number): Promise<RefreshResult> {
    const startedAt = this.clock();
    const plan = await this.tenants.run(tenantId, planOf);
    let counted = 0;
    for (const hour of plan.hours) {
      if (counted > 0 && this.clock() - startedAt > budgetMs) return { counted, complete: false };
      await this.tenants.run(tenantId, (tx) => recount(tx, hour, plan.now));
      counted++;
    }
    await this.tenants.run(tenantId, (tx) => noteProgress(tx, plan.now));
    return { counted, complete: true };
  }

  /**
   * The books from `from` up to `to`, oldest first, without hours in which nothing was accepted. Hours that may still change
   * are counted on the spot as long as that takes next to no time, and kept by nobody: reading changes nothing. `countedAt`
   * tells how old each figure is.
   */
  async read(tenantId: string, from: Date, to: Date): Promise<HourBooks[]> {
    const startedAt = this.clock();
    const { kept, unknown, now, first } = await this.tenants.run(tenantId, async (tx) => {
      const plan = await planOf(tx);
      const rows = await listKeptHours(tx, from, to);
      return { ...plan, kept: rows, unknown: plan.hours.filter((hour) => hour >= from && hour < to) };
    });
    const found = new Map(kept.map((hour) => [hour.books.hour.getTime(), hour]));
    const fresh = new Map<number, HourBooks>();
    const wanted = kept
      .filter(({ books, isDue }) => books.hour >= first && (isDue || books.open > 0 || !isOver(books.hour, now)))
      .map(({ books }) => books.hour);
    const times = [...new Set([...wanted, ...unknown].map((hour) => hour.getTime()))].sort((a, b) => b - a);
    for (const time of times) {
      if (this.clock() - startedAt > READ_BUDGET_MS) break;
      if (sizeOf(found.get(time)) > MOST_ROWS_WHILE_READ) continue;
      const books = await this.tenants.run(tenantId, (tx) =>
        countedNow(tx, new Date(time), now, found.get(time)?.most),
      );
      if (books !== null) fresh.set(time, books);
    }
    for (const [time, { books }] of found) if (!fresh.has(time)) fresh.set(time, books);
    return [...fresh.values()].sort((a, b) => a.hour.getTime() - b.hour.getTime());
  }
}

interface Plan {
  /** The database's clock. */
  readonly now: Date;
  /** The oldest hour that is still counted anew. */
  readonly first: Date;
  /** Due, or never counted, newest first. */
  readonly hours: readonly Date[];
}

async function planOf(tx: TenantTx): Promise<Plan> {
  const [row] = await tx.query<{ now: Date; through: Date | null }>(
    `select now() as now, (select books_through from tenant_watch where tenant_id = $1) as through`,
    [tx.tenantId],
    'books_progress',
  );
  const now = row?.now ?? new Date();
  const current = floorToHour(now).getTime();
  const first = new Date(current - RECOUNTED_HOURS * HOUR_MS);
  const from = Math.max(first.getTime(), (row?.through ?? (await firstAcceptance(tx)) ?? now).getTime());
  const kept = await listKeptHours(tx, new Date(from), new Date(current + HOUR_MS));
  const known = new Set(kept.map(({ books }) => books.hour.getTime()));
  const hours = (await findDueHours(tx, first, RECOUNTED_HOURS)).map((hour) => hour.getTime());
  for (let time = floorToHour(new Date(from)).getTime(); time <= current; time += HOUR_MS)
    if (!known.has(time)) hours.push(time);
  return { now, first, hours: hours.sort((a, b) => b - a).map((time) => new Date(time)) };
}

/** The time inside the id of the oldest event that is there. */
async function firstAcceptance(tx: TenantTx): Promise<Date | null> {
  const [row] = await tx.query<{ id: string }>(`select id from events where tenant_id = $1 order by id limit 1`, [
    tx.tenantId,
  ]);
  return row === undefined ? null : new Date(uuidTimeMs(row.id));
}

/** Everything before the hour that may still grow has been looked at. */
async function noteProgress(tx: TenantTx, now: Date): Promise<void> {
  await tx.query(
    `insert into tenant_watch (tenant_id, books_through) values ($1, $2)
     on conflict (tenant_id) do update set books_through = excluded.books_through`,
    [tx.tenantId, floorToHour(new Date(now.getTime() - SETTLING_MS))],
    'note_books_progress',
  );
}

async function recount(tx: TenantTx, hour: Date, now: Date): Promise<void> {
  const startedAt = performance.now();
  const facts = await countHour(tx, hour, isOver(hour, now));
  if (facts === null) return closeHour(tx, hour);
  const most = await findMost(tx, hour);
  if (most === null && facts.events === 0 && facts.made + facts.replays === 0) return;
  const differences = differencesOf(facts, most ?? NOTHING);
  const cost = (performance.now() - startedAt) * COST_FACTOR;
  await keepHour(
    tx,
    hour,
    facts,
    differences,
    Math.round(Math.max(restOf(facts, hour, now, differences.length), cost)),
  );
}

async function countedNow(tx: TenantTx, hour: Date, now: Date, most: HourMost | undefined): Promise<HourBooks | null> {
  const facts = await countHour(tx, hour, isOver(hour, now));
  if (facts === null) return null;
  if (most === undefined && facts.events === 0 && facts.made + facts.replays === 0) return null;
  const differences = differencesOf(facts, most ?? NOTHING);
  return { ...facts, hour, differences, balanced: differences.length === 0, countedAt: now };
}

const NOTHING: HourMost = { events: 0, deliveries: 0 };

/** How long an hour is left alone: the less it can still change, the longer. One that does not balance is watched. */
function restOf(facts: HourFacts, hour: Date, now: Date, differences: number): number {
  if (!isOver(hour, now)) return 10_000;
  if (facts.open > 0 || differences > 0) return MINUTE_MS;
  return facts.dead > 0 ? 10 * MINUTE_MS : 6 * HOUR_MS;
}

function isOver(hour: Date, now: Date): boolean {
  return now.getTime() - hour.getTime() > HOUR_MS + SETTLING_MS;
}

function sizeOf(kept: KeptHour | undefined): number {
  return kept === undefined ? 0 : kept.books.events + kept.books.made + kept.books.replays + kept.books.told;
}

/** Hours begin on the hour, UTC. */
export function floorToHour(moment: Date): Date {
  return new Date(Math.floor(moment.getTime() / HOUR_MS) * HOUR_MS);
}
