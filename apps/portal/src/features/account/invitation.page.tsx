import { Button, Center, Paper, PasswordInput, Skeleton, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { ProblemAlert } from '../../components/problem-alert';
import { callAuth } from '../../lib/api';
import { text } from '../../text';
import { govern } from '../../text/govern.text';

const route = getRouteApi('/invitation/$token');
const words = govern.invitation;

interface Invitation {
  readonly email: string;
  readonly tenant_name: string;
  readonly role: string;
  readonly needs_password: boolean;
}

export function InvitationPage() {
  useDocumentTitle(`${words.title} · ${text.common.product}`);
  const { token } = route.useParams();
  const { data, error } = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => callAuth<Invitation>('GET', `/invitations/${encodeURIComponent(token)}`),
    retry: false,
  });
  return (
    <Center mih="100dvh" p="md" component="main">
      <Paper withBorder radius="lg" p="xl" w="100%" maw={440}>
        <Stack gap="md">
          <Title order={1} size="h3">
            {words.title}
          </Title>
          {error !== null && <ProblemAlert error={error} />}
          {data === undefined && error === null && <Skeleton height={160} />}
          {data !== undefined && <JoinForm token={token} invitation={data} />}
        </Stack>
      </Paper>
    </Center>
  );
}

function JoinForm({ token, invitation }: { readonly token: string; readonly invitation: Invitation }) {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const { needs_password: isNew } = invitation;
  const join = useMutation({
    mutationFn: () =>
      callAuth<{ status: 'signed_in' | 'accepted' }>('POST', `/invitations/${encodeURIComponent(token)}`, {
        password,
        ...(isNew && name.trim() !== '' ? { name: name.trim() } : {}),
      }),
    onSuccess: ({ status }) => window.location.assign(status === 'signed_in' ? '/' : '/sign-in'),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    join.mutate();
  };
  const role = govern.members.roles[invitation.role] ?? invitation.role;
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Text size="sm">{words.body(invitation.email, invitation.tenant_name, role)}</Text>
        {join.error !== null && <ProblemAlert error={join.error} />}
        {isNew && (
          <TextInput
            label={words.name}
            autoComplete="name"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        )}
        <PasswordInput
          label={isNew ? words.newPassword : words.password}
          autoComplete={isNew ? 'new-password' : 'current-password'}
          required
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" loading={join.isPending}>
          {words.join}
        </Button>
      </Stack>
    </form>
  );
}
