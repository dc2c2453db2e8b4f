import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { onSignedOut } from '../lib/api';
import { onOtherTab } from '../lib/other-tabs';
import { queryClient } from '../lib/query-client';
import { sessionQuery } from '../lib/session';
import { router } from './router';
import { cssVariables, theme } from './theme';

/** Pages of people who are not signed in, and need not be. */
const FOR_STRANGERS = ['/sign-in', '/invitation', '/forgotten-password', '/password-reset'];

onSignedOut(() => {
  const { pathname, href } = router.state.location;
  if (!FOR_STRANGERS.some((path) => pathname.startsWith(path)))
    // What was fetched for who has left goes with the page.
    window.location.assign(`/sign-in?next=${encodeURIComponent(href)}`);
});
onOtherTab(() => void queryClient.refetchQueries({ queryKey: sessionQuery.queryKey }));

export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
