import { Alert, Badge, Button, Group, Menu, Skeleton, Stack, Tabs, Text } from '@mantine/core';
import { type Mapping, type MappingVersionResponse } from '@hub/api-client';
import { useDisclosure } from '@mantine/hooks';
import { IconDots } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect, useState, type ReactNode } from 'react';
import { lazyDialog, lazyPart } from '../../components/lazy-part';
import { LookFailed } from '../../components/loaded';
import { Page } from '../../components/page';
import { ProblemAlert } from '../../components/problem-alert';
import { StatusBadge } from '../../components/status-badge';
import { useMay } from '../../lib/session';
import { memberOf, useUnsaved } from '../../lib/unsaved';
import { text } from '../../text';
import { mappings as wording } from '../../text/mappings.text';
import { MappingEditor, type Draft } from './editor/mapping-editor';
import { mappingQuery, versionQuery } from './mappings.queries';
import { MAPPING_TABS, type MappingSearch, type MappingTab } from './mappings.routes';
import { isJson } from './model/json-text';
import { Published } from './parts/published';
import { useSample } from './parts/use-sample';

// Whoever opens a mapping sees its editor first: the rest is fetched when it is asked for.
const waiting = (): ReactNode => <Skeleton height={460} />;
const BacktestsTab = lazyPart(() => import('./parts/backtests-tab').then((module) => module.BacktestsTab), waiting);
const CasesTab = lazyPart(() => import('./parts/cases-tab').then((module) => module.CasesTab), waiting);
const VersionsTab = lazyPart(() => import('./parts/versions-tab').then((module) => module.VersionsTab), waiting);
const CaseDialog = lazyDialog(() => import('./parts/case-dialog').then((module) => module.CaseDialog));
const DeleteMapping = lazyDialog(() => import('./parts/delete-mapping').then((module) => module.DeleteMapping));
const PublishDialog = lazyDialog(() => import('./parts/publish-dialog').then((module) => module.PublishDialog));
const RenameMapping = lazyDialog(() => import('./parts/rename-mapping').then((module) => module.RenameMapping));
const SaveDialog = lazyDialog(() => import('./parts/save-dialog').then((module) => module.SaveDialog));

const route = getRouteApi('/shell/mappings/$mappingId');
const words = wording;

export function MappingPage() {
  const { mappingId } = route.useParams();
  const search = route.useSearch();
  const mapping = useQuery(mappingQuery(mappingId));
  const [written, setWritten] = useState<Written | null>(null);
  // Whoever goes to another address was asked before, and has given it up.
  if (written !== null && written.address !== search.version) setWritten(null);
  // What is being written stays with the version that it began with: until it is given up, neither a newer one that somebody
  // saves nor one that was asked for and comes late takes its place.
  const number = written?.base ?? search.version ?? mapping.data?.latest_version;
  const version = useQuery({ ...versionQuery(mappingId, number ?? 1), enabled: number !== undefined });
  // Until another one has come the one before stands: a dialog and the sample are of no version, and would be gone with it.
  const [before, setBefore] = useState<MappingVersionResponse>();
  if (version.data !== undefined && version.data !== before) setBefore(version.data);
  const shown = version.data ?? before;
  const error = mapping.error ?? version.error;
  const refetch = (): void => void Promise.all([mapping.refetch(), version.refetch()]);
  if (mapping.data === undefined || shown === undefined)
    return error !== null ? (
      <Page title={words.one}>
        <ProblemAlert error={error} onRetry={refetch} />
      </Page>
    ) : (
      <Page title={words.one}>
        <Skeleton height={36} />
        <Skeleton height={460} />
      </Page>
    );
  return (
    <>
      <LookFailed query={{ data: mapping.data, error, refetch }} />
      <Workbench mapping={mapping.data} version={shown} search={search} written={written} onWritten={setWritten} />
    </>
  );
}

/** Something else than the version that it began with says. */
interface Written {
  readonly base: number;
  /** The version that the address named; without one it is the latest. */
  readonly address: number | undefined;
  readonly draft: Draft;
}

interface WorkbenchProps {
  readonly mapping: Mapping;
  readonly version: MappingVersionResponse;
  readonly search: MappingSearch;
  readonly written: Written | null;
  readonly onWritten: (written: Written | null) => void;
}

type Dialog =
  | 'save'
  | 'rename'
  /** The one that was looked at: what somebody saves meanwhile is not published unseen. */
  | { readonly publish: MappingVersionResponse }
  | { readonly output: unknown };

