import { Alert } from '@mantine/core';
import { type ConnectionResponse } from '@hub/api-client';
import { getRouteApi } from '@tanstack/react-router';
import { text } from '../../text';

const route = getRouteApi('/shell/connections/$connectionId');
const words = text.connections.detail;

/** How the sign-in went that somebody has just come back from. */
export function SignInOutcome({ connection: { account, name } }: { readonly connection: ConnectionResponse }) {
  const { sign_in: outcome, code = '' } = route.useSearch();
  if (outcome === undefined) return null;
  if (outcome === 'connected')
    return <Alert color="teal" variant="light" role="status" title={words.signedIn(account?.name ?? name)} />;
  return (
    <Alert color="red" variant="light" role="alert" title={words.signInFailed}>
      {words.signInFailures[code] ?? words.signInRefused}
    </Alert>
  );
}
