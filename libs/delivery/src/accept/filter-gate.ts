import { LRUCache } from 'lru-cache';
import { uuidArray, type Database } from '@hub/database';
import { atMost, Gathered, grouped } from '@hub/platform';
import { matchesEventType } from '../routes/event-type-pattern';
import { acceptPreamble } from './accept-preamble';
import { type AcceptInput, type FilterVerdict } from './accept.types';

/** Port to the mapping engine: `null` when it could not decide in time, for whatever reason. */
export interface FilterEvaluator {
  evaluate(tenantId: string, filter: string, event: AcceptInput): Promise<boolean | null>;
}

interface FilterRoute {
  readonly tenant_id: string;
  readonly id: string;
  readonly revision: number;
  readonly event_type: string;
  readonly filter: string;
}

/** Each tenant's looked up by index: a join would read all routes of the hub. */
const FILTER_ROUTES = `
select r.tenant_id, r.id, r.revision, r.event_type, r.filter from unnest($1::uuid[]) as t(id)
cross join lateral (
  select tenant_id, id, revision, event_type, filter from routes
  where tenant_id = t.id and filter is not null and enabled and deleted_at is null offset 0) r`;

const ROUTES_TTL_MS = 1_000;
/** Decisions of one tenant under way at once; above it the worker decides, so that nobody's filters crowd out others. */
const MOST_AT_ONCE = 64;

/**
 * Decides routes' filters before the commit, so that the answer can name the routes that match. Never in the way: what
 * is not decided in time is left to the worker, and a verdict for a route that has changed meanwhile does not count.
 */
export class FilterGate {
  private readonly routes = new LRUCache<string, readonly FilterRoute[]>({ ...atMost(20_000), ttl: ROUTES_TTL_MS });
  private readonly underWay = new Map<string, number>();
  /** Of several tenants at once, by the role that accepts for several: with thousands of tenants nearly each request asks. */
  private readonly loads: Gathered<readonly FilterRoute[]>;

  constructor(
    private readonly database: Database,
    private readonly evaluator: FilterEvaluator,
  ) {
    this.loads = new Gathered((tenantIds) => this.load(tenantIds));
  }

  async verdicts(tenantId: string, events: readonly AcceptInput[]): Promise<FilterVerdict[]> {
    const routes = this.routes.get(tenantId) ?? (await this.loads.get(tenantId));
    if (routes.length === 0) return [];
    const decisions = events.flatMap((event) =>
      routes
        .filter((route) => matchesEventType(route.event_type, event.type))
        .map((route) => this.decide(tenantId, route, event)),
    );
    return (await Promise.all(decisions)).filter((verdict) => verdict !== null);
  }

  private async decide(tenantId: string, route: FilterRoute, event: AcceptInput): Promise<FilterVerdict | null> {
    const running = this.underWay.get(tenantId) ?? 0;
    if (running >= MOST_AT_ONCE) return null;
    this.underWay.set(tenantId, running + 1);
    try {
      const passes = await this.evaluator.evaluate(tenantId, route.filter, event);
      return passes === null
        ? null
        : { trackingId: event.trackingId, routeId: route.id, revision: route.revision, passes };
    } finally {
      const left = (this.underWay.get(tenantId) ?? 1) - 1;
      if (left === 0) this.underWay.delete(tenantId);
      else this.underWay.set(tenantId, left);
    }
  }

  private async load(tenantIds: readonly string[]): Promise<(readonly FilterRoute[])[]> {
    const found = await this.database.transaction(
      (tx) => tx.query<FilterRoute & Record<string, unknown>>(FILTER_ROUTES, [uuidArray(tenantIds)], 'filter_routes'),
      acceptPreamble(tenantIds),
    );
    const byTenant = grouped(found, (route) => route.tenant_id);
    return tenantIds.map((tenantId) => {
      const routes = byTenant.get(tenantId) ?? [];
      this.routes.set(tenantId, routes);
      return routes;
    });
  }
}
