import { z } from 'zod';
import { ADMIN_PREFIX, ControlError, parseControl, type AdminRouter } from '../../../kernel/control-plane';
import { jsonReply } from '../../../kernel/http-frame';
import { type QuickBooksState } from '../quickbooks.state';
import { ENTITY_TYPES } from '../schema/entity-registry';
import { type EntityName } from '../schema/schema.types';
import { toEvent } from '../webhooks/webhook-format';
import { type WebhookSettings } from '../webhooks/webhook-sender';
import { defined, findCompany } from './settings.control';

const ENTITY = z.enum(ENTITY_TYPES.map(({ name }) => name) as [EntityName, ...EntityName[]]);
const WEBHOOK = z.strictObject({
  url: z.url().nullable().optional(),
  verifier_token: z.string().min(1).optional(),
  format: z.enum(['cloudevents', 'legacy']).optional(),
  entities: z.array(ENTITY).nullable().optional(),
  hold: z.boolean().optional(),
  gather_ms: z.number().int().min(0).max(60_000).optional(),
  max_events_per_post: z.number().int().min(1).max(1_000).optional(),
  ack_timeout_ms: z.number().int().min(1).max(60_000).optional(),
  retry_scale: z.number().min(0).max(1).optional(),
  duplicate: z.boolean().optional(),
  disorder: z.boolean().optional(),
});
const EMIT = z.strictObject({
  /** A company, or any realm id: events for companies that nobody connected happen too. */
  realm: z.string().optional(),
  events: z
    .array(
      z.strictObject({
        entity: ENTITY,
        id: z.string(),
        operation: z.enum(['Create', 'Update', 'Delete', 'Void', 'Merge', 'Emailed']),
        deleted_id: z.string().optional(),
      }),
    )
    .min(1),
});

export function addWebhookControls(router: AdminRouter, state: QuickBooksState): AdminRouter {
  return router
    .on('GET', `${ADMIN_PREFIX}/webhook`, () => jsonReply(200, describe(state)))
    .on('POST', `${ADMIN_PREFIX}/webhook`, (exchange) => {
      const wanted = parseControl(WEBHOOK, exchange);
      const changes: { [K in keyof WebhookSettings]: WebhookSettings[K] | undefined } = {
        url: wanted.url,
        verifierToken: wanted.verifier_token,
        format: wanted.format,
        entities: wanted.entities,
        hold: wanted.hold,
        gatherMs: wanted.gather_ms,
        maxEventsPerPost: wanted.max_events_per_post,
        ackTimeoutMs: wanted.ack_timeout_ms,
        retryScale: wanted.retry_scale,
        duplicate: wanted.duplicate,
        disorder: wanted.disorder,
      };
      state.webhooks.change(defined(changes));
      return jsonReply(200, describe(state));
    })
    .on('POST', `${ADMIN_PREFIX}/webhook/hold`, () => {
      state.webhooks.change({ hold: true });
      return { status: 204 };
    })
    .on('POST', `${ADMIN_PREFIX}/webhook/release`, () => {
      state.webhooks.change({ hold: false });
      return { status: 204 };
    })
    .on('POST', `${ADMIN_PREFIX}/webhook/flush`, () => jsonReply(202, state.webhooks.flush()))
    .on('POST', `${ADMIN_PREFIX}/webhook/replay`, () => {
      if (!state.webhooks.replay()) throw new ControlError(409, 'nothing was acknowledged yet');
      return { status: 202 };
    })
    .on('POST', `${ADMIN_PREFIX}/webhook/emit`, (exchange) => {
      const { realm, events } = parseControl(EMIT, exchange);
      const realmId = realm !== undefined && /^\d+$/.test(realm) ? realm : findCompany(state, realm).realmId;
      const atMs = state.clock.now();
      state.webhooks.enqueue(
        events.map(({ entity, id, operation, deleted_id }) =>
          toEvent(realmId, { entity, id, kind: operation, atMs, deletedId: deleted_id }),
        ),
      );
      return { status: 202 };
    });
}

/** The verifier token is a secret of the app; `/accounts` hands out the seeded one. */
function describe({ webhooks }: QuickBooksState): object {
  const { verifierToken: _verifierToken, ...settings } = webhooks.settings;
  return { settings, ...webhooks.describe() };
}
