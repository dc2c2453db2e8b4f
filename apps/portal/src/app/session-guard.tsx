import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useIsMutating, useSuspenseQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useEffect, type ReactNode } from 'react';
import { leaveForGood } from '../lib/left-page';
import { ApiProblem } from '../lib/problem';
import { sessionQuery, type Session } from '../lib/session';
import { giveUpUnsaved, isAnythingUnsaved, isPageGivenUp } from '../lib/unsaved';
import { text } from '../text';

export function isSignedOut(error: unknown): boolean {
  return error instanceof ApiProblem && error.status === 401;
}

/** After it the next refusal leads there again: somebody may have stopped it. */
const ON_ITS_WAY_MS = 10_000;
let isOnItsWay = false;

/**
 * What was fetched for who has left goes with the page. Where that is going already, it goes where somebody wanted it to; of
 * several refusals at once the first leads to the sign-in, and the others do not begin that anew.
 * @param href where whoever signs in goes on
 */
export function goToSignIn(href: string): void {
  if (isPageGivenUp() || isOnItsWay) return;
  isOnItsWay = true;
  setTimeout(() => (isOnItsWay = false), ON_ITS_WAY_MS);
  // Not a page that one comes back to: browsers show it again as it was left, and may do so at an earlier address of it.
  leaveForGood();
  window.location.replace(`/sign-in?next=${encodeURIComponent(href)}`);
}

/** Stands over a page that the session is no longer of; one with nothing on it to be kept leads to the sign-in. */
export function SessionGuard() {
  const router = useRouter();
  const { data: session, error } = useSuspenseQuery(sessionQuery);
  const isSending = useIsMutating() > 0;
  const isKept = isSending || isAnythingUnsaved();
  const isOver = session.movedTo === undefined && isSignedOut(error);
  // The session's own answer reaches no `onSignedOut`: the hub says of nobody what it says of anybody, and does not refuse.
  const isLeft = isOver && !isKept;
  useEffect(() => {
    if (isLeft) goToSignIn(router.state.location.href);
  }, [isLeft, router]);
  if (session.movedTo !== undefined) return <Moved from={session} to={session.movedTo} />;
  return isOver && isKept ? <SignedOut /> : null;
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
