import { problem, type Problem } from '../errors/problem';

/** Where secrets are sent: a URL, or what a host is made of, such as the id of an account. */
export interface Address {
  /** Into the request that says it. */
  readonly pointer: string;
  readonly value: string;
}

/**
 * A kept secret goes to no other host than those that it was entered for. Whoever may change an address need not know the
 * secret, and could have it sent to themselves. Another path on the same host, or one address less, leads nowhere new.
 *
 * @returns null, or a 422 `credentials_required` that names each address that leads elsewhere
 */
export function refuseKeptSecret(before: readonly string[], after: readonly Address[]): Problem | null {
  const known = new Set(before.map(originOf));
  const faults = after
    .filter(({ value }) => !known.has(originOf(value)))
    .map(({ pointer }) => ({
      pointer,
      code: 'credentials_required',
      message: 'What is stored is not sent to this host',
    }));
  if (faults.length === 0) return null;
  const detail = 'What is stored is sent to no other host. Give the secrets again, in the same request.';
  return problem('unprocessable', 'credentials_required', detail, { faults });
}

function originOf(address: string): string {
  return URL.canParse(address) ? new URL(address).origin : address;
}
