import { Badge, Button, Group, Skeleton, Text } from '@mantine/core';
import { type Mapping } from '@hub/api-client';
import { useDisclosure } from '@mantine/hooks';
import { IconArrowsExchange } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { type Column } from '../../components/data-table';
import { ListTable } from '../../components/list-table';
import { EmptyState } from '../../components/empty-state';
import { Page } from '../../components/page';
import { Time } from '../../components/time';
import { useList } from '../../lib/pages';
import { useMay } from '../../lib/session';
import { mappings as wording } from '../../text/mappings.text';
import { CreateMapping } from './create-mapping';
import { goldenCasesQuery, mappingsQuery, templatesQuery, usesOf, usesQuery } from './mappings.queries';

const words = wording;

const COLUMNS: readonly Column<Mapping>[] = [
  { id: 'name', title: words.columns.name, width: 'minmax(140px, 2fr)', cell: ({ name }) => name },
  {
    id: 'target',
    title: words.columns.target,
    width: 'minmax(110px, 1.2fr)',
    wideOnly: true,
    cell: (row) => <Makes mapping={row} />,
  },
  {
    id: 'version',
    title: words.columns.version,
    width: 'minmax(90px, 1fr)',
    cell: (row) => <Versions mapping={row} />,
  },
  {
    id: 'used',
    title: words.columns.used,
    width: 'minmax(110px, 1fr)',
    wideOnly: true,
    cell: ({ id }) => <Used id={id} />,
  },
  { id: 'cases', title: words.columns.cases, width: '110px', wideOnly: true, cell: ({ id }) => <Cases id={id} /> },
  {
    id: 'updated',
    title: words.columns.updated,
    width: '100px',
    wideOnly: true,
    alignEnd: true,
    cell: ({ updated_at: at }) => <Time at={at} ago size="sm" />,
  },
];

export function MappingsPage() {
  const navigate = useNavigate();
  const may = useMay();
  const [isCreating, creating] = useDisclosure(false);
  const list = useList(mappingsQuery());
  const add = may('config:write') ? <Button onClick={creating.open}>{words.create.action}</Button> : undefined;
  return (
    <Page title={words.title} description={words.description} actions={add}>
      <ListTable
        list={list}
        label={words.title}
        columns={COLUMNS}
        rowKey={(row) => row.id}
        onOpen={({ id }) => void navigate({ to: '/mappings/$mappingId', params: { mappingId: id } })}
        empty={
          <EmptyState icon={<IconArrowsExchange />} title={words.empty.title} hint={words.empty.hint} action={add} />
        }
      />
      <CreateMapping isOpen={isCreating} onClose={creating.close} />
    </Page>
  );
}

/** What it makes: as its routes say, or else the template that it was copied from. */
function Makes({ mapping }: { readonly mapping: Mapping }) {
  const { data: uses } = useQuery(usesQuery());
  const { data: templates } = useQuery(templatesQuery());
  const made = useMemo(() => {
    const routes = uses === undefined ? [] : usesOf(uses, mapping.id).routes;
    const template = templates?.find(({ id }) => id === mapping.template?.id);
    const ofTemplate = template === undefined ? [] : [template.operation ?? template.canonical_type];
    return [...new Set(routes.length > 0 ? routes.map(({ operation }) => operation) : ofTemplate)];
  }, [uses, templates, mapping]);
  return made.length === 0 ? (
    <Text size="sm" c="dimmed">
      {words.ownTarget}
    </Text>
  ) : (
    made.join(', ')
  );
}

function Versions({ mapping }: { readonly mapping: Mapping }) {
  const { published_version: published, latest_version: latest } = mapping;
  return (
    <Group gap={6} wrap="nowrap">
      <span>{words.publishedVersion(published)}</span>
      {latest > published && (
        <Badge color="gray" variant="light" radius="sm" tt="none">
          {words.draft(latest)}
        </Badge>
      )}
    </Group>
  );
}

function Used({ id }: { readonly id: string }) {
  const { data: uses } = useQuery(usesQuery());
  if (uses === undefined) return <Skeleton height={10} width={60} />;
  const { routes, syncs } = usesOf(uses, id);
  return words.usedBy(routes.length, syncs.length);
}

function Cases({ id }: { readonly id: string }) {
  const { data } = useQuery({ ...goldenCasesQuery(id), staleTime: 60_000 });
  return data === undefined ? <Skeleton height={10} width={30} /> : words.cases(data.length);
}
