import { Anchor, Group, ScrollArea, Select, Skeleton, Stack, Text } from '@mantine/core';
import { rollbackMapping, type Mapping } from '@hub/api-client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { ConfirmButton } from '../../../components/confirm-button';
import { type Column } from '../../../components/data-table';
import { ListTable } from '../../../components/list-table';
import { nameChoices } from '../../../components/name-choices';
import { ProblemAlert } from '../../../components/problem-alert';
import { Section } from '../../../components/section';
import { Time } from '../../../components/time';
import { answerOf } from '../../../lib/api';
import { useList } from '../../../lib/pages';
import { useMay } from '../../../lib/session';
import { useWho, type Doer } from '../../../lib/use-who';
import { mappings as wording } from '../../../text/mappings.text';
import { versionQuery, versionsQuery, type VersionSummary } from '../mappings.queries';
import { type MappingSearch } from '../mappings.routes';
import { lineDiff, type DiffLine } from '../model/line-diff';
import classes from './parts.module.css';

const words = wording.versions;

export interface VersionsTabProps {
  readonly mapping: Mapping;
  readonly search: MappingSearch;
  readonly onSearch: (search: Partial<MappingSearch>) => void;
  readonly onOpen: (version: number) => void;
}

export function VersionsTab({ mapping, search, onSearch, onOpen }: VersionsTabProps) {
  const list = useList(versionsQuery(mapping.id));
  const { rows } = list;
  const published = mapping.published_version;
  const who = useWho();
  // One that is on a later page was published some time, and what came before it with it.
  const canRollBack = rows.find(({ version }) => version === published)?.published?.can_roll_back ?? published > 1;
  const columns = useMemo(() => columnsOf(published, who, onOpen), [published, who, onOpen]);
  const to = search.to ?? mapping.latest_version;
  const from = search.from ?? Math.max(1, to === published ? to - 1 : published);
  return (
    <Stack gap="lg">
      <Section title={words.title} actions={<Rollback mapping={mapping} isOffered={rows.length > 0 && canRollBack} />}>
        <ListTable
          list={list}
          label={words.title}
          columns={columns}
          below={({ published: last }) => last !== null && who(last.by)}
          rowKey={({ version }) => String(version)}
          height={300}
          empty={null}
        />
      </Section>
      {mapping.latest_version > 1 && (
        <Section title={words.diff}>
          <Group gap="xs">
            <VersionSelect
              label={words.before}
              latest={mapping.latest_version}
              value={from}
              onChange={(version) => onSearch({ from: version })}
            />
            <VersionSelect
              label={words.after}
              latest={mapping.latest_version}
              value={to}
              onChange={(version) => onSearch({ to: version })}
            />
          </Group>
          <Diff mappingId={mapping.id} from={from} to={to} />
        </Section>
      )}
    </Stack>
  );
}

function columnsOf(
  published: number,
  who: (by: Doer | null) => string,
  onOpen: (version: number) => void,
): Column<VersionSummary>[] {
  return [
    {
      id: 'version',
      title: words.columns.version,
      width: '60px',
      cell: ({ version }) => (
        <Anchor component="button" size="sm" onClick={() => onOpen(version)} aria-label={`${words.open}: ${version}`}>
          {wording.publishedVersion(version)}
        </Anchor>
      ),
    },
    { id: 'note', title: words.columns.note, width: 'minmax(64px, 2fr)', cell: ({ note }) => note },
    {
      id: 'published',
      title: words.columns.published,
      width: 'minmax(140px, 1.2fr)',
      cell: ({ version, published: last }) => <Published isNow={version === published} at={last?.at ?? null} />,
    },
    {
      id: 'by',
      title: words.columns.by,
      width: 'minmax(100px, 1fr)',
      wideOnly: true,
      cell: ({ published: last }) => last !== null && who(last.by),
    },
    {
      id: 'created',
      title: words.columns.created,
      width: '120px',
      wideOnly: true,
      alignEnd: true,
      cell: ({ created_at: at }) => <Time at={at} ago size="sm" />,
    },
  ];
}

