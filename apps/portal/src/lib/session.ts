import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { callAuth, setCsrfToken } from './api';
import { tellOtherTabs } from './other-tabs';
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
  /** Where the browser's session is by now, where that is not where this page was made. Not of the API. */
  readonly movedTo?: Session;
}

const KEY = ['session'] as const;

/**
 * All tabs share one session, and a page is of where it was when the page was made: all that is shown and entered on it is. A
 * session of elsewhere is only told about, and its token not taken: nothing that was written for one company is sent to another.
 */
export const sessionQuery = queryOptions({
  queryKey: KEY,
  queryFn: async ({ client }) => {
    const session = await callAuth<Session | undefined>('GET', '/session');
    if (session === undefined) throw new ApiProblem(401, 'not_signed_in', '', '', null);
    const before = client.getQueryData<Session>(KEY);
    if (before === undefined) tellOtherTabs();
    // For good: what was fetched meanwhile is of the other one.
    else if (before.movedTo !== undefined || !isSamePlace(before, session)) return { ...before, movedTo: session };
    setCsrfToken(session.csrf_token);
    return session;
  },
  staleTime: 60_000,
  refetchOnWindowFocus: 'always',
  retry: false,
});

function isSamePlace(one: Session, other: Session): boolean {
  const placeOf = ({ user, tenant, acting_as_operator: acting }: Session): string =>
    [user.id, tenant?.id ?? '', acting === null ? '' : 'acting'].join(' ');
  return placeOf(one) === placeOf(other);
}

/** Inside the shell there always is one. */
export function useSession(): Session {
  return useSuspenseQuery(sessionQuery).data;
}

/** Whether to offer something; the API decides for itself. */
export function useMay(): (scope: string) => boolean {
  const { scopes } = useSession();
  return (scope) => scopes.includes(scope);
}
