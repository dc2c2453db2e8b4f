/** What a key may do. Routes name one each; the API refuses the rest with 403. */
export const SCOPES = [
  'events:write',
  'events:read',
  'config:read',
  'config:write',
  'keys:write',
  'deliveries:write',
  'replay',
  'audit:read',
  'payloads:read',
  'members:write',
  'tenant:own',
] as const;

export type Scope = (typeof SCOPES)[number];
