import { Alert, Anchor, Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { callAuth } from '../../lib/api';
import { signIn } from '../../text/sign-in.text';
import { Failure } from './failure';
import { useSignInOptions } from './sign-in-options';

const words = signIn;

export type SignInAnswer =
  { readonly status: 'signed_in' } | { readonly status: 'totp_required'; readonly challenge: string };

export interface PasswordFormProps {
  readonly onEnter: () => Promise<void>;
  readonly onChallenge: (challenge: string) => void;
}

/** By password, or by the company's own sign-in page where the e-mail's domain has one. */
export function PasswordForm({ onEnter, onChallenge }: PasswordFormProps) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [insists, setInsists] = useState(false);
  const { sso, password: byPassword } = useSignInOptions(email);
  const attempt = useMutation({
    mutationFn: () => callAuth<SignInAnswer>('POST', '/sign-in', { email, password }),
    onSuccess: (answer) => (answer.status === 'signed_in' ? onEnter() : onChallenge(answer.challenge)),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    attempt.mutate();
  };
  const showsPassword = byPassword || insists;
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
        {sso !== null && (
          <Button component="a" href={`/auth/sso/${encodeURIComponent(sso.tenant_slug)}`} fullWidth>
            {words.sso.go}
          </Button>
        )}
        {sso !== null && !byPassword && !insists && (
          <>
            <Alert variant="light">{words.sso.required}</Alert>
            <Button variant="subtle" size="sm" onClick={() => setInsists(true)}>
              {words.sso.insist}
            </Button>
          </>
        )}
        {showsPassword && (
          <>
            <PasswordInput
              label={words.password}
              autoComplete="current-password"
              required
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
            <Button
              type="submit"
              variant={sso === null ? 'filled' : 'default'}
              loading={attempt.isPending}
              fullWidth
              mt="xs"
            >
              {words.submit}
            </Button>
            <Group justify="center">
              <Anchor component={Link} to="/forgotten-password" size="sm">
                {words.forgotten.link}
              </Anchor>
            </Group>
          </>
        )}
      </Stack>
    </form>
  );
}
