import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { appendAudit, type AuditActor } from '@hub/audit';
import { CredentialVault } from '@hub/connections';
import { err, notFound, ok, problem, toPublicId, type Problem, type Result } from '@hub/platform';
import {
  deleteSso,
  findSso,
  findTenant,
  listSsoDomains,
  replaceSsoDomains,
  saveSso,
  TenantDb,
  type SsoRole,
  type SsoSettingsRow,
  type TenantTx,
} from '@hub/tenancy';
import { PUBLIC_URL } from '../../tokens';
import { type SsoResponse } from './dto/sso.response';
import { IdentityProviders, type Provider } from './identity-providers';
import { toAuditedSso, toSsoResponse, type SsoView } from './sso.mapper';

export interface SsoRequest {
  readonly issuer: string;
  readonly client_id: string;
  readonly client_secret?: string | undefined;
  readonly email_domains: readonly string[];
  readonly default_role: SsoRole;
  readonly required: boolean;
}

const SECRET_NEEDED = problem('unprocessable', 'secret_required', 'The secret of the hub at this provider is needed.', {
  faults: [{ pointer: '/client_secret', code: 'required', message: 'Needed with a new issuer or client id' }],
});
const NO_PROVIDER = problem('unprocessable', 'issuer_unusable', 'There is no usable provider at this address.', {
  faults: [{ pointer: '/issuer', code: 'issuer_unusable', message: 'No discovery document of this issuer was found' }],
});
const NEEDS_TLS = problem('unprocessable', 'issuer_unusable', 'A provider is reached by https.', {
  faults: [{ pointer: '/issuer', code: 'https_needed', message: 'Must begin with https://' }],
});

/** A tenant's own identity provider: set up by owners, for whoever says who is who could make themselves one. */
@Injectable()
export class SsoService {
  constructor(
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(CredentialVault) private readonly vault: CredentialVault,
    @Inject(IdentityProviders) private readonly providers: IdentityProviders,
    @Inject(PUBLIC_URL) private readonly publicUrl: string | null,
  ) {}

  find(tenantId: string): Promise<SsoResponse> {
    return this.tenants.run(tenantId, async (tx) => this.answer(tx, await viewOf(tx)));
  }

  /** The provider is asked before anything is kept: a mistyped address is found by who types it, not by who signs in. */
  async save(tenantId: string, actor: AuditActor, wanted: SsoRequest): Promise<Result<SsoResponse, Problem>> {
    const { issuer, client_id: clientId } = wanted;
    if (issuer.startsWith('http://') && !this.providers.takesPlainHttp) return err(NEEDS_TLS);
    const known = await this.tenants.run(tenantId, findSso);
    const secret = await this.secretOf(tenantId, known, wanted);
    if (!secret.ok) return secret;
    const looked = await this.providers.look({ issuer, clientId, clientSecret: secret.value });
    if (!looked.ok) return err(NO_PROVIDER);
    const sealed = await this.vault.seal(tenantId, tenantId, { secret: secret.value }, 'sso_secret');
    if (!sealed.ok) return sealed;
    return this.tenants.run(tenantId, async (tx) => {
      const before = await viewOf(tx);
      await saveSso(tx, {
        issuer,
        client_id: clientId,
        client_secret: sealed.value.sealed,
        key_id: sealed.value.keyId,
        default_role: wanted.default_role,
        required: wanted.required,
      });
      const domains = [...new Set(wanted.email_domains)];
      await replaceSsoDomains(
        tx,
        domains.map((domain) => ({ domain, token: randomBytes(16).toString('hex') })),
      );
      const after = await viewOf(tx);
      await appendAudit(tx, {
        action: 'sso.updated',
        actor,
        target: targetOf(tenantId),
        before: toAuditedSso(before),
        after: toAuditedSso(after),
        details: { secret_changed: wanted.client_secret !== undefined },
      });
      return ok(await this.answer(tx, after));
    });
  }

  /** Whoever has a password goes on with it; the others ask for one by mail. */
  remove(tenantId: string, actor: AuditActor): Promise<Result<null, Problem>> {
    return this.tenants.run(tenantId, async (tx) => {
      const before = await viewOf(tx);
      if (!(await deleteSso(tx))) return err(notFound('single sign-on'));
      await appendAudit(tx, {
        action: 'sso.removed',
        actor,
        target: targetOf(tenantId),
        before: toAuditedSso(before),
      });
      return ok(null);
    });
  }

  /** With its secret, for a sign-in. `null`: there is none any more. */
  async provider(tenantId: string): Promise<Result<Provider | null, Problem>> {
    const settings = await this.tenants.run(tenantId, findSso);
    if (settings === null) return ok(null);
    const secret = await this.open(tenantId, settings);
    if (!secret.ok) return secret;
    return ok({ issuer: settings.issuer, clientId: settings.client_id, clientSecret: secret.value });
  }

  async answer(tx: TenantTx, view: SsoView): Promise<SsoResponse> {
    const tenant = await findTenant(tx, tx.tenantId);
    return toSsoResponse(view, this.publicUrl, tenant?.slug ?? '');
  }

  /** A kept secret is never sent to another provider than the one that it was entered for. */
  private async secretOf(
    tenantId: string,
    known: SsoSettingsRow | null,
    { issuer, client_id: clientId, client_secret: given }: SsoRequest,
  ): Promise<Result<string, Problem>> {
    if (given !== undefined) return ok(given);
    if (known === null || known.issuer !== issuer || known.client_id !== clientId) return err(SECRET_NEEDED);
    return this.open(tenantId, known);
  }

  private async open(tenantId: string, settings: SsoSettingsRow): Promise<Result<string, Problem>> {
    const place = { sealed: settings.client_secret, keyId: settings.key_id };
    const opened = await this.vault.open(tenantId, tenantId, place, 'sso_secret');
    return opened.ok ? ok(opened.value['secret'] as string) : opened;
  }
}

export async function viewOf(tx: TenantTx): Promise<SsoView> {
  return { settings: await findSso(tx), domains: await listSsoDomains(tx) };
}

export function targetOf(tenantId: string): { type: string; id: string } {
  return { type: 'sso', id: toPublicId('tenant', tenantId) };
}
