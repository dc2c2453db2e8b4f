import { Injectable, Inject } from '@nestjs/common';
import { appendAudit, type AuditActor } from '@hub/audit';
import { err, notFound, ok, problem, type Problem, type Result } from '@hub/platform';
import {
  createApiKey,
  findApiKey,
  listApiKeys,
  revokeApiKey,
  TenantDb,
  type ApiKeyRow,
  type KeyIdentity,
  type Scope,
} from '@hub/tenancy';
import { audited, changesOf } from '../../http/audited';
import { toApiKeyResponse } from './api-key.mapper';

const change = changesOf('api_key', 'apiKey', toApiKeyResponse);

export interface ApiKeyRequest {
  readonly name: string;
  readonly environment: 'live' | 'test';
  readonly scopes: readonly Scope[];
  readonly expires_at?: string | null;
}

export interface Rotation {
  readonly overlapSeconds: number;
  /** Of the new key; undefined: as the old one has it. */
  readonly expiresAt: Date | null | undefined;
}

/** A key and, this once, its secret. */
export interface ShownApiKey {
  readonly row: ApiKeyRow;
  readonly key: string;
}

@Injectable()
export class ApiKeysService {
  constructor(@Inject(TenantDb) private readonly tenants: TenantDb) {}

  list(tenantId: string, page: { limit: number; before: string | null }): Promise<ApiKeyRow[]> {
    return this.tenants.run(tenantId, (tx) => listApiKeys(tx, { ...page, limit: page.limit + 1 }));
  }

  async create(caller: KeyIdentity, actor: AuditActor, request: ApiKeyRequest): Promise<Result<ShownApiKey, Problem>> {
    const refusal = beyond(caller, request.scopes);
    if (refusal !== null) return err(refusal);
    const expiresAt = request.expires_at == null ? null : new Date(request.expires_at);
    if (isPast(expiresAt)) return err(expiryInThePast());
    const scopes = [...new Set(request.scopes)];
    return this.tenants.run(caller.tenantId, async (tx) => {
      const { name, environment } = request;
      const { row, issued } = await createApiKey(tx, { name, environment, scopes, expiresAt });
      await appendAudit(tx, change(actor, 'created', { after: row }));
      return ok({ row, key: issued.key });
    });
  }

  /** A new key in the place of `id`, which goes on for the overlap. Whoever rotates learns the new key, so they must hold its scopes. */
  async rotate(
    caller: KeyIdentity,
    actor: AuditActor,
    id: string,
    { overlapSeconds, expiresAt: wanted }: Rotation,
  ): Promise<Result<ShownApiKey, Problem>> {
    if (isPast(wanted)) return err(expiryInThePast());
    return this.tenants.run(caller.tenantId, async (tx) => {
      const old = await findApiKey(tx, id);
      if (old === null) return err(notFound('API key'));
      const refusal = beyond(caller, old.scopes) ?? ended(old);
      if (refusal !== null) return err(refusal);
      await revokeApiKey(tx, id, overlapSeconds);
      const { name, environment, scopes } = old;
      const expiresAt = wanted === undefined ? old.expires_at : wanted;
      const { row, issued } = await createApiKey(tx, { name, environment, scopes, expiresAt, replaces: id });
      const details = { overlap_seconds: overlapSeconds };
      await appendAudit(tx, change(actor, 'rotated', { before: old, after: row, details }));
      return ok({ row, key: issued.key });
    });
  }

  /** Holds everywhere within seconds: each instance keeps what it knows of a key for three. */
  revoke(tenantId: string, actor: AuditActor, id: string): Promise<Result<null, Problem>> {
    return this.tenants.run(tenantId, async (tx) => {
      const before = await findApiKey(tx, id);
      const after = await revokeApiKey(tx, id);
      return audited(tx, after === null ? err(notFound('API key')) : ok(null), () =>
        change(actor, 'revoked', { before, after }),
      );
    });
  }
}

function isPast(at: Date | null | undefined): boolean {
  return at != null && at.getTime() <= Date.now();
}

function beyond(caller: KeyIdentity, scopes: readonly Scope[]): Problem | null {
  const faults = scopes.flatMap((scope, index) =>
    caller.scopes.has(scope)
      ? []
      : [{ pointer: `/scopes/${index}`, code: 'scope_not_held', message: `Your own key does not have ${scope}` }],
  );
  if (faults.length === 0) return null;
  return problem('forbidden', 'insufficient_scope', 'A key cannot give more than it has.', { faults });
}

function ended(key: ApiKeyRow): Problem | null {
  if (key.revoked_at !== null) {
    return problem('conflict', 'key_revoked', 'The key has been revoked or rotated already.');
  }
  if (isPast(key.expires_at)) {
    return problem('conflict', 'key_expired', 'The key has expired: create another one.');
  }
  return null;
}

function expiryInThePast(): Problem {
  return problem('unprocessable', 'invalid_api_key_request', 'The key would have expired already.', {
    faults: [{ pointer: '/expires_at', code: 'in_the_past', message: 'Must be in the future' }],
  });
}
