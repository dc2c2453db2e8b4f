import { type Database } from '@hub/database';
import { expireNotices, findExpiredNotices, tenantsWithHubEvents } from '@hub/delivery';
import { type DrainTarget, type Logger } from '@hub/platform';
import { type TenantDb } from '@hub/tenancy';
import { disableFailing, FanOut, findFailingEndpoints } from '@hub/webhooks';
import { repeat } from '../repeat';
import { HUB_BUS, findFacts, intoBacklog } from './notice-ports';

/** A notice is as late as this at most, beside its delivery. */
const LOOK_EVERY_MS = 500;
/** Endpoints fail for days before they are switched off. */
const WATCH_EVERY_MS = 10_000;
const TIDY_EVERY_MS = 600_000;
const TENANTS_AT_ONCE = 4;

export interface WebhookParts {
  /** Must see internal rows. */
  readonly tenants: TenantDb;
  /** Logged in as the dispatcher. */
  readonly dispatcher: Database;
  /** Of deliveries. */
  readonly ring: (target: DrainTarget) => void;
  readonly disableAfterSeconds: number;
  readonly logger: Logger;
}

export interface RunningWebhooks {
  /** When it last looked for news without failing; for readiness. */
  lastLookMs(): number;
  /** Takes nothing more on, and waits for the page under way. */
  stop(): Promise<void>;
}

/**
 * Makes notices of what happened, for tenants that have endpoints, and switches off endpoints that have failed for days.
 * Every worker does: cursor and rows are locked by whoever comes first, and the others pass on.
 */
export function startWebhooks(parts: WebhookParts): RunningWebhooks {
  const { tenants, dispatcher, ring, logger } = parts;
  const fanOut = new FanOut({ tenants, bus: HUB_BUS, facts: findFacts, backlog: intoBacklog, ring, logger });
  const stopping = new AbortController();
  const { signal } = stopping;
  let lastLookMs = Date.now();
  /** What fails for one tenant is tried again at the next look, and holds up no other. */
  const tellOne = (tenantId: string): Promise<unknown> =>
    fanOut.run(tenantId).catch((error: unknown) => {
      logger.warn('notices of a tenant could not be made', { tenant_id: tenantId, error });
    });
  const look = async (): Promise<void> => {
    const waiting = await tenantsWithHubEvents(dispatcher, 'webhooks');
    await Promise.all(
      Array.from({ length: TENANTS_AT_ONCE }, async () => {
        for (let tenant = waiting.pop(); tenant !== undefined && !signal.aborted; tenant = waiting.pop())
          await tellOne(tenant);
      }),
    );
    lastLookMs = Date.now();
  };
  const watch = async (): Promise<void> => {
    for (const { tenantId, endpointId } of await findFailingEndpoints(dispatcher, parts.disableAfterSeconds)) {
      const disabled = await tenants.run(tenantId, (tx) => disableFailing(tx, endpointId, parts.disableAfterSeconds));
      if (disabled) logger.warn('an endpoint of webhooks kept failing and was switched off', { tenant_id: tenantId });
    }
  };
  const tidy = async (): Promise<void> => {
    for (const { tenantId, connectionId } of await findExpiredNotices(dispatcher)) {
      const expire = (): Promise<boolean> => tenants.run(tenantId, (tx) => expireNotices(tx, connectionId));
      while (!signal.aborted && (await expire()));
    }
  };
  const running = [
    repeat('news for webhooks', logger, 0, LOOK_EVERY_MS, look),
    repeat('failing endpoints of webhooks', logger, 0, WATCH_EVERY_MS, watch),
    repeat('expired notices of webhooks', logger, 0, TIDY_EVERY_MS, tidy),
  ];
  return {
    lastLookMs: () => lastLookMs,
    async stop() {
      stopping.abort();
      await Promise.all(running.map((turns) => turns.stop()));
    },
  };
}
