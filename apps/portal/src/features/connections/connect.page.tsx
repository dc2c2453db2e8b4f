import { Button, Card, Code, Group, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core';
import { authorizeConnection, createConnection, type Connector } from '@hub/api-client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { CopyButton } from '../../components/copy-button';
import { Form } from '../../components/form';
import { Page } from '../../components/page';
import { ProblemAlert } from '../../components/problem-alert';
import { type FormValue } from '../../components/schema-form';
import { answerOf } from '../../lib/api';
import { text } from '../../text';
import { ConnectionFields } from './connection-fields';
import { connectorsQuery } from './connections.queries';
import { freeName } from './free-name';
import { useConnections } from './use-connections';

const route = getRouteApi('/shell/connect');
const words = text.connections;

/** First which system, then what it needs to know; signing in comes on the connection's own page. */
export function ConnectPage() {
  const { connector: chosen } = route.useSearch();
  const { data, error, refetch } = useQuery(connectorsQuery());
  const connector = data?.data.find(({ id }) => id === chosen);
  if (error !== null && data === undefined)
    return (
      <Page title={words.add}>
        <ProblemAlert error={error} onRetry={() => void refetch()} />
      </Page>
    );
  if (data === undefined)
    return (
      <Page title={words.add}>
        <Skeleton height={200} />
      </Page>
    );
  if (connector !== undefined) return <ConnectorForm connector={connector} />;
  return (
    <Page title={words.add} description={words.pick}>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        {data.data.map(({ id, name, description }) => (
          <Card key={id} component={Link} to={`/connect?connector=${id}`} withBorder radius="md" padding="md">
            <Text fw={600}>{name}</Text>
            <Text size="sm" c="dimmed">
              {description}
            </Text>
          </Card>
        ))}
      </SimpleGrid>
    </Page>
  );
}

function ConnectorForm({ connector }: { readonly connector: Connector }) {
  const [typed, setName] = useState<string | null>(null);
  const { all } = useConnections();
  const name = typed ?? freeName(connector.name, all ?? []);
  const [config, setConfig] = useState<FormValue>({});
  const navigate = useNavigate();
  const client = useQueryClient();
  const { sign_in: signIn } = connector;
  const create = useMutation({
    mutationFn: () => answerOf(createConnection({ body: { name: name.trim(), connector: connector.id, config } })),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: ['connections'] });
      const there = { to: '/connections/$connectionId', params: { connectionId: id } } as const;
      if (signIn?.available !== true) return navigate(there);
      const returnUrl = new URL(`/connections/${id}`, window.location.origin).href;
      // What keeps it from beginning is told by the connection's page, which has the button for it.
      const begun = await answerOf(authorizeConnection({ path: { id }, body: { return_url: returnUrl } })).catch(
        () => null,
      );
      // Who comes back from the vendor's page without an answer finds the connection, and no form that makes a second one.
      await navigate({ ...there, replace: true });
      if (begun !== null) window.location.assign(begun.authorize_url);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    // From now on it is not free, and the next one that is would be something entered and not saved.
    setName(name);
    create.mutate();
  };
  const redirect = signIn?.redirect_uri ?? `${window.location.origin}/oauth/callback/${connector.id}`;
  return (
    <Page title={words.form.title(connector.name)} description={connector.description}>
      <Form onSubmit={submit}>
        <Stack gap="md" maw={640}>
          {create.error !== null && <ProblemAlert error={create.error} />}
          <ConnectionFields
            connector={connector}
            name={name}
            onName={setName}
            config={config}
            onConfig={setConfig}
            error={create.error}
          />
          {signIn !== null && !signIn.available && (
            <div>
              <Text size="sm" fw={500}>
                {words.form.redirect}
              </Text>
              <Group gap="xs" wrap="nowrap">
                <Code style={{ overflowWrap: 'anywhere' }}>{redirect}</Code>
                <CopyButton value={redirect} />
              </Group>
            </div>
          )}
          <Group>
            <Button type="submit" loading={create.isPending}>
              {signIn?.available === true ? words.form.createAndSignIn(connector.name) : words.form.create}
            </Button>
            <Button component={Link} to="/connect" variant="default">
              {text.common.cancel}
            </Button>
          </Group>
        </Stack>
      </Form>
    </Page>
  );
}
