/** Who did it. Label, address and user agent are personal: they are sealed, and can be erased while the chain holds on. */
export interface AuditActor {
  readonly type: 'api_key' | 'user' | 'operator' | 'system';
  /** Public id (`key_…`, `opk_…`), or the name of a part of the hub. */
  readonly id: string;
  readonly label: string | null;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly requestId: string | null;
}

export interface AuditTarget {
  readonly type: string;
  /** Public id. */
  readonly id: string;
  readonly name?: string | null;
}

export type AuditOutcome = 'succeeded' | 'refused';

export interface AuditEntry {
  /** What was done, in the past tense: `mapping.published`. */
  readonly action: string;
  readonly actor: AuditActor;
  readonly target: AuditTarget;
  readonly outcome?: AuditOutcome;
  /** The target as it was and as it is. Members whose names speak of secrets are left out; large ones become their digest. */
  readonly before?: unknown;
  readonly after?: unknown;
  /** As stated by whoever did it. */
  readonly reason?: string | null;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Parts and programs of the hub that act by themselves. Filters take these names beside the ids of keys and people. */
export const SYSTEM_ACTORS = [
  'create-operator-key',
  'launcher',
  'oauth-callback',
  'retention',
  'revoke-operator-key',
  'single_sign_on',
  'webhooks',
] as const;
export type SystemActor = (typeof SYSTEM_ACTORS)[number];

export function systemActor(id: SystemActor): AuditActor {
  return { type: 'system', id, label: null, ip: null, userAgent: null, requestId: null };
}
