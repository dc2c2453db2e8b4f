import { Alert } from '@mantine/core';
import { type ConnectionResponse } from '@hub/api-client';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { text } from '../../text';

const route = getRouteApi('/shell/connections/$connectionId');
const words = text.connections.detail;

/** How the sign-in went that somebody has just come back from: told once, and not again when the page is opened anew. */
export function SignInOutcome({ connection: { account, name } }: { readonly connection: ConnectionResponse }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [{ outcome, code = '' }] = useState({ outcome: search.sign_in, code: search.code });
  useEffect(() => {
    if (search.sign_in !== undefined) void navigate({ search: {}, replace: true, resetScroll: false });
  }, [search.sign_in, navigate]);
  if (outcome === undefined) return null;
  if (outcome === 'connected')
    return <Alert color="teal" variant="light" role="status" title={words.signedIn(account?.name ?? name)} />;
  return (
    <Alert color="red" variant="light" role="alert" title={words.signInFailed}>
      {words.signInFailures[code] ?? words.signInRefused}
    </Alert>
  );
}
