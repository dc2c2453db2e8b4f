import { Button, Code, Group, MultiSelect, Select, Stack, TextInput, Tooltip } from '@mantine/core';
import { createApiKey, listApiKeys, revokeApiKey, type ApiKey } from '@hub/api-client';
import { useDisclosure } from '@mantine/hooks';
import { IconKey } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState, type FormEvent, type ReactNode } from 'react';
import { ConfirmButton } from '../../components/confirm-button';
import { type Column } from '../../components/data-table';
import { Dialog } from '../../components/dialog';
import { Form } from '../../components/form';
import { ListTable } from '../../components/list-table';
import { EmptyState } from '../../components/empty-state';
import { Page } from '../../components/page';
import { ProblemAlert } from '../../components/problem-alert';
import { SecretOnce } from '../../components/secret-once';
import { StatusBadge, statusWord } from '../../components/status-badge';
import { Time } from '../../components/time';
import { TimeField } from '../../components/time-field';
import { answerOf } from '../../lib/api';
import { hubNow } from '../../lib/hub-clock';
import { listQuery, useList } from '../../lib/pages';
import { useSession } from '../../lib/session';
import { inputTime } from '../../lib/time';
import { text } from '../../text';
import { govern } from '../../text/govern.text';
import { endOf, stateOf } from './key-state';
import { KEYS, RotateForm } from './rotate-form';

const words = govern.keys;
type Scope = ApiKey['scopes'][number];
/** Keys are for programs: what only people decide is not offered. */
const FOR_PEOPLE: ReadonlySet<string> = new Set(['tenant:own', 'members:write']);

const columnsOf = (actionsOf: (row: ApiKey) => ReactNode): readonly Column<ApiKey>[] => [
  { id: 'name', title: words.columns.name, width: 'minmax(76px, 1.4fr)', cell: ({ name }) => name },
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
    cell: (row) => <StatusBadge status={stateOf(row)} why={endOf(row)} />,
  },
  {
    id: 'used',
    title: words.columns.used,
    width: '110px',
    wideOnly: true,
    cell: (row) => <Time at={row.last_used_at} ago size="sm" />,
  },
  {
    id: 'actions',
    title: text.common.actions,
    width: '190px',
    alignEnd: true,
    cell: actionsOf,
  },
];

export function ApiKeysPage() {
  const [isCreating, create] = useDisclosure(false);
  const [rotated, rotate] = useState<ApiKey | null>(null);
  const { scopes: held } = useSession();
  const list = useList(listQuery<ApiKey>(KEYS, (cursor) => answerOf(listApiKeys({ query: { limit: 100, cursor } }))));
  const columns = useMemo(() => columnsOf((row) => <Actions row={row} held={held} onRotate={rotate} />), [held]);
  const button = <Button onClick={create.open}>{words.create}</Button>;
  return (
    <Page title={words.title} description={words.description} actions={button}>
      <ListTable
        list={list}
        label={words.title}
        columns={columns}
        below={(row) => [statusWord(stateOf(row)), endOf(row)].filter((part) => part !== null).join(' · ')}
        rowKey={(row) => row.id}
        rowHeight={56}
        empty={<EmptyState icon={<IconKey />} title={words.empty.title} hint={words.empty.hint} action={button} />}
      />
      <Dialog opened={isCreating} onClose={create.close} title={words.create}>
        <CreateForm />
      </Dialog>
      {/* Of the page: the key's row is another one as soon as it is rotated, and the new key is shown this once. */}
      {rotated !== null && (
        <Dialog opened onClose={() => rotate(null)} title={words.rotateTitle(rotated.name)}>
          <RotateForm row={rotated} />
        </Dialog>
      )}
    </Page>
  );
}

interface ActionsProps {
  readonly row: ApiKey;
  readonly held: readonly string[];
  readonly onRotate: (row: ApiKey) => void;
}

function Actions({ row, held, onRotate }: ActionsProps) {
  const state = stateOf(row);
  if (state !== 'active' && state !== 'expiring') return null;
  // Whoever rotates a key learns the new one.
  const lacking = row.scopes.filter((scope) => !held.includes(scope));
  return (
    <Group gap={6} wrap="nowrap" justify="flex-end">
      {state === 'active' && (
        <Tooltip
          label={words.mayNotRotate(lacking.join(', '))}
          disabled={lacking.length === 0}
          multiline
          maw={320}
          events={{ hover: true, focus: true, touch: true }}
        >
          <Button
            size="sm"
            variant="default"
            // Not `disabled`: what cannot be reached by keyboard tells nobody why.
            data-disabled={lacking.length > 0 || undefined}
            aria-disabled={lacking.length > 0 || undefined}
            onClick={() => lacking.length === 0 && onRotate(row)}
          >
            {words.rotate}
          </Button>
        </Tooltip>
      )}
      <Revoke row={row} />
    </Group>
  );
}

function Revoke({ row }: { readonly row: ApiKey }) {
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => answerOf(revokeApiKey({ path: { id: row.id } })),
    onSuccess: () => client.invalidateQueries({ queryKey: KEYS }),
  });
  return (
    <ConfirmButton
      label={words.revoke}
      title={words.confirmRevoke.title(row.name)}
      body={words.confirmRevoke.body}
      isPending={revoke.isPending}
      onConfirm={() => revoke.mutateAsync()}
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
  const [endsAt, setEndsAt] = useState('');
  const [now] = useState(() => inputTime(hubNow()));
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: () =>
      answerOf(
        createApiKey({
          body: {
            name: name.trim(),
            environment,
            scopes: scopes as Scope[],
            ...(endsAt === '' ? {} : { expires_at: new Date(endsAt).toISOString() }),
          },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: KEYS }),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    create.mutate();
  };
  if (create.data !== undefined) {
    // Null only in the answer to a repeat, and this form does not repeat.
    return <SecretOnce title={create.data.name} hint={words.shown} value={create.data.key ?? ''} />;
  }
  return (
    <Form onSubmit={submit}>
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
        <TimeField label={words.endsAt} description={words.endsAtHint} min={now} value={endsAt} onChange={setEndsAt} />
        <Button type="submit" loading={create.isPending} disabled={scopes.length === 0}>
          {words.create}
        </Button>
      </Stack>
    </Form>
  );
}
