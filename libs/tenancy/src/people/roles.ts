import { SCOPES, type Scope } from '../api-keys/scopes';

/** What a person may be in a tenant, from most to least. */
export const ROLES = ['owner', 'admin', 'developer', 'support', 'compliance', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

const READ: readonly Scope[] = ['events:read', 'config:read'];
const REPAIR: readonly Scope[] = ['deliveries:write', 'replay', 'payloads:read'];

const SCOPES_OF: Readonly<Record<Role, readonly Scope[]>> = {
  owner: SCOPES,
  admin: SCOPES.filter((scope) => scope !== 'tenant:own'),
  developer: [...READ, ...REPAIR, 'events:write', 'config:write', 'keys:write'],
  support: [...READ, ...REPAIR],
  compliance: [...READ, 'audit:read'],
  viewer: READ,
};

/** A role is a set of scopes and nothing else, so that people and keys are let in by the same rule. */
export function scopesOf(role: Role, canReadPayloads: boolean): ReadonlySet<Scope> {
  return new Set<Scope>([...SCOPES_OF[role], ...(canReadPayloads ? (['payloads:read'] as const) : [])]);
}

/** Nobody hands out more than they have: only owners make owners. */
export function mayGrant(granter: Role, granted: Role): boolean {
  return granter === 'owner' || (granter === 'admin' && granted !== 'owner');
}
