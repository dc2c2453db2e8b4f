import { Alert, Button, PasswordInput, Stack } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { DataTable, type Column } from '../../components/data-table';
import { Form } from '../../components/form';
import { Page } from '../../components/page';
import { ProblemAlert } from '../../components/problem-alert';
import { Section } from '../../components/section';
import { Time } from '../../components/time';
import { callAuth } from '../../lib/api';
import { useSession } from '../../lib/session';
import { text } from '../../text';
import { govern } from '../../text/govern.text';
import { SecondFactor } from './second-factor';

const words = govern.account;

interface ListedSession {
  readonly id: string;
  readonly last_seen_at: string;
  readonly ip: string | null;
  readonly user_agent: string | null;
  readonly current: boolean;
}

export function AccountPage() {
  const { user } = useSession();
  return (
    <Page title={words.title} description={user.email}>
      <Section title={words.password}>
        <PasswordForm />
      </Section>
      <Section title={words.totp}>
        <SecondFactor />
      </Section>
      <Sessions />
    </Page>
  );
}

function PasswordForm() {
  const [current, setCurrent] = useState('');
  const [wanted, setWanted] = useState('');
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: () => callAuth('POST', '/password', { current_password: current, new_password: wanted }),
    onSuccess: () => {
      setCurrent('');
      setWanted('');
      return client.invalidateQueries({ queryKey: ['sessions'] });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <Form onSubmit={submit}>
      <Stack gap="sm" maw={420}>
        {change.error !== null && <ProblemAlert error={change.error} />}
        {change.isSuccess && (
          <Alert color="teal" role="status">
            {words.changed}
          </Alert>
        )}
        <PasswordInput
          label={words.current}
          autoComplete="current-password"
          required
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
        />
        <PasswordInput
          label={words.wanted}
          autoComplete="new-password"
          required
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={change.isPending} style={{ alignSelf: 'flex-start' }}>
          {words.change}
        </Button>
      </Stack>
    </Form>
  );
}

function Sessions() {
  const client = useQueryClient();
  const { data, error, refetch, isLoading } = useQuery({
    queryKey: ['sessions'],
    queryFn: () => callAuth<{ data: ListedSession[] }>('GET', '/sessions'),
  });
  const changed = (): Promise<void> => client.invalidateQueries({ queryKey: ['sessions'] });
  const end = useMutation({ mutationFn: (id: string) => callAuth('DELETE', `/sessions/${id}`), onSuccess: changed });
  const endOthers = useMutation({ mutationFn: () => callAuth('DELETE', '/sessions'), onSuccess: changed });
  const columns: readonly Column<ListedSession>[] = [
    {
      id: 'agent',
      title: govern.audit.detail.agent,
      width: 'minmax(160px, 3fr)',
      cell: (row) => row.user_agent ?? text.common.unknown,
    },
    {
      id: 'ip',
      title: govern.audit.detail.ip,
      width: 'minmax(90px, 1fr)',
      wideOnly: true,
      cell: (row) => row.ip ?? '',
    },
    {
      id: 'seen',
      title: govern.members.columns.seen,
      width: '110px',
      wideOnly: true,
      cell: (row) => <Time at={row.last_seen_at} ago size="sm" />,
    },
    {
      id: 'end',
      title: text.common.actions,
      width: '100px',
      alignEnd: true,
      cell: (row) =>
        row.current ? (
          words.current_session
        ) : (
          <Button size="compact-sm" variant="default" onClick={() => end.mutate(row.id)}>
            {words.end}
          </Button>
        ),
    },
  ];
  return (
    <Section
      title={words.sessions}
      actions={
        (data?.data.length ?? 0) > 1 ? (
          <Button size="sm" variant="default" loading={endOthers.isPending} onClick={() => endOthers.mutate()}>
            {words.endOthers}
          </Button>
        ) : undefined
      }
    >
      {error !== null ? (
        <ProblemAlert error={error} onRetry={() => void refetch()} />
      ) : (
        <DataTable
          label={words.sessions}
          rows={data?.data ?? []}
          columns={columns}
          rowKey={(row) => row.id}
          isLoading={isLoading}
          height={320}
          empty={null}
        />
      )}
    </Section>
  );
}
