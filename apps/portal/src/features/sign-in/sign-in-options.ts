import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { callAuth } from '../../lib/api';

export interface SignInOptions {
  readonly password: boolean;
  readonly sso: { readonly tenant_slug: string } | null;
}

const PASSWORD_ALONE: SignInOptions = { password: true, sso: null };
const TYPING_MS = 350;

/** The domain, once there may be one. */
export function domainOf(email: string): string | null {
  return /^[^@\s]+@((?:[a-z0-9-]+\.)+[a-z]{2,})$/i.exec(email.trim())?.[1]?.toLowerCase() ?? null;
}

/** How somebody of this e-mail's domain comes in. Only the domain is asked about: who it is stays here until they submit. */
export function useSignInOptions(email: string): SignInOptions {
  const [typed] = useDebouncedValue(email, TYPING_MS);
  const domain = domainOf(typed);
  const { data } = useQuery({
    queryKey: ['sign-in-options', domain],
    queryFn: () =>
      callAuth<SignInOptions>('GET', `/sign-in/options?email=${encodeURIComponent(`somebody@${domain ?? ''}`)}`),
    enabled: domain !== null,
    retry: false,
    staleTime: 60_000,
  });
  return data ?? PASSWORD_ALONE;
}
