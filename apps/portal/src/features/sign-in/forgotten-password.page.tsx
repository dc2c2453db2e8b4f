import { Alert, Anchor, Button, Group, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { callAuth } from '../../lib/api';
import { signIn } from '../../text/sign-in.text';
import { Entrance } from './entrance';
import { Failure } from './failure';

const words = signIn.forgotten;

/** Says the same whether or not there is such an account, as the API does. */
export function ForgottenPasswordPage() {
  const [email, setEmail] = useState('');
  const ask = useMutation({ mutationFn: () => callAuth<undefined>('POST', '/password-reset', { email }) });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    ask.mutate();
  };
  return (
    <Entrance title={words.title} hint={words.hint}>
      {ask.isSuccess ? (
        <Alert color="teal" role="status" title={words.sent.title}>
          {words.sent.body(email)}
        </Alert>
      ) : (
        <form onSubmit={submit}>
          <Stack gap="sm">
            <Failure error={ask.error} />
            <TextInput
              label={signIn.email}
              type="email"
              autoComplete="username"
              required
              autoFocus
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
            <Button type="submit" loading={ask.isPending} fullWidth>
              {words.submit}
            </Button>
          </Stack>
        </form>
      )}
      <Group justify="center">
        <Anchor component={Link} to="/sign-in" size="sm">
          {words.back}
        </Anchor>
      </Group>
    </Entrance>
  );
}
