import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { callAuth, setCsrfToken } from './api';
import { ApiProblem } from './problem';

export const ROLES = ['owner', 'admin', 'developer', 'support', 'compliance', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

export interface Membership {
  readonly tenant_id: string;
  readonly slug: string;
  readonly name: string;
  readonly role: Role;
}

/** Who is signed in, where, and what they may do. */
export interface Session {
  readonly user: { readonly id: string; readonly email: string; readonly name: string; readonly totp_enabled: boolean };
  readonly tenant: { readonly id: string; readonly slug: string; readonly name: string; readonly tier: string } | null;
  readonly role: Role | null;
  readonly scopes: readonly string[];
  readonly is_operator: boolean;
  readonly acting_as_operator: { readonly reason: string; readonly until: string } | null;
  readonly csrf_token: string;
  readonly expires_at: string;
  readonly memberships: readonly Membership[];
}

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async () => {
    const session = await callAuth<Session | undefined>('GET', '/session');
    if (session === undefined) throw new ApiProblem(401, 'not_signed_in', '', '', null);
    setCsrfToken(session.csrf_token);
    return session;
  },
  staleTime: 60_000,
  retry: false,
});

/** Inside the shell there always is one. */
export function useSession(): Session {
  return useSuspenseQuery(sessionQuery).data;
}

/** Whether to offer something; the API decides for itself. */
export function useMay(): (scope: string) => boolean {
  const { scopes } = useSession();
  return (scope) => scopes.includes(scope);
}
