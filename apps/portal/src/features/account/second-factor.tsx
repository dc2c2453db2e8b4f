import { Alert, Button, Code, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { CopyButton } from '../../components/copy-button';
import { Form } from '../../components/form';
import { ProblemAlert } from '../../components/problem-alert';
import { callAuth } from '../../lib/api';
import { sessionQuery, useSession } from '../../lib/session';
import { govern } from '../../text/govern.text';

const words = govern.account;

interface Begun {
  readonly secret: string;
  readonly otpauth_uri: string;
}

/** Set up with the password, proved with a code, and taken away with both. */
export function SecondFactor() {
  const { user } = useSession();
  const [recovery, setRecovery] = useState<readonly string[] | null>(null);
  return (
    <Stack gap="sm" maw={560}>
      <Text size="sm">{user.totp_enabled ? words.totpOn : words.totpOff}</Text>
      {recovery !== null && (
        <Alert color="teal" title={words.recovery} role="status">
          <Group gap="xs">
            <Code block>{recovery.join('\n')}</Code>
            <CopyButton value={recovery.join('\n')} />
          </Group>
        </Alert>
      )}
      {user.totp_enabled ? <Remove /> : <SetUp onDone={setRecovery} />}
    </Stack>
  );
}

/** The API's own memory of a session is some seconds old: what it has just agreed to is not asked for again. */
function useTotpChanged(): (isOn: boolean) => void {
  const client = useQueryClient();
  return (isOn) =>
    client.setQueryData(
      sessionQuery.queryKey,
      (session) => session && { ...session, user: { ...session.user, totp_enabled: isOn } },
    );
}

function SetUp({ onDone }: { readonly onDone: (codes: readonly string[]) => void }) {
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const changed = useTotpChanged();
  const begin = useMutation({ mutationFn: () => callAuth<Begun>('POST', '/totp', { password }) });
  const confirm = useMutation({
    mutationFn: () => callAuth<{ recovery_codes: string[] }>('POST', '/totp/confirm', { code }),
    onSuccess: ({ recovery_codes: codes }) => {
      onDone(codes);
      changed(true);
    },
  });
  if (begin.data === undefined)
    return (
      <FactorForm
        error={begin.error}
        label={words.totpBegin}
        isPending={begin.isPending}
        onSubmit={() => begin.mutate()}
      >
        <Password value={password} onChange={setPassword} />
      </FactorForm>
    );
  return (
    <FactorForm
      error={confirm.error}
      label={words.totpConfirm}
      isPending={confirm.isPending}
      onSubmit={() => confirm.mutate()}
    >
      <Text size="sm">{words.totpSecret}</Text>
      <Group gap="xs">
        <Code style={{ overflowWrap: 'anywhere' }}>{begin.data.secret}</Code>
        <CopyButton value={begin.data.secret} />
      </Group>
      <TotpCode value={code} onChange={setCode} />
    </FactorForm>
  );
}

function Remove() {
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const changed = useTotpChanged();
  const remove = useMutation({
    mutationFn: () => callAuth('DELETE', '/totp', { password, code }),
    onSuccess: () => changed(false),
  });
  return (
    <FactorForm
      error={remove.error}
      label={words.totpRemove}
      isPending={remove.isPending}
      onSubmit={() => remove.mutate()}
    >
      <Password value={password} onChange={setPassword} />
      <TotpCode value={code} onChange={setCode} />
    </FactorForm>
  );
}

interface FormProps {
  readonly error: unknown;
  readonly label: string;
  readonly isPending: boolean;
  readonly onSubmit: () => void;
  readonly children: ReactNode;
}

function FactorForm({ error, label, isPending, onSubmit, children }: FormProps) {
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <Form onSubmit={submit}>
      <Stack gap="sm" maw={420}>
        {error !== null && <ProblemAlert error={error} />}
        {children}
        <Button type="submit" variant="default" loading={isPending} style={{ alignSelf: 'flex-start' }}>
          {label}
        </Button>
      </Stack>
    </Form>
  );
}

interface FieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function Password({ value, onChange }: FieldProps) {
  return (
    <PasswordInput
      label={words.current}
      autoComplete="current-password"
      required
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

function TotpCode({ value, onChange }: FieldProps) {
  return (
    <TextInput
      label={words.totpCode}
      autoComplete="one-time-code"
      required
      value={value}
      onChange={(event) => onChange(event.currentTarget.value.trim())}
    />
  );
}