/** When it was is not known of what is older than the history. */
function Published({ isNow, at }: { readonly isNow: boolean; readonly at: string | null }) {
  return (
    <>
      {isNow && <b>{words.now}</b>}
      {isNow && at !== null && ' · '}
      {at !== null ? <Time at={at} ago size="sm" /> : !isNow && words.never}
    </>
  );
}

function Rollback({ mapping, isOffered }: { readonly mapping: Mapping; readonly isOffered: boolean }) {
  const may = useMay();
  const client = useQueryClient();
  const rollback = useMutation({
    mutationFn: () =>
      answerOf(rollbackMapping({ path: { id: mapping.id }, body: { expected_version: mapping.published_version } })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['mapping', mapping.id] });
      void client.invalidateQueries({ queryKey: ['mappings'] });
    },
  });
  if (!may('config:write')) return null;
  return (
    <Stack gap={4} align="flex-end">
      {isOffered && (
        <ConfirmButton
          label={words.rollback}
          title={words.confirmRollback.title(mapping.published_version)}
          body={words.confirmRollback.body}
          isPending={rollback.isPending}
          onConfirm={() => rollback.mutate()}
        />
      )}
      {rollback.error !== null && <ProblemAlert error={rollback.error} />}
      {rollback.data !== undefined && (
        <Text size="sm" role="status">
          {words.rolledBack(rollback.data.published_version)}
        </Text>
      )}
    </Stack>
  );
}

interface VersionSelectProps {
  readonly label: string;
  readonly latest: number;
  readonly value: number;
  readonly onChange: (version: number) => void;
}

/** Of all of them, newest first: they are numbered without gaps, and none is ever deleted. */
function VersionSelect({ label, latest, value, onChange }: VersionSelectProps) {
  const versions = Array.from({ length: latest }, (_none, index) => latest - index);
  return (
    <Select
      size="sm"
      label={label}
      w={140}
      allowDeselect={false}
      {...nameChoices(versions.map((version) => ({ id: String(version), name: wording.publishedVersion(version) })))}
      value={String(value)}
      onChange={(chosen) => chosen !== null && onChange(Number(chosen))}
    />
  );
}

function Diff({ mappingId, from, to }: { readonly mappingId: string; readonly from: number; readonly to: number }) {
  const before = useQuery(versionQuery(mappingId, from));
  const after = useQuery(versionQuery(mappingId, to));
  const lines = useMemo(
    () => (before.data === undefined || after.data === undefined ? null : diffOf(before.data, after.data)),
    [before.data, after.data],
  );
  const error = before.error ?? after.error;
  if (lines === null && error !== null) return <ProblemAlert error={error} />;
  if (lines === null) return <Skeleton height={200} />;
  if (lines.every(({ kind }) => kind === 'same')) return <Text c="dimmed">{words.same}</Text>;
  return (
    <ScrollArea
      className={classes.frame}
      type="auto"
      viewportProps={{ tabIndex: 0, role: 'group', 'aria-label': words.diff }}
    >
      <div className={classes.diff}>
        {lines.map((line, index) => (
          <Line key={index} line={line} />
        ))}
      </div>
    </ScrollArea>
  );
}

interface Content {
  readonly expression: string;
  readonly tables: unknown;
}

/** Lookup tables are a part of a version: they follow its expression. */
function diffOf(before: Content, after: Content): DiffLine[] {
  const of = ({ expression, tables }: Content): string =>
    Object.keys(tables as object).length === 0 ? expression : `${expression}\n\n${JSON.stringify(tables, null, 2)}`;
  return lineDiff(of(before), of(after));
}

const SIGNS: Readonly<Record<DiffLine['kind'], string>> = { same: ' ', added: '+', removed: '−' };

function Line({ line: { kind, text: shown, before, after } }: { readonly line: DiffLine }) {
  return (
    <div className={[classes.line, kind === 'same' ? '' : classes[kind]].join(' ')}>
      <span className={classes.number} aria-hidden>
        {before ?? ''}
      </span>
      <span className={classes.number} aria-hidden>
        {after ?? ''}
      </span>
      <span
        className={classes.sign}
        role={kind === 'same' ? undefined : 'img'}
        aria-label={kind === 'same' ? undefined : words[kind]}
      >
        {SIGNS[kind]}
      </span>
      <span>{shown}</span>
    </div>
  );
}
