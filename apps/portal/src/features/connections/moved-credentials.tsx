import { Alert, Stack, Text } from '@mantine/core';
import { type Connector } from '@hub/api-client';
import { SchemaForm, type FormValue } from '../../components/schema-form';
import { ApiProblem } from '../../lib/problem';
import { faultsBelow } from '../../lib/schema-fields';
import { text } from '../../text';

const words = text.connections.form;

/** Whether the settings lead to another host than what is stored was entered for, and what goes there instead. */
export interface Move {
  readonly isMoved: boolean;
  readonly credentials: FormValue;
}

export const STAYS: Move = { isMoved: false, credentials: {} };

export function signsIn(connector: Connector): boolean {
  return connector.sign_in?.available === true;
}

/** A sign-in cannot be typed in: the one that is stored is forgotten, and somebody signs in again afterwards. */
export function credentialsOf(
  { isMoved, credentials }: Move,
  connector: Connector,
): { credentials?: FormValue | null } {
  if (!isMoved) return {};
  return { credentials: signsIn(connector) ? null : credentials };
}

interface MovedCredentialsProps {
  readonly connector: Connector;
  readonly value: FormValue;
  readonly onChange: (value: FormValue) => void;
  readonly error: Error | null;
}

export function MovedCredentials({ connector, value, onChange, error }: MovedCredentialsProps) {
  const faults = error instanceof ApiProblem ? error.faults : [];
  return (
    <Stack gap="sm" role="group" aria-label={words.credentials}>
      <Alert role="alert" color="yellow" variant="light" title={words.moved}>
        <Text size="sm">{signsIn(connector) ? words.movedSignIn : words.movedCredentials}</Text>
      </Alert>
      {!signsIn(connector) && (
        <SchemaForm
          schema={connector.credentials_schema}
          value={value}
          onChange={onChange}
          faults={faultsBelow(faults, '/credentials')}
        />
      )}
    </Stack>
  );
}
