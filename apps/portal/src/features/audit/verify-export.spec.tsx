/** @jest-environment jsdom */
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen, within } from '@testing-library/react';
import { type AuditExport } from '@hub/api-client';
import { type Verdict } from './check-export';
import { exportsKey, OWN_CHAIN } from './exported-chain';
import { type Check } from './use-check';
import { VerifyExport } from './verify-export';

const UNCHECKED = { data: undefined, error: null, isPending: false, progress: 0, variables: undefined };

function show(check: object): void {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
  client.setQueryData([...OWN_CHAIN.key, 'checkpoint'], { keys: ['key'], note: null });
  client.setQueryData(exportsKey(OWN_CHAIN), {
    pages: [{ data: [exported('axp_2', null), exported('axp_1', '/v1/x')], next_cursor: null }],
    pageParams: [undefined],
  });
  render(
    <QueryClientProvider client={client}>
      <MantineProvider env="test">
        <VerifyExport chain={OWN_CHAIN} check={check as unknown as Check} />
      </MantineProvider>
    </QueryClientProvider>,
  );
}

const exported = (id: string, download: string | null) => ({ id, download }) as AuditExport;

function told(verdict: Verdict): HTMLElement {
  show({ ...UNCHECKED, data: verdict, progress: 1, variables: { name: 'a.tar.gz' } });
  return screen.getByRole('alert');
}

it('an export that was re-ordered is called so, with what to do about it, and not one that does not hold', () => {
  const alert = told({ kind: 'reordered', message: 'the files of the archive were re-ordered' });
  expect(within(alert).getByText('This export is out of order')).not.toBeNull();
  expect(within(alert).getByText('the files of the archive were re-ordered.')).not.toBeNull();
  expect(within(alert).getByText(/the command under “Offline”/)).not.toBeNull();
  expect(alert.textContent).not.toMatch(/does not hold|is wrong/);
});

it('one that is broken names the first record that is wrong', () => {
  const alert = told({ kind: 'broken', message: 'it does not follow', seq: 17 });
  expect(alert.textContent).toMatch(/This export does not hold.*The first record that is wrong is number 17/);
});

it('the commands name the newest export that can be downloaded, until one is checked', () => {
  show(UNCHECKED);
  expect(screen.getByText(/^mkdir audit && tar -xzf 'audit-axp_1\.tar\.gz' /)).not.toBeNull();
  told({ kind: 'broken', message: 'it does not follow', seq: 17 });
  expect(screen.getByText(/^mkdir audit && tar -xzf 'a\.tar\.gz' /)).not.toBeNull();
});