/** What is written is held above the tabs. */
function Workbench({ mapping, version, search, written, onWritten }: WorkbenchProps) {
  const navigate = route.useNavigate();
  const mayWrite = useMay()('config:write');
  const saved: Draft = { expression: version.expression, tables: JSON.stringify(version.tables, null, 2) };
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const close = (): void => setDialog(null);
  const draft = written?.base === version.version ? written.draft : saved;
  const isOther = ({ expression, tables }: Draft): boolean =>
    expression !== saved.expression || tables !== saved.tables;
  const isDirty = isOther(draft);
  const write = (changed: Draft): void =>
    onWritten(isOther(changed) ? { base: version.version, address: search.version, draft: changed } : null);
  const go = (wanted: Partial<MappingSearch>): void =>
    void navigate({ search: (now) => ({ ...now, ...wanted }), replace: true });
  const sample = useSample(mapping.id, search.event, (event) => go({ event }));
  const open = (number: number, isSaved = false): void =>
    void navigate({ search: (now) => ({ ...now, version: number, tab: undefined }), ignoreBlocker: isSaved });
  const goOnFrom = (number: number): void => {
    onWritten(null);
    close();
    open(number, true);
  };
  // After an upgrade their files are gone, and what was written before it is still to be saved.
  useEffect(() => {
    if (!mayWrite) return;
    SaveDialog.preload();
    PublishDialog.preload();
  }, [mayWrite]);
  const tab = search.tab ?? 'edit';
  // The tabs leave it alone; another version begins anew.
  useUnsaved({
    isUnsaved: () => isDirty,
    isLeft: (from, to) => from.pathname !== to.pathname || memberOf(from, 'version') !== memberOf(to, 'version'),
  });
  return (
    <Page
      title={mapping.name}
      description={mapping.description === '' ? undefined : mapping.description}
      beside={<State mapping={mapping} version={version.version} isDirty={isDirty} />}
      actions={
        mayWrite && (
          <Actions
            mapping={mapping}
            version={version.version}
            isDirty={isDirty}
            canSave={isJson(draft.tables)}
            onSave={() => setDialog('save')}
            onPublish={() => setDialog({ publish: version })}
            onRename={() => setDialog('rename')}
            onRevert={() => onWritten(null)}
          />
        )
      }
    >
      {!mayWrite && (
        <Text size="sm" c="dimmed">
          {words.readOnly}
        </Text>
      )}
      {isDirty && (search.version ?? mapping.latest_version) !== version.version && (
        <Alert color="yellow" variant="light" role="status">
          {search.version === undefined
            ? words.editor.savedMeanwhile(mapping.latest_version, version.version)
            : words.editor.opensLater(search.version, version.version)}
        </Alert>
      )}
      {search.done !== undefined && search.done === mapping.published_version && (
        <Published mappingId={mapping.id} version={search.done} onClose={() => go({ done: undefined })} />
      )}
      <Tabs
        value={tab}
        onChange={(value) => go({ tab: value === 'edit' ? undefined : (value as MappingTab) })}
        keepMounted={false}
      >
        <Tabs.List mb="sm">
          {MAPPING_TABS.map((value) => (
            <Tabs.Tab key={value} value={value}>
              {words.tabs[value]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="edit">
          <MappingEditor
            mapping={mapping}
            draft={draft}
            onDraft={mayWrite ? write : undefined}
            sample={sample}
            search={search}
            onSearch={go}
            onAddCase={mayWrite ? (output) => setDialog({ output }) : undefined}
          />
        </Tabs.Panel>
        <Tabs.Panel value="versions">
          <VersionsTab mapping={mapping} search={search} onSearch={go} onOpen={open} />
        </Tabs.Panel>
        <Tabs.Panel value="cases">
          <CasesTab
            mappingId={mapping.id}
            version={version}
            onOpen={(golden) => {
              sample.onChange(golden);
              go({ tab: undefined });
            }}
          />
        </Tabs.Panel>
        <Tabs.Panel value="backtests">
          <BacktestsTab
            mapping={mapping}
            version={version}
            draft={isDirty ? draft : null}
            search={search}
            onSearch={go}
          />
        </Tabs.Panel>
      </Tabs>
      {dialog === 'save' && <SaveDialog mappingId={mapping.id} draft={draft} onClose={close} onSaved={goOnFrom} />}
      {dialog === 'rename' && <RenameMapping mapping={mapping} onClose={close} />}
      {dialog !== null && typeof dialog === 'object' && 'publish' in dialog && (
        <PublishDialog
          mapping={mapping}
          version={dialog.publish}
          onClose={close}
          onPublished={() => {
            close();
            go({ done: dialog.publish.version });
          }}
        />
      )}
      {dialog !== null && typeof dialog === 'object' && 'output' in dialog && (
        <CaseDialog
          mappingId={mapping.id}
          golden={null}
          start={{ sample: sample.sample, output: dialog.output }}
          onClose={close}
        />
      )}
    </Page>
  );
}

function State({
  mapping,
  version,
  isDirty,
}: {
  readonly mapping: Mapping;
  readonly version: number;
  readonly isDirty: boolean;
}) {
  return (
    <Group gap={6}>
      <Text size="sm" c="dimmed">
        {words.editor.saved(version)}
      </Text>
      {isDirty ? (
        <Badge color="yellow" variant="light" radius="sm" tt="none">
          {words.editor.dirty}
        </Badge>
      ) : (
        <StatusBadge status={version === mapping.published_version ? 'published' : 'draft'} />
      )}
    </Group>
  );
}

interface ActionsProps {
  readonly mapping: Mapping;
  readonly version: number;
  readonly isDirty: boolean;
  readonly canSave: boolean;
  readonly onSave: () => void;
  readonly onPublish: () => void;
  readonly onRename: () => void;
  readonly onRevert: () => void;
}

function Actions({ mapping, version, isDirty, canSave, onSave, onPublish, onRename, onRevert }: ActionsProps) {
  const [isDeleting, deleting] = useDisclosure(false);
  const isPublished = version === mapping.published_version;
  return (
    <Stack gap={4}>
      <Group gap="xs">
        <Button size="sm" variant={isDirty ? 'filled' : 'default'} disabled={!isDirty || !canSave} onClick={onSave}>
          {words.editor.save}
        </Button>
        {!isPublished && (
          <Button size="sm" disabled={isDirty} onClick={onPublish}>
            {words.publish.action}
          </Button>
        )}
        <Menu position="bottom-end" withinPortal>
          <Menu.Target>
            <Button size="sm" variant="default" px="xs" aria-label={text.common.actions}>
              <IconDots size={16} />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item disabled={!isDirty} onClick={onRevert}>
              {words.editor.revert}
            </Menu.Item>
            <Menu.Item onClick={onRename}>{words.rename.action}</Menu.Item>
            <Menu.Item color="red" onClick={deleting.open}>
              {words.remove.action}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Group>
      {isDeleting && <DeleteMapping mapping={mapping} onClose={deleting.close} />}
    </Stack>
  );
}
