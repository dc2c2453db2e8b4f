import { type Belongings, type Sample } from './route-samples';

/** Unsafe routes that leave nothing in the audit log, each with the reason. */
export const NOT_RECORDED: Readonly<Record<string, string>> = {
  'POST /v1/events': 'events are recorded as events, with the key that sent them; the chain’s lock is not on their way',
  'POST /v1/events/batch': 'like one event',
  'POST /v1/saved-filters': 'a person’s own bookmark, which shows nothing and changes nothing for anybody else',
  'PATCH /v1/saved-filters/:id': 'like making one',
  'DELETE /v1/saved-filters/:id': 'like making one',
  'POST /v1/mappings/preview': 'keeps nothing and changes nothing',
  'POST /hooks/:connector/:token': 'a vendor’s call, which becomes notices and then events',
  'POST /oauth/start/:state': 'remembers which browser sets out; the link before and the return after are recorded',
};

/** Routes that succeed only with a connector that this suite has not: the spec that has it proves the record of the action. */
export const RECORDED_ELSEWHERE: Readonly<Record<string, { readonly action: string; readonly spec: string }>> = {
  'POST /v1/recipes/apply': { action: 'recipes.applied', spec: 'apps/api/src/modules/recipes/recipes.int-spec.ts' },
  'POST /v1/connections/:id/hook': {
    action: 'connection_hook.created',
    spec: 'apps/api/src/modules/hooks/hooks.int-spec.ts',
  },
  'POST /v1/connections/:id/authorize': {
    action: 'connection.sign_in_begun',
    spec: 'apps/api/src/modules/oauth-callback/oauth-callback.int-spec.ts',
  },
  'POST /auth/sign-in': { action: 'session.signed_in', spec: 'apps/api/e2e/people.e2e-spec.ts' },
  'POST /auth/sign-in/totp': { action: 'session.signed_in', spec: 'apps/api/e2e/people.e2e-spec.ts' },
  'PUT /v1/sso': { action: 'sso.updated', spec: 'apps/api/e2e/sso.e2e-spec.ts' },
  'DELETE /v1/sso': { action: 'sso.removed', spec: 'apps/api/e2e/sso.e2e-spec.ts' },
  'POST /auth/password-reset': { action: 'user.password_reset_asked', spec: 'apps/api/e2e/password-reset.e2e-spec.ts' },
  'POST /auth/password-reset/:token': {
    action: 'user.password_reset',
    spec: 'apps/api/e2e/password-reset.e2e-spec.ts',
  },
  'POST /auth/invitations/:token': { action: 'member.joined', spec: 'apps/api/e2e/people.e2e-spec.ts' },
  'POST /v1/syncs': { action: 'sync.created', spec: 'apps/api/src/modules/syncs/syncs.int-spec.ts' },
};

export interface Owner {
  /** @throws unless it succeeds */
  demand(method: string, path: string, body?: unknown): Promise<Readonly<Record<string, unknown>>>;
  /** With the tenant's id as `$1`. */
  sql(text: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

type Prepare = (own: Belongings, owner: Owner) => Sample | Promise<Sample>;

const died = (owner: Owner): Promise<unknown> =>
  owner.sql(`update deliveries set status = 'dead', settled_at = now() where tenant_id = $1`);
const withoutGoldenCase = (own: Belongings, owner: Owner): Promise<unknown> =>
  owner.demand('DELETE', `/v1/mappings/${own.mapping}/golden-cases/${own.goldenCase}`);
const linkOf = (name: string): unknown => ({
  type: 'customer',
  ends: ['one', 'other'].map((source) => ({ source, record_id: name })),
});

/** How an owner asks for a change that succeeds, where the samples that attack do not. */
export const SUCCEEDING: Readonly<Record<string, Prepare>> = {
  'POST /v1/events/:tracking_id/replay': async (own, owner) => {
    await died(owner);
    return { path: { tracking_id: own.event }, body: { reason: 'any' } };
  },
  'POST /v1/deliveries/:delivery_id/retry': async (own, owner) => {
    await died(owner);
    return { path: { delivery_id: own.delivery } };
  },
  'POST /v1/dead-letters/retry': async (own, owner) => {
    await died(owner);
    return { body: { delivery_ids: [own.delivery] } };
  },
  'POST /v1/dead-letters/cancel': async (own, owner) => {
    await died(owner);
    return { body: { delivery_ids: [own.delivery] } };
  },
  'POST /v1/audit-log/erasures': async (_own, owner) => {
    const [actor] = await owner.sql(
      'select actor from audit_records where tenant_id = $1 and actor is not null limit 1',
    );
    return { body: { subject: actor?.['actor'], reason: 'any' } };
  },
  'DELETE /v1/connections/:id': ({ otherConnection }) => ({ path: { id: otherConnection } }),
  'DELETE /v1/mappings/:id': async ({ mapping, route }, owner) => {
    await owner.demand('DELETE', `/v1/routes/${route}`);
    return { path: { id: mapping } };
  },
  'POST /v1/mappings/:id/publish': async (own, owner) => {
    await withoutGoldenCase(own, owner);
    await owner.demand('POST', `/v1/mappings/${own.mapping}/versions`, { expression: '2' });
    return { path: { id: own.mapping }, body: { version: 2 } };
  },
  'POST /v1/mappings/:id/rollback': async (own, owner) => {
    await withoutGoldenCase(own, owner);
    await owner.demand('POST', `/v1/mappings/${own.mapping}/versions`, { expression: '2' });
    await owner.demand('POST', `/v1/mappings/${own.mapping}/publish`, { version: 2 });
    return { path: { id: own.mapping } };
  },
  'POST /v1/mappings/:id/backtest': async ({ mapping, backtest }, owner) => {
    await owner.demand('POST', `/v1/mappings/${mapping}/backtests/${backtest}/cancel`);
    return { path: { id: mapping }, body: { version: 1 } };
  },
  'POST /v1/links': () => ({ body: linkOf('new') }),
  'POST /v1/links/:id/merge': async ({ link }, owner) => {
    const other = await owner.demand('POST', '/v1/links', {
      type: 'customer',
      ends: ['third', 'fourth'].map((source) => ({ source, record_id: 'merged' })),
    });
    return { path: { id: link }, body: { link_id: other['id'] } };
  },
};
