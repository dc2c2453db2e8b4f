import { Alert, Anchor, Button, Group, PasswordInput, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { callAuth } from '../../lib/api';
import { ApiProblem } from '../../lib/problem';
import { signIn } from '../../text/sign-in.text';
import { Entrance } from './entrance';
import { Failure } from './failure';

const route = getRouteApi('/password-reset/$token');
const words = signIn.reset;

/** The other end of the link in the mail. */
export function PasswordResetPage() {
  const { token } = route.useParams();
  const [password, setPassword] = useState('');
  const choose = useMutation({
    mutationFn: () =>
      callAuth<undefined>('POST', `/password-reset/${encodeURIComponent(token)}`, { new_password: password }),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    choose.mutate();
  };
  const isWeak = choose.error instanceof ApiProblem && choose.error.code === 'weak_password';
  const isExpired = choose.error instanceof ApiProblem && choose.error.code === 'reset_expired';
  return (
    <Entrance title={words.title} hint={words.hint}>
      {choose.isSuccess ? (
        <Alert color="teal" role="status" title={words.done.title}>
          {words.done.body}
        </Alert>
      ) : (
        <form onSubmit={submit}>
          <Stack gap="sm">
            {!isWeak && <Failure error={choose.error} />}
            <PasswordInput
              label={words.password}
              description={words.rule}
              autoComplete="new-password"
              required
              autoFocus
              error={isWeak ? choose.error?.message : undefined}
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
            <Button type="submit" loading={choose.isPending} fullWidth>
              {words.submit}
            </Button>
          </Stack>
        </form>
      )}
      <Group justify="center">
        <Anchor component={Link} to={isExpired ? '/forgotten-password' : '/sign-in'} size="sm">
          {isExpired ? words.again : words.signIn}
        </Anchor>
      </Group>
    </Entrance>
  );
}
