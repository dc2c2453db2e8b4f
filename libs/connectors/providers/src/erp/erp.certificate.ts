import { X509Certificate } from 'node:crypto';
import { type TokenLifetime } from '@hub/connector-sdk';
import { type JsonObject } from '@hub/platform';

const FIRST_CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/;

/**
 * When a client certificate ends: the first of the chain is the client's own. There is nothing to refresh, so what counts
 * is that a person learns of it in time. Null without a certificate, or for one that cannot be read.
 */
export function erpCertificateLifetime(credentials: JsonObject): TokenLifetime | null {
  const { certificate } = credentials;
  const [own] = typeof certificate === 'string' ? (FIRST_CERTIFICATE.exec(certificate) ?? []) : [];
  if (own === undefined) return null;
  try {
    const { validFrom, validTo } = new X509Certificate(own);
    return { issuedAtMs: Date.parse(validFrom), expiresAtMs: Date.parse(validTo), refreshExpiresAtMs: null };
  } catch {
    return null;
  }
}
