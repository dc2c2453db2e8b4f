/** @jest-environment jsdom */
import { MantineProvider } from '@mantine/core';
import { type Mapping, type MappingVersionResponse } from '@hub/api-client';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { fireEvent, render, screen } from '@testing-library/react';
import { sessionQuery, type Session } from '../../../lib/session';
import { versionQuery, versionsQuery, type VersionSummary } from '../mappings.queries';
import { VersionsTab } from './versions-tab';

// What it has fetched is of no matter here, and jsdom has no sizes to scroll in.
jest.mock('../../../components/data-table', () => ({ DataTable: () => null }));

const MAPPING = { id: 'map_1', name: 'Orders', published_version: 3, latest_version: 3 } as Mapping;
const NEWEST = { version: 3, note: '', published: null, created_at: '2026-11-20T10:00:00.000Z' } as VersionSummary;

beforeAll(() => {
  // Mantine measures what opens below a field; jsdom has no sizes.
  globalThis.ResizeObserver ??= class {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
  };
});

it('compares any two versions, also those that the table has not fetched yet', () => {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
  const page = { data: [NEWEST], next_cursor: 'older' };
  client.setQueryData(versionsQuery(MAPPING.id).queryKey, { pages: [page], pageParams: [undefined] });
  client.setQueryData(sessionQuery.queryKey, { scopes: [] } as unknown as Session);
  for (const version of [2, 3]) {
    const content = { version, expression: '$', tables: {} } as MappingVersionResponse;
    client.setQueryData(versionQuery(MAPPING.id, version).queryKey, content);
  }
  const onSearch = jest.fn();
  render(
    <QueryClientProvider client={client}>
      <MantineProvider env="test">
        <VersionsTab mapping={MAPPING} search={{}} onSearch={onSearch} onOpen={jest.fn()} />
      </MantineProvider>
    </QueryClientProvider>,
  );
  const before = screen.getByRole('combobox', { name: 'From' });
  fireEvent.click(before);
  fireEvent.change(before, { target: { value: '' } });
  const shown = screen.getAllByRole('option').map(({ textContent }) => textContent);
  expect(shown).toEqual(['v3', 'v2', 'v1']);
  fireEvent.click(screen.getByRole('option', { name: 'v1' }));
  expect(onSearch).toHaveBeenCalledWith({ from: 1 });
});
