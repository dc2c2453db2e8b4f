import { Alert, Button, Code, Group, Modal, MultiSelect, Select, Stack, TextInput } from '@mantine/core';
import { createApiKey, listApiKeys, revokeApiKey, type ApiKey } from '@hub/api-client';
import { useDisclosure } from '@mantine/hooks';
import { IconKey } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { ConfirmButton } from '../../components/confirm-button';
import { CopyButton } from '../../components/copy-button';
import { type Column } from '../../components/data-table';
import { ListTable } from '../../components/list-table';
import { EmptyState } from '../../components/empty-state';
import { Page } from '../../components/page';
import { ProblemAlert } from '../../components/problem-alert';
import { StatusBadge } from '../../components/status-badge';
import { Time } from '../../components/time';
import { answerOf } from '../../lib/api';
import { listQuery, useList } from '../../lib/pages';
import { useSession } from '../../lib/session';
import { text } from '../../text';

const words = text.govern.keys;
const KEY = ['api-keys'];
type Scope = ApiKey['scopes'][number];
/** Keys are for programs: what only people decide is not offered. */
const FOR_PEOPLE: ReadonlySet<string> = new Set(['tenant:own', 'members:write']);

const COLUMNS: readonly Column<ApiKey>[] = [
  { id: 'name', title: words.columns.name, width: 'minmax(120px, 1.4fr)', cell: ({ name }) => name },
  {
    id: 'prefix',
    title: words.columns.prefix,
    width: 'minmax(150px, 1.2fr)',
    wideOnly: true,
    cell: ({ prefix }) => <Code>{prefix}…</Code>,
  },
  {
    id: 'scopes',
    title: words.columns.scopes,
    width: 'minmax(140px, 2fr)',
    wideOnly: true,
    cell: ({ scopes }) => <span title={scopes.join(', ')}>{scopes.join(', ')}</span>,
  },
  {
    id: 'status',
    title: words.columns.status,
    width: '100px',
    wideOnly: true,
    cell: (row) => <StatusBadge status={stateOf(row)} />,
  },
  {
    id: 'used',
    title: words.columns.used,
    width: '110px',
    wideOnly: true,
    cell: (row) => <Time at={row.last_used_at} ago size="sm" />,
  },
  {
    id: 'revoke',
    title: text.common.actions,
    width: '110px',
    alignEnd: true,
    cell: (row) => (stateOf(row) === 'active' ? <Revoke row={row} /> : null),
  },
];

function stateOf({ revoked_at: revokedAt, expires_at: expiresAt }: ApiKey): string {
  if (revokedAt !== null && Date.parse(revokedAt) <= Date.now()) return 'revoked';
  return expiresAt !== null && Date.parse(expiresAt) <= Date.now() ? 'expired' : 'active';
}

export function ApiKeysPage() {
  const [isCreating, create] = useDisclosure(false);
  const list = useList(listQuery<ApiKey>(KEY, (cursor) => answerOf(listApiKeys({ query: { limit: 100, cursor } }))));
  const button = <Button onClick={create.open}>{words.create}</Button>;
  return (
    <Page title={words.title} description={words.description} actions={button}>
      <ListTable
        list={list}
        label={words.title}
        columns={COLUMNS}
        rowKey={(row) => row.id}
        rowHeight={52}
        empty={<EmptyState icon={<IconKey />} title={words.empty.title} hint={words.empty.hint} action={button} />}
      />
      <Modal opened={isCreating} onClose={create.close} title={words.create}>
        <CreateForm />
      </Modal>
    </Page>
  );
}

function Revoke({ row }: { readonly row: ApiKey }) {
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => answerOf(revokeApiKey({ path: { id: row.id } })),
    onSuccess: () => client.invalidateQueries({ queryKey: KEY }),
  });
  return (
    <ConfirmButton
      label={words.revoke}
      title={words.confirmRevoke.title(row.name)}
      body={words.confirmRevoke.body}
      isPending={revoke.isPending}
      onConfirm={() => revoke.mutate()}
    />
  );
}

function CreateForm() {
  const { scopes: held } = useSession();
  const offered = held.filter((scope) => !FOR_PEOPLE.has(scope));
  const [name, setName] = useState('');
  const [environment, setEnvironment] = useState<'live' | 'test'>('test');
  const [scopes, setScopes] = useState<string[]>(
    ['events:write', 'events:read'].filter((scope) => held.includes(scope)),
  );
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: () => answerOf(createApiKey({ body: { name: name.trim(), environment, scopes: scopes as Scope[] } })),
    onSuccess: () => client.invalidateQueries({ queryKey: KEY }),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    create.mutate();
  };
  if (create.data !== undefined) {
    // Null only in the answer to a repeat, and this form does not repeat.
    const key = create.data.key ?? '';
    return (
      <Alert color="teal" title={create.data.name}>
        <Stack gap="xs">
          {words.shown}
          <Group gap="xs" wrap="nowrap">
            <Code style={{ overflowWrap: 'anywhere' }}>{key}</Code>
            <CopyButton value={key} />
          </Group>
        </Stack>
      </Alert>
    );
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {create.error !== null && <ProblemAlert error={create.error} />}
        <TextInput
          label={words.name}
          required
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Select
          label={words.environment}
          data={['test', 'live']}
          value={environment}
          allowDeselect={false}
          onChange={(value) => setEnvironment(value === 'live' ? 'live' : 'test')}
        />
        <MultiSelect label={words.scopes} data={[...offered]} value={scopes} onChange={setScopes} required />
        <Button type="submit" loading={create.isPending} disabled={scopes.length === 0}>
          {words.create}
        </Button>
      </Stack>
    </form>
  );
}
