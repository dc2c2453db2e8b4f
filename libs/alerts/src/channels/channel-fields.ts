import { randomBytes } from 'node:crypto';
import { type InputFault } from '@hub/platform';
import { type ChannelKind, type ChannelSecret } from './channel.types';

/** What a caller says of where a channel leads; each kind has its own members. */
export interface ChannelTarget {
  readonly recipients?: readonly string[] | undefined;
  readonly url?: string | undefined;
  readonly routing_key?: string | undefined;
  readonly secret?: string | undefined;
}

type Member = keyof ChannelTarget;

const MEMBERS: Readonly<
  Record<ChannelKind, { readonly needed: readonly Member[]; readonly allowed: readonly Member[] }>
> = {
  email: { needed: ['recipients'], allowed: ['recipients'] },
  slack: { needed: ['url'], allowed: ['url'] },
  pagerduty: { needed: ['routing_key'], allowed: ['routing_key', 'url'] },
  webhook: { needed: ['url'], allowed: ['url', 'secret'] },
};
const ALL: readonly Member[] = ['recipients', 'url', 'routing_key', 'secret'];

/** Standard Webhooks: 24 to 64 random bytes. */
const LEAST_SECRET_BYTES = 24;
const MOST_SECRET_BYTES = 64;
const SECRET = /^whsec_[A-Za-z0-9+/]+={0,2}$/;

/** Members that the kind needs and that are missing, those that it has not, and those that are no good. */
export function targetFaults(kind: ChannelKind, target: ChannelTarget, isNew: boolean): InputFault[] {
  const { needed, allowed } = MEMBERS[kind];
  const faults: InputFault[] = [];
  for (const member of ALL) {
    const isThere = target[member] !== undefined;
    if (isThere && !allowed.includes(member))
      faults.push({ pointer: `/${member}`, code: 'not_of_this_kind', message: `A channel of kind ${kind} has none` });
    if (isNew && !isThere && needed.includes(member))
      faults.push({ pointer: `/${member}`, code: 'required', message: `A channel of kind ${kind} needs it` });
  }
  if (target.url !== undefined && hostOf(target.url) === null)
    faults.push({ pointer: '/url', code: 'url', message: 'An http or https URL without user and password' });
  if (target.secret !== undefined && !isSigningSecret(target.secret))
    faults.push({ pointer: '/secret', code: 'invalid_secret', message: 'whsec_ and 24 to 64 bytes in base64' });
  return faults;
}

/** What is sealed of a channel: what it had, and what has been given anew. A webhook without a secret gets one. */
export function secretOf(kind: ChannelKind, target: ChannelTarget, before: ChannelSecret = {}): ChannelSecret {
  const url = target.url ?? before.url;
  const secret: ChannelSecret = url === undefined ? {} : { url };
  if (kind === 'pagerduty') return { ...secret, routing_key: target.routing_key ?? before.routing_key };
  if (kind === 'webhook')
    return { ...secret, signing_secret: target.secret ?? before.signing_secret ?? newSigningSecret() };
  return secret;
}

export function newSigningSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/** Null for what cannot be called. */
export function hostOf(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const isCallable = url.protocol === 'https:' || url.protocol === 'http:';
  return isCallable && url.username === '' && url.password === '' && url.host !== '' ? url.host : null;
}

function isSigningSecret(text: string): boolean {
  if (!SECRET.test(text)) return false;
  const { length } = Buffer.from(text.slice('whsec_'.length), 'base64');
  return length >= LEAST_SECRET_BYTES && length <= MOST_SECRET_BYTES;
}
