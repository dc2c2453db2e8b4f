import { randomBytes } from 'node:crypto';
import { type JsonObject } from '@hub/platform';

const SECRET_BYTES = 32;

/** What is sealed for an endpoint, and what the connector signs and sends with. */
export interface EndpointSecrets {
  /** `whsec_` and base64. */
  readonly secret: string;
  readonly previous_secret?: string;
  /** RFC 3339: until then the previous one signs too. */
  readonly previous_secret_until?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function newSecrets(headers: Readonly<Record<string, string>>): EndpointSecrets {
  return { secret: newSecret(), ...(Object.keys(headers).length === 0 ? {} : { headers }) };
}

/** One previous secret at most: rotating again within the overlap ends the one before. */
export function rotatedSecrets(secrets: EndpointSecrets, overlapMs: number, now: Date): EndpointSecrets {
  const kept = secrets.headers === undefined ? {} : { headers: secrets.headers };
  if (overlapMs === 0) return { secret: newSecret(), ...kept };
  const until = new Date(now.getTime() + overlapMs).toISOString();
  return { secret: newSecret(), previous_secret: secrets.secret, previous_secret_until: until, ...kept };
}

export function withHeaders(secrets: EndpointSecrets, headers: Readonly<Record<string, string>>): EndpointSecrets {
  const { headers: _replaced, ...rest } = secrets;
  return Object.keys(headers).length === 0 ? rest : { ...rest, headers };
}

/** As the vault takes them. */
export function sealable(secrets: EndpointSecrets): JsonObject {
  return { ...secrets, ...(secrets.headers === undefined ? {} : { headers: { ...secrets.headers } }) };
}

function newSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
}
