import { Button, Group, JsonInput, SegmentedControl, Skeleton, Stack, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { type Mapping } from '@hub/api-client';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { lazyPart } from '../../../components/lazy-part';
import { mappings as wording } from '../../../text/mappings.text';
import { functionsQuery } from '../mappings.queries';
import { EDITOR_PANES, type EditorPane, type MappingSearch } from '../mappings.routes';
import { isJson, parsedJson, parsedObject } from '../model/json-text';
import { samplePaths, type SamplePath } from '../model/sample-paths';
import classes from './editor.module.css';
import { FunctionsHelp } from './functions-help';
import { LazyCodeEditor } from './lazy-code-editor';
import { OutputPane } from './output-pane';
import { SamplePane, type SamplePaneProps } from './sample-pane';
import { usePreview, type Preview } from './use-preview';
import { useTarget, type TargetState } from './use-target';

const words = wording.editor;
const VisualEditor = lazyPart(
  () => import('./visual-editor').then((module) => module.VisualEditor),
  () => <Skeleton height="100%" />,
);

/** What is being written. */
export interface Draft {
  readonly expression: string;
  /** JSON text. */
  readonly tables: string;
}

export interface MappingEditorProps {
  readonly mapping: Mapping;
  readonly draft: Draft;
  /** Left out: there to read and to try out. */
  readonly onDraft: ((draft: Draft) => void) | undefined;
  readonly sample: Omit<SamplePaneProps, 'mappingId' | 'paths'>;
  readonly search: MappingSearch;
  readonly onSearch: (search: Partial<MappingSearch>) => void;
  readonly onAddCase: ((output: unknown) => void) | undefined;
}

/** Sample, mapping and result beside each other; one after the other where room is short. */
export function MappingEditor(props: MappingEditorProps) {
  const { mapping, draft, sample, search, onSearch, onAddCase } = props;
  const tables = parsedObject(draft.tables);
  const preview = usePreview(
    useMemo(
      () => ({
        expression: draft.expression,
        inputText: sample.sample.text,
        event: sample.sample.event,
        links: sample.sample.links,
        tables: tables ?? {},
      }),
      // Tables are an object anew each time; their text says whether they differ.
      // eslint-disable-next-line react-hooks/exhaustive-deps
      [draft.expression, draft.tables, sample.sample],
    ),
  );
  const target = useTarget(mapping, search.target);
  const paths = useMemo(() => samplePaths(parsedJson(sample.sample.text)), [sample.sample.text]);
  const pane = search.pane ?? 'mapping';
  const output = preview.outcome?.kind === 'output' ? preview.outcome.output : undefined;
  const [goTo, setGoTo] = useState<{ readonly offset: number } | null>(null);
  const showCode = (offset: number): void => {
    setGoTo({ offset });
    onSearch({ view: 'code', pane: 'mapping' });
  };
  const show = (wanted: EditorPane): string => String(wanted === pane);
  return (
    <Stack gap="xs">
      <SegmentedControl
        className={classes.switch}
        fullWidth
        aria-label={words.panes}
        data={EDITOR_PANES.map((value) => ({ value, label: words[value] }))}
        value={pane}
        onChange={(value) => onSearch({ pane: value })}
      />
      <div className={classes.panes}>
        <section className={classes.pane} data-shown={show('sample')} aria-label={words.sample}>
          <SamplePane
            {...sample}
            mappingId={mapping.id}
            paths={(search.view ?? 'fields') === 'fields' && props.onDraft !== undefined ? paths : null}
          />
        </section>
        <section className={classes.pane} data-shown={show('mapping')} aria-label={words.mapping}>
          <MappingPane
            {...props}
            preview={preview}
            target={target}
            output={output}
            paths={paths}
            goTo={goTo}
            onShowCode={showCode}
          />
        </section>
        <section className={classes.pane} data-shown={show('output')} aria-label={words.output}>
          <OutputPane
            preview={preview}
            target={target}
            onTarget={(key) => onSearch({ target: key })}
            onAddCase={onAddCase === undefined || output === undefined ? undefined : () => onAddCase(output)}
            onShow={showCode}
          />
        </section>
      </div>
    </Stack>
  );
}

interface MappingPaneProps extends MappingEditorProps {
  readonly preview: Preview;
  readonly target: TargetState;
  readonly output: unknown;
  readonly paths: readonly SamplePath[];
  readonly goTo: { readonly offset: number } | null;
  readonly onShowCode: (offset: number) => void;
}

function MappingPane(props: MappingPaneProps) {
  const { draft, onDraft, search, onSearch, preview, target, paths, output, goTo, onShowCode } = props;
  const view = search.view ?? 'fields';
  const [isHelpOpen, help] = useDisclosure(false);
  const { data: functions = [] } = useQuery(functionsQuery());
  const known = useMemo(
    () => ({ functions, paths, fields: target.target?.fields ?? [] }),
    [functions, paths, target.target],
  );
  const change = onDraft === undefined ? undefined : (expression: string): void => onDraft({ ...draft, expression });
  return (
    <>
      <div className={classes.paneTitle}>
        <SegmentedControl
          size="xs"
          aria-label={words.view}
          data={(['fields', 'code'] as const).map((value) => ({ value, label: words.views[value] }))}
          value={view}
          onChange={(value) => onSearch({ view: value })}
        />
        {view === 'code' && (
          <Button size="compact-xs" variant="subtle" onClick={help.open}>
            {words.helpers}
          </Button>
        )}
      </div>
      {view === 'code' ? (
        <div className={classes.code}>
          <LazyCodeEditor
            label={words.code}
            language="jsonata"
            value={draft.expression}
            onChange={change}
            fault={faultOf(preview)}
            known={known}
            goTo={goTo}
          />
        </div>
      ) : (
        <div className={classes.fields}>
          <VisualEditor
            expression={draft.expression}
            onChange={change}
            paths={paths}
            target={target.target}
            output={output}
            onShowCode={onShowCode}
          />
        </div>
      )}
      <Tables draft={draft} onDraft={onDraft} />
      {isHelpOpen && <FunctionsHelp functions={functions} onClose={help.close} />}
    </>
  );
}

function faultOf({ outcome }: Preview): { from: number; length: number; message: string } | null {
  if (outcome === undefined || outcome.kind === 'output' || outcome.place === null) return null;
  return { from: outcome.place.offset, length: outcome.place.length, message: outcome.message };
}

function Tables({ draft, onDraft }: Pick<MappingEditorProps, 'draft' | 'onDraft'>) {
  const [isOpen, setOpen] = useState(false);
  const isBad = !isJson(draft.tables);
  return (
    <div className={classes.tables}>
      <UnstyledButton onClick={() => setOpen((now) => !now)} aria-expanded={isOpen}>
        <Group gap={4}>
          {isOpen ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
          <Text size="sm">{words.tables}</Text>
        </Group>
      </UnstyledButton>
      {isOpen && (
        <JsonInput
          size="xs"
          aria-label={words.tables}
          description={words.tablesHint}
          error={isBad ? words.badJson : undefined}
          autosize
          minRows={2}
          maxRows={6}
          readOnly={onDraft === undefined}
          value={draft.tables}
          onChange={(tables) => onDraft?.({ ...draft, tables })}
        />
      )}
    </div>
  );
}
