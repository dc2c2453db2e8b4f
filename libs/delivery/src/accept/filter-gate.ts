import { LRUCache } from 'lru-cache';
import { type Database } from '@hub/database';
import { matchesEventType } from '../routes/event-type-pattern';
import { type AcceptInput, type FilterVerdict } from './accept.types';

/** Port to the mapping engine: `null` when it could not decide in time, for whatever reason. */
export interface FilterEvaluator {
  evaluate(tenantId: string, filter: string, event: AcceptInput): Promise<boolean | null>;
}

interface FilterRoute {
  readonly id: string;
  readonly revision: number;
  readonly event_type: string;
  readonly filter: string;
}

const ROUTES_TTL_MS = 1_000;
/** Decisions of one tenant under way at once; above it the worker decides, so that nobody's filters crowd out others. */
const MOST_AT_ONCE = 64;

/**
 * Decides routes' filters before the commit, so that the answer can name the routes that match. Never in the way: what
 * is not decided in time is left to the worker, and a verdict for a route that has changed meanwhile does not count.
 */
export class FilterGate {
  private readonly routes = new LRUCache<string, readonly FilterRoute[]>({ max: 20_000, ttl: ROUTES_TTL_MS });
  private readonly underWay = new Map<string, number>();

  constructor(
    private readonly database: Database,
    private readonly evaluator: FilterEvaluator,
  ) {}

  async verdicts(tenantId: string, events: readonly AcceptInput[]): Promise<FilterVerdict[]> {
    const routes = this.routes.get(tenantId) ?? (await this.load(tenantId));
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

  private async load(tenantId: string): Promise<readonly FilterRoute[]> {
    const routes = await this.database.transaction(
      (tx) =>
        tx.query<FilterRoute & Record<string, unknown>>(
          `select id, revision, event_type, filter from routes
           where tenant_id = $1 and filter is not null and enabled and deleted_at is null`,
          [tenantId],
          'filter_routes',
        ),
      `select set_config('app.tenant_ids','${tenantId}',true)`,
    );
    this.routes.set(tenantId, routes);
    return routes;
  }
}
