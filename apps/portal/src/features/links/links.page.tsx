import { Button } from '@mantine/core';
import { type Link as RecordLink } from '@hub/api-client';
import { IconLink } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type Column } from '../../components/data-table';
import { ListTable } from '../../components/list-table';
import { EmptyState } from '../../components/empty-state';
import { ChoiceFilter, FilterBar, NameFilter, TextFilter } from '../../components/filter-bar';
import { Page } from '../../components/page';
import { Time } from '../../components/time';
import { useList } from '../../lib/pages';
import { text } from '../../text';
import { links as wording } from '../../text/links.text';
import { useConnections } from '../connections/use-connections';
import { endsInWords } from './link-ends';
import { linksQuery, type LinkFilters } from './links.queries';

const route = getRouteApi('/shell/links');
const words = wording;

function columnsOf(nameOf: (id: string) => string): readonly Column<RecordLink>[] {
  const { columns } = words;
  return [
    { id: 'type', title: columns.type, width: 'minmax(80px, 0.6fr)', cell: ({ type }) => type },
    {
      id: 'ends',
      title: columns.ends,
      width: 'minmax(180px, 4fr)',
      cell: (row) => <span title={endsInWords(row, nameOf)}>{endsInWords(row, nameOf)}</span>,
    },
    {
      id: 'updated',
      title: columns.updated,
      width: '105px',
      wideOnly: true,
      alignEnd: true,
      cell: (row) => <Time at={row.updated_at} ago size="sm" />,
    },
  ];
}

export function LinksPage() {
  const filters = route.useSearch();
  const navigate = route.useNavigate();
  const connections = useConnections();
  const list = useList(linksQuery(filters));
  const change = (wanted: Partial<LinkFilters>): void =>
    void navigate({ search: (now) => ({ ...now, ...wanted }), replace: true });
  const isFiltered = Object.values(filters).some((value) => value !== undefined);
  const { empty } = words;
  return (
    <Page title={words.title} description={words.description}>
      <FilterBar isFiltered={isFiltered} onClear={() => void navigate({ search: {}, replace: true })}>
        <TextFilter
          label={words.filters.record}
          placeholder={words.recordPlaceholder}
          value={filters.record_id}
          onChange={(record_id) => change({ record_id })}
        />
        <NameFilter
          label={words.filters.connection}
          known={connections.all ?? []}
          value={filters.connection_id}
          onChange={(connection_id) => change({ connection_id })}
        />
        <TextFilter
          label={words.filters.type}
          placeholder={words.typePlaceholder}
          width={150}
          value={filters.type}
          onChange={(type) => change({ type })}
        />
        <ChoiceFilter
          label={words.filters.deleted}
          choices={['true', 'false'] as const}
          nameOf={(choice) => (choice === 'true' ? text.common.yes : text.common.no)}
          value={filters.deleted}
          onChange={(deleted) => change({ deleted })}
        />
      </FilterBar>
      <ListTable
        list={list}
        label={words.title}
        columns={columnsOf(connections.nameOf)}
        rowKey={(row) => row.id}
        onOpen={({ id }) => void navigate({ to: '/links/$linkId', params: { linkId: id } })}
        empty={
          <EmptyState
            icon={<IconLink />}
            title={isFiltered ? empty.filteredTitle : empty.title}
            hint={isFiltered ? empty.filteredHint : empty.hint}
            action={
              isFiltered ? undefined : (
                <Button component={Link} to="/recipes">
                  {empty.action}
                </Button>
              )
            }
          />
        }
      />
    </Page>
  );
}
