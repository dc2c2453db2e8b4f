import { Alert, Button, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { callAuth } from '../../lib/api';
import { sessionQuery } from '../../lib/session';
import { text } from '../../text';
import { signIn } from '../../text/sign-in.text';
import { Entrance } from './entrance';
import { Failure } from './failure';
import { ownAddress } from './own-address';
import { PasswordForm, type SignInAnswer } from './password-form';

const route = getRouteApi('/sign-in');
const words = signIn;

export function SignInPage() {
  const [challenge, setChallenge] = useState<string | null>(null);
  const { error } = route.useSearch();
  const enter = useEntered();
  if (challenge !== null)
    return (
      <Entrance title={words.totp.title} hint={words.totp.hint}>
        <CodeForm challenge={challenge} onEnter={enter} onBack={() => setChallenge(null)} />
      </Entrance>
    );
  return (
    <Entrance title={words.title} hint={words.subtitle}>
      {error !== undefined && (
        <Alert color="red" role="alert">
          {words.failures[error] ?? text.common.problem.generic}
        </Alert>
      )}
      <PasswordForm onEnter={enter} onChallenge={setChallenge} />
    </Entrance>
  );
}

function useEntered(): () => Promise<void> {
  const { next } = route.useSearch();
  const client = useQueryClient();
  const router = useRouter();
  return async () => {
    client.clear();
    await client.ensureQueryData(sessionQuery);
    await router.navigate({ href: ownAddress(next) ?? '/', replace: true });
  };
}

interface CodeFormProps {
  readonly challenge: string;
  readonly onEnter: () => Promise<void>;
  readonly onBack: () => void;
}

function CodeForm({ challenge, onEnter, onBack }: CodeFormProps) {
  const [code, setCode] = useState('');
  const attempt = useMutation({
    mutationFn: () => callAuth<SignInAnswer>('POST', '/sign-in/totp', { challenge, code }),
    onSuccess: onEnter,
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
