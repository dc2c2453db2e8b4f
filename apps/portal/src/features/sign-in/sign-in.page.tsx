import { Alert, Button, Center, Group, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { ProblemAlert } from '../../components/problem-alert';
import { callAuth } from '../../lib/api';
import { ApiProblem } from '../../lib/problem';
import { sessionQuery } from '../../lib/session';
import { text } from '../../text';

const route = getRouteApi('/sign-in');
const words = text.signIn;

type Answer = { readonly status: 'signed_in' } | { readonly status: 'totp_required'; readonly challenge: string };

export function SignInPage() {
  useDocumentTitle(`${words.title} · ${text.common.product}`);
  const [challenge, setChallenge] = useState<string | null>(null);
  const { error } = route.useSearch();
  return (
    <Center mih="100dvh" p="md" component="main">
      <Paper withBorder radius="lg" p="xl" w="100%" maw={420}>
        <Stack gap="md">
          <Group gap="sm">
            <img src="/icon.svg" width={36} height={36} alt="" />
            <div>
              <Title order={1} size="h3">
                {challenge === null ? words.title : words.totp.title}
              </Title>
              <Text size="sm" c="dimmed">
                {challenge === null ? words.subtitle : words.totp.hint}
              </Text>
            </div>
          </Group>
          {error !== undefined && challenge === null && (
            <Alert color="red">{words.failures[error] ?? text.common.problem.generic}</Alert>
          )}
          {challenge === null ? (
            <PasswordForm onChallenge={setChallenge} />
          ) : (
            <CodeForm challenge={challenge} onBack={() => setChallenge(null)} />
          )}
        </Stack>
      </Paper>
    </Center>
  );
}

function useEntered(): () => Promise<void> {
  const { next } = route.useSearch();
  const client = useQueryClient();
  const router = useRouter();
  return async () => {
    client.clear();
    await client.ensureQueryData(sessionQuery);
    await router.navigate({ href: next ?? '/overview', replace: true });
  };
}

function PasswordForm({ onChallenge }: { readonly onChallenge: (challenge: string) => void }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const enter = useEntered();
  const attempt = useMutation({
    mutationFn: () => callAuth<Answer>('POST', '/sign-in', { email, password }),
    onSuccess: (answer) => (answer.status === 'signed_in' ? enter() : onChallenge(answer.challenge)),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    attempt.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Failure error={attempt.error} />
        <TextInput
          label={words.email}
          type="email"
          autoComplete="username"
          required
          autoFocus
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <PasswordInput
          label={words.password}
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" loading={attempt.isPending} fullWidth mt="xs">
          {words.submit}
        </Button>
      </Stack>
    </form>
  );
}

function CodeForm({ challenge, onBack }: { readonly challenge: string; readonly onBack: () => void }) {
  const [code, setCode] = useState('');
  const enter = useEntered();
  const attempt = useMutation({
    mutationFn: () => callAuth<Answer>('POST', '/sign-in/totp', { challenge, code }),
    onSuccess: enter,
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    attempt.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Failure error={attempt.error} />
        <TextInput
          label={words.totp.code}
          autoComplete="one-time-code"
          required
          autoFocus
          value={code}
          onChange={(event) => setCode(event.currentTarget.value.trim())}
        />
        <Button type="submit" loading={attempt.isPending} fullWidth>
          {words.totp.submit}
        </Button>
        <Button variant="subtle" onClick={onBack} fullWidth>
          {words.totp.back}
        </Button>
      </Stack>
    </form>
  );
}

function Failure({ error }: { readonly error: unknown }) {
  if (error === null) return null;
  const known = error instanceof ApiProblem ? words.failures[error.code] : undefined;
  if (known === undefined) return <ProblemAlert error={error} />;
  return (
    <Alert color="red" role="alert">
      {known}
    </Alert>
  );
}
