/** @jest-environment jsdom */
import { MantineProvider } from '@mantine/core';
import { type Backtest, type Mapping, type MappingVersionResponse } from '@hub/api-client';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import { sessionQuery, type Session } from '../../../lib/session';
import { backtestQuery, backtestsQuery, goldenCasesQuery } from '../mappings.queries';
import { PublishDialog } from './publish-dialog';

const MAPPING = { id: 'map_1', name: 'Orders', published_version: 1 } as Mapping;
const VERSION = { version: 3, expression: '$lookupTable("size", n)', content_hash: 'c3' } as MappingVersionResponse;

type Tried = Pick<Backtest, 'version' | 'content_hash' | 'status'>;

/** Newest first, all of them with the expression of the version that is to be published. */
function open(...tried: readonly Tried[]): void {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
  const rows = tried.map((each, index) => ({
    ...each,
    id: `btt_${index}`,
    mapping_id: MAPPING.id,
    base_version: 1,
    expression: VERSION.expression,
    limit: 200,
    compared: 40 + index,
    totals: {},
    stopped_because: null,
    error: null,
    created_at: '2026-11-20T10:00:00.000Z',
    ended_at: '2026-11-20T10:00:05.000Z',
  })) as unknown as Backtest[];
  const page = { data: rows, next_cursor: null };
  client.setQueryData(backtestsQuery(MAPPING.id).queryKey, { pages: [page], pageParams: [undefined] });
  for (const row of rows) client.setQueryData(backtestQuery(MAPPING.id, row.id).queryKey, row);
  client.setQueryData(goldenCasesQuery(MAPPING.id).queryKey, []);
  client.setQueryData(sessionQuery.queryKey, { scopes: ['config:write'] } as unknown as Session);
  render(
    <QueryClientProvider client={client}>
      <MantineProvider env="test">
        <PublishDialog mapping={MAPPING} version={VERSION} onClose={jest.fn()} onPublished={jest.fn()} />
      </MantineProvider>
    </QueryClientProvider>,
  );
}

function has(name: string): boolean {
  return screen.queryByRole('button', { name }) !== null;
}

describe('before a version is published', () => {
  it.each([
    ['of the version', { version: 3, content_hash: 'c3', status: 'succeeded' }],
    ['of the draft that it was', { version: null, content_hash: 'c3', status: 'succeeded' }],
  ] as const)('the last back-test %s is shown, and counts', (_what, tried) => {
    open({ version: 2, content_hash: 'c2', status: 'succeeded' }, tried);
    expect(screen.getByText(/41 of at most 200/)).not.toBeNull();
    expect(has('Publish now')).toBe(true);
    expect(has('Back-test')).toBe(false);
  });

  it.each([
    ['with other tables', { version: 2, content_hash: 'c2', status: 'succeeded' }],
    ['of a draft with other tables', { version: null, content_hash: 'c2', status: 'succeeded' }],
    ['that failed', { version: 3, content_hash: 'c3', status: 'failed' }],
    ['that was cancelled', { version: 3, content_hash: 'c3', status: 'cancelled' }],
  ] as const)('one %s is none of it', (_what, tried) => {
    open(tried);
    expect(screen.getByText('This version has not been run over real events yet.')).not.toBeNull();
    expect(has('Publish without a back-test')).toBe(true);
  });

  it('one that goes on is shown, and is no proof yet', () => {
    open({ version: 3, content_hash: 'c3', status: 'running' });
    expect(screen.getByText(/40 of at most 200/)).not.toBeNull();
    expect(has('Publish without a back-test')).toBe(true);
  });

  it('one that was cut short is passed over for an earlier one that came to its end', () => {
    open(
      { version: 3, content_hash: 'c3', status: 'cancelled' },
      { version: 3, content_hash: 'c3', status: 'succeeded' },
    );
    expect(screen.getByText(/41 of at most 200/)).not.toBeNull();
    expect(has('Publish now')).toBe(true);
  });
});
