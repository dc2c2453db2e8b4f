import { Button, Stack, Text, TextInput } from '@mantine/core';
import { createUserResetLink } from '@hub/api-client';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Dialog } from '../../components/dialog';
import { Form } from '../../components/form';
import { ProblemAlert } from '../../components/problem-alert';
import { SecretOnce } from '../../components/secret-once';
import { answerOf } from '../../lib/api';
import { govern } from '../../text/govern.text';
import { operator } from '../../text/operator.text';

const words = operator.reset;
const { make: makeWord, shown } = govern.members.reset;

/** For a person of several companies, whom no one company may give a new password. */
export function PersonResetLink() {
  const [isOpen, modal] = useDisclosure(false);
  return (
    <>
      <Button size="sm" variant="default" onClick={modal.open}>
        {words.button}
      </Button>
      <Dialog opened={isOpen} onClose={modal.close} title={words.title}>
        <ResetForm />
      </Dialog>
    </>
  );
}

function ResetForm() {
  const [email, setEmail] = useState('');
  const make = useMutation({ mutationFn: () => answerOf(createUserResetLink({ body: { email: email.trim() } })) });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    make.mutate();
  };
  if (make.data !== undefined)
    return (
      <SecretOnce
        title={email.trim()}
        hint={shown}
        value={new URL(make.data.reset_url, window.location.origin).toString()}
      />
    );
  return (
    <Form onSubmit={submit}>
      <Stack gap="sm">
        <Text size="sm">{words.body}</Text>
        <TextInput
          label={words.email}
          type="email"
          required
          data-autofocus
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        {make.error !== null && <ProblemAlert error={make.error} />}
        <Button type="submit" loading={make.isPending}>
          {makeWord}
        </Button>
      </Stack>
    </Form>
  );
}
