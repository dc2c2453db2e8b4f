import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { onSignedOut, onTokenRefused } from '../lib/api';
import { onOtherTab } from '../lib/other-tabs';
import { queryClient } from '../lib/query-client';
import { sessionQuery } from '../lib/session';
import { isAnythingUnsaved } from '../lib/unsaved';
import { router } from './router';
import { goToSignIn, isSignedOut } from './session-guard';
import { cssVariables, theme } from './theme';

/** Pages of people who are not signed in, and need not be. */
const FOR_STRANGERS = ['/sign-in', '/invitation', '/forgotten-password', '/password-reset'];

const { queryKey } = sessionQuery;
const lookAgain = (): Promise<void> => queryClient.refetchQueries({ queryKey });

onSignedOut(() => {
  const { pathname, href } = router.state.location;
  if (FOR_STRANGERS.some((path) => pathname.startsWith(path))) return;
  // What is being saved is refused too, and unsaved again.
  const isKept = isAnythingUnsaved() || queryClient.isMutating() > 0;
  const session = queryClient.getQueryState(queryKey);
  if (!isKept) goToSignIn(href);
  // By the session's own answer the shell says what to do.
  else if (session?.fetchStatus === 'idle' && !isSignedOut(session.error)) void lookAgain();
});
onTokenRefused(lookAgain);
onOtherTab(() => void lookAgain());

export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
