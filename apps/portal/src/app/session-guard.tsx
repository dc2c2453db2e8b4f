import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useIsMutating, useSuspenseQuery } from '@tanstack/react-query';
import { type ReactNode } from 'react';
import { ApiProblem } from '../lib/problem';
import { sessionQuery, type Session } from '../lib/session';
import { giveUpUnsaved, isAnythingUnsaved } from '../lib/unsaved';
import { text } from '../text';

export function isSignedOut(error: unknown): boolean {
  return error instanceof ApiProblem && error.status === 401;
}

/** Stands over a page that the session is no longer of. */
export function SessionGuard() {
  const { data: session, error } = useSuspenseQuery(sessionQuery);
  const isSending = useIsMutating() > 0;
  if (session.movedTo !== undefined) return <Moved from={session} to={session.movedTo} />;
  return isSignedOut(error) && (isSending || isAnythingUnsaved()) ? <SignedOut /> : null;
}

function Moved({ from, to: { user, tenant } }: { readonly from: Session; readonly to: Session }) {
  const words = text.shell.moved;
  const company = tenant === null ? words.nowhere : words.inCompany(tenant.name);
  return (
    <Over title={user.id === from.user.id ? company : words.asSomebodyElse(user.email)} body={words.body}>
      <Button onClick={() => leaveFor('/')}>{words.go}</Button>
    </Over>
  );
}

/** It goes by itself once somebody is signed in again. */
function SignedOut() {
  const words = text.shell.signedOut;
  return (
    <Over title={words.title} body={words.body}>
      <Button variant="default" onClick={() => leaveFor('/sign-in')}>
        {words.leave}
      </Button>
      <Button component="a" href="/sign-in" target="_blank" rel="noreferrer">
        {words.signIn}
      </Button>
    </Over>
  );
}

/** Whoever goes knows what is lost: the browser need not ask. */
function leaveFor(address: string): void {
  giveUpUnsaved();
  window.location.assign(address);
}

interface OverProps {
  readonly title: string;
  readonly body: string;
  readonly children: ReactNode;
}

/** Nothing is seen through it: what comes in behind it may be of another company than the page says. */
function Over({ title, body, children }: OverProps) {
  return (
    <Modal
      opened
      onClose={() => undefined}
      title={title}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      zIndex={1_000}
      overlayProps={{ color: 'var(--mantine-color-body)', backgroundOpacity: 1 }}
    >
      <Stack gap="md">
        <Text size="sm">{body}</Text>
        <Group justify="flex-end" gap="xs">
          {children}
        </Group>
      </Stack>
    </Modal>
  );
}
