import { Box, Text } from '@mantine/core';
import { type SchemaChange } from '@hub/api-client';
import { useLocation } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { type Column } from '../../components/data-table';
import { ListTable } from '../../components/list-table';
import { Section } from '../../components/section';
import { Time } from '../../components/time';
import { type ListState } from '../../lib/pages';
import { text } from '../../text';
import { changeInWords, SCHEMA_CHANGES } from './schema-change';

const words = text.connections.detail.schema;

interface Row {
  readonly key: string;
  readonly object: string;
  readonly change: string;
  readonly at: string;
}

const COLUMNS: readonly Column<Row>[] = [
  { id: 'object', title: words.columns.object, width: 'minmax(90px, 1fr)', cell: ({ object }) => object },
  {
    id: 'change',
    title: words.columns.change,
    width: 'minmax(150px, 3fr)',
    cell: ({ change }) => <span title={change}>{change}</span>,
  },
  {
    id: 'seen',
    title: words.columns.seen,
    width: '110px',
    wideOnly: true,
    alignEnd: true,
    cell: ({ at }) => <Time at={at} ago size="sm" />,
  },
];

/** What the vendor's admins have changed, which mappings may have to follow. */
export function SchemaChanges({ list }: { readonly list: ListState<SchemaChange> }) {
  const { hash } = useLocation();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // It is there long after the address was opened: the browser has looked for it in vain.
    if (hash === SCHEMA_CHANGES) place.current?.scrollIntoView();
  }, [hash]);
  return (
    <Box
      ref={place}
      id={SCHEMA_CHANGES}
      style={{ scrollMarginTop: 'calc(var(--app-shell-header-height, 0px) + 16px)' }}
    >
      <Section title={words.title}>
        <ListTable
          list={{ ...list, rows: list.rows.flatMap(rowsOf) }}
          label={words.title}
          columns={COLUMNS}
          rowKey={({ key }) => key}
          height={264}
          empty={
            <Text size="sm" c="dimmed">
              {words.none}
            </Text>
          }
        />
      </Section>
    </Box>
  );
}

function rowsOf({ object, changes, detected_at: at }: SchemaChange): Row[] {
  return changes.map((change, index) => ({
    key: `${at} ${object ?? ''} ${index}`,
    object: object ?? words.objects,
    change: changeInWords(change),
    at,
  }));
}
