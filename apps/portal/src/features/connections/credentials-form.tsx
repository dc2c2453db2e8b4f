import { Alert, Button, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { setCredentials, type ConnectionResponse, type Connector } from '@hub/api-client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Form } from '../../components/form';
import { ProblemAlert } from '../../components/problem-alert';
import { SchemaForm, type FormValue } from '../../components/schema-form';
import { Section } from '../../components/section';
import { answerOf } from '../../lib/api';
import { ApiProblem } from '../../lib/problem';
import { faultsBelow } from '../../lib/schema-fields';
import { text } from '../../text';

const words = text.connections.form;

export interface CredentialsProps {
  readonly connection: ConnectionResponse;
  readonly connector: Connector;
}

/** Who is connected, or can sign in on the vendor's own page, enters nothing here unless they mean to. */
export function Credentials({ connection, connector }: CredentialsProps) {
  const signsIn = connector.sign_in?.available === true;
  const isConnected = connection.auth_state === 'connected' || connection.auth_state === 'expiring';
  const [isOpen, form] = useDisclosure(!signsIn && !isConnected);
  const action = signsIn ? words.byHand : words.replace;
  return (
    <Section
      title={words.credentials}
      actions={
        (signsIn || isConnected) && (
          <Button size="sm" variant="default" aria-expanded={isOpen} onClick={form.toggle}>
            {isOpen ? text.common.cancel : action}
          </Button>
        )
      }
    >
      {isOpen ? (
        <CredentialsForm connectionId={connection.id} connector={connector} />
      ) : (
        <Text size="sm" c="dimmed">
          {!isConnected ? words.signInInstead : connection.has_credentials ? words.credentialsHint : words.noneKept}
        </Text>
      )}
    </Section>
  );
}

interface CredentialsFormProps {
  readonly connectionId: string;
  readonly connector: Connector;
}

/** Write only: what is kept is never shown, and what was entered is gone from the page once it is saved. */
function CredentialsForm({ connectionId, connector }: CredentialsFormProps) {
  const [value, setValue] = useState<FormValue>({});
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: () => answerOf(setCredentials({ path: { id: connectionId }, body: value })),
    onSuccess: () => {
      setValue({});
      return client.invalidateQueries({ queryKey: ['connection', connectionId] });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate();
  };
  const faults = save.error instanceof ApiProblem ? save.error.faults : [];
  return (
    <Form onSubmit={submit}>
      <Stack gap="sm" maw={640}>
        <Text size="sm" c="dimmed">
          {words.credentialsHint}
        </Text>
        {save.error !== null && <ProblemAlert error={save.error} />}
        {save.isSuccess && (
          <Alert color="teal" role="status">
            {words.saved}
          </Alert>
        )}
        <SchemaForm
          schema={connector.credentials_schema}
          value={value}
          onChange={setValue}
          faults={faultsBelow(faults, '')}
        />
        <Button type="submit" variant="default" loading={save.isPending} style={{ alignSelf: 'flex-start' }}>
          {words.save}
        </Button>
      </Stack>
    </Form>
  );
}
