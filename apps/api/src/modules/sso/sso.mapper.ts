import { type SsoDomainRow, type SsoSettingsRow } from '@hub/tenancy';
import { type SsoResponse } from './dto/sso.response';

export interface SsoView {
  readonly settings: SsoSettingsRow | null;
  readonly domains: readonly SsoDomainRow[];
}

/** Where the proof of a domain is looked for. */
export function challengeName(domain: string): string {
  return `_integration-hub.${domain}`;
}

export function challengeValue(token: string): string {
  return `integration-hub-verification=${token}`;
}

/**
 * Each company's people come back to an address of its own, so that no provider can pass an answer of another off as its
 * own (RFC 9700, section 4.4.2).
 */
export function addressesOf(publicUrl: string | null, slug: string): { begin: string; back: string } | null {
  if (publicUrl === null) return null;
  const begin = `${publicUrl}/auth/sso/${slug}`;
  return { begin, back: `${begin}/callback` };
}

export function toSsoResponse({ settings, domains }: SsoView, publicUrl: string | null, slug: string): SsoResponse {
  const addresses = addressesOf(publicUrl, slug);
  return {
    configured: settings !== null,
    issuer: settings?.issuer ?? null,
    client_id: settings?.client_id ?? null,
    email_domains: domains.map(({ domain }) => domain),
    domains: domains.map((row) => ({
      domain: row.domain,
      verified: row.verified_at !== null,
      verified_by: row.verified_by,
      record: { name: challengeName(row.domain), type: 'TXT', value: challengeValue(row.token) },
    })),
    default_role: settings?.default_role ?? null,
    required: settings?.required ?? false,
    redirect_uri: addresses?.back ?? null,
    sign_in_url: addresses?.begin ?? null,
    updated_at: settings?.updated_at.toISOString() ?? null,
  };
}

/** As the audit log has it: without the secret, and without the words that prove a domain. */
export function toAuditedSso({ settings, domains }: SsoView): unknown {
  if (settings === null) return null;
  const { issuer, client_id, default_role, required } = settings;
  const verified = domains.filter((row) => row.verified_at !== null).map(({ domain }) => domain);
  return { issuer, client_id, default_role, required, domains: domains.map(({ domain }) => domain), verified };
}
