import { Button, Stack, Text } from '@mantine/core';
import { updateConnection, type ConnectionResponse, type Connector } from '@hub/api-client';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Form } from '../../components/form';
import { JsonView } from '../../components/json-view';
import { ProblemAlert } from '../../components/problem-alert';
import { type FormValue } from '../../components/schema-form';
import { Section } from '../../components/section';
import { answerOf } from '../../lib/api';
import { isMoveRefused } from '../../lib/problem';
import { useMay } from '../../lib/session';
import { text } from '../../text';
import { ConnectionFields } from './connection-fields';
import { credentialsOf, MovedCredentials, signsIn, STAYS, type Move } from './moved-credentials';

const words = text.connections.form;

export interface ConnectionSettingsProps {
  readonly connection: ConnectionResponse;
  readonly connector: Connector | undefined;
}

/** Its name and how it is reached, to be read and changed. */
export function ConnectionSettings({ connection, connector }: ConnectionSettingsProps) {
  const mayChange = useMay()('config:write') && connector !== undefined;
  const [isOpen, form] = useDisclosure(false);
  const { config } = connection;
  return (
    <Section
      title={words.settings}
      actions={
        mayChange && (
          <Button size="sm" variant="default" aria-expanded={isOpen} onClick={form.toggle}>
            {isOpen ? text.common.cancel : words.change}
          </Button>
        )
      }
    >
      {isOpen && mayChange ? (
        <SettingsForm connection={connection} connector={connector} onSaved={form.close} />
      ) : Object.keys(config).length === 0 ? (
        <Text size="sm" c="dimmed">
          {words.usualSettings}
        </Text>
      ) : (
        <JsonView label={words.settings} value={config} maxHeight={260} />
      )}
    </Section>
  );
}

interface SettingsFormProps {
  readonly connection: ConnectionResponse;
  readonly connector: Connector;
  readonly onSaved: () => void;
}

function SettingsForm({ connection, connector, onSaved }: SettingsFormProps) {
  const { id } = connection;
  const [name, setName] = useState(connection.name);
  // Null until somebody changes them: another name alone puts back nothing that a colleague has changed meanwhile.
  const [config, setConfig] = useState<FormValue | null>(null);
  const [move, setMove] = useState<Move>(STAYS);
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: () => {
      const settings = { ...(config === null ? {} : { config }), ...credentialsOf(move, connector) };
      return answerOf(updateConnection({ path: { id }, body: { name: name.trim(), ...settings } }));
    },
    onError: (error) => {
      if (isMoveRefused(error)) setMove({ ...move, isMoved: true });
    },
    onSuccess: async () => {
      void client.invalidateQueries({ queryKey: ['connections'] });
      await client.invalidateQueries({ queryKey: ['connection', id] });
      onSaved();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Form onSubmit={submit}>
      <Stack gap="sm" maw={640}>
        {save.error !== null && !isMoveRefused(save.error) && <ProblemAlert error={save.error} />}
        <ConnectionFields
          connector={connector}
          name={name}
          onName={setName}
          config={config ?? connection.config}
          onConfig={(changed) => {
            setConfig(changed);
            setMove(STAYS);
          }}
          error={save.error}
        />
        {move.isMoved && (
          <MovedCredentials
            connector={connector}
            value={move.credentials}
            onChange={(credentials) => setMove({ isMoved: true, credentials })}
            error={save.error}
          />
        )}
        <Button
          type="submit"
          loading={save.isPending}
          disabled={name.trim() === ''}
          style={{ alignSelf: 'flex-start' }}
        >
          {move.isMoved && signsIn(connector) ? words.saveAndForget : text.common.save}
        </Button>
      </Stack>
    </Form>
  );
}
