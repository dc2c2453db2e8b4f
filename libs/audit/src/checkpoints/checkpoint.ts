import { toPublicId } from '@hub/platform';
import { OPERATORS_CHAIN } from '../append/append-audit';
import { openNote, signNote } from '../signing/signed-note';
import { type SigningKey } from '../signing/signing-key';

/** A chain as it was at a moment: C2SP tlog-checkpoint, with the head of the chain in the place of a tree's root. */
export interface Checkpoint {
  readonly size: number;
  readonly head: Buffer;
  readonly signedAt: Date;
}

/** The chain's name in everything that is signed. */
export function originOf(tenantId: string): string {
  return `integration-hub/audit/${chainName(tenantId)}`;
}

/** Of a chain, as part of names: the tenant's public id, or `operators`. */
export function chainName(tenantId: string): string {
  return tenantId === OPERATORS_CHAIN ? 'operators' : toPublicId('tenant', tenantId);
}

export function signCheckpoint(tenantId: string, { size, head, signedAt }: Checkpoint, key: SigningKey): string {
  const origin = originOf(tenantId);
  return signNote([origin, String(size), head.toString('base64'), `signed_at ${signedAt.toISOString()}`], origin, key);
}

/** @returns `null` for what none of the keys has signed, or is no checkpoint of this chain */
export function openCheckpoint(note: string, tenantId: string, publicKeys: readonly Buffer[]): Checkpoint | null {
  const origin = originOf(tenantId);
  const [named, size = '', head = '', time = ''] = openNote(note, origin, publicKeys) ?? [];
  const [, moment] = /^signed_at (\S+)$/.exec(time) ?? [];
  if (named !== origin || !/^\d{1,15}$/.test(size) || moment === undefined) return null;
  return { size: Number(size), head: Buffer.from(head, 'base64'), signedAt: new Date(moment) };
}
