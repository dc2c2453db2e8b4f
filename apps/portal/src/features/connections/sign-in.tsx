import { Text } from '@mantine/core';
import { type Connection } from '@hub/api-client';
import { StatusBadge } from '../../components/status-badge';
import { text } from '../../text';

/** Nobody is connected as anybody where no credentials are needed. */
export function SignIn({ connection }: { readonly connection: Connection }) {
  const { auth_state: state, auth_advice: advice, has_credentials: has } = connection;
  if (state === 'connected' && !has) return <Text size="sm">{text.connections.noCredentials}</Text>;
  return <StatusBadge status={state} why={advice} />;
}
