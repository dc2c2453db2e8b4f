import { Alert, Button, Group, SegmentedControl, Select, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ProblemAlert } from '../../../components/problem-alert';
import { useMay } from '../../../lib/session';
import { localTime } from '../../../lib/time';
import { text } from '../../../text';
import { mappings as wording } from '../../../text/mappings.text';
import { goldenCasesQuery, mappedEventsQuery, usesOf, usesQuery, type MappedEvent } from '../mappings.queries';
import { isJson } from '../model/json-text';
import { type SamplePath } from '../model/sample-paths';
import classes from './editor.module.css';
import { LazyCodeEditor } from './lazy-code-editor';
import { sampleOfCase, type Sample } from './sample';
import { SourceFields } from './source-fields';

const words = wording.sample;
type Source = keyof typeof words.sources;

export interface SamplePaneProps {
  readonly mappingId: string;
  readonly sample: Sample;
  readonly onChange: (sample: Sample) => void;
  readonly eventId: string | undefined;
  readonly onEvent: (trackingId: string | undefined) => void;
  readonly eventError: Error | null;
  readonly isGone: boolean;
  /** To be dragged onto the fields of the mapping; null where these are not shown. */
  readonly paths: readonly SamplePath[] | null;
}

/** Where the input comes from, and the input itself, to be changed at will. */
export function SamplePane(props: SamplePaneProps) {
  const { mappingId, sample, onChange, eventId, onEvent, eventError, isGone, paths } = props;
  const mayReadPayloads = useMay()('payloads:read');
  const [source, setSource] = useState<Source>(mayReadPayloads ? 'event' : 'pasted');
  const sources = (Object.keys(words.sources) as Source[]).filter((one) => one !== 'event' || mayReadPayloads);
  return (
    <Stack gap="xs" className={classes.fill}>
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label={words.source}
        data={sources.map((value) => ({ value, label: words.sources[value] }))}
        value={source}
        onChange={(value) => setSource(value)}
      />
      {source === 'event' && <EventChoice mappingId={mappingId} eventId={eventId} onEvent={onEvent} />}
      {source === 'case' && <CaseChoice mappingId={mappingId} onChange={onChange} />}
      {source === 'pasted' && (
        <Text size="xs" c="dimmed">
          {mayReadPayloads ? words.hint : words.noPayloads}
        </Text>
      )}
      {eventError !== null && <ProblemAlert error={eventError} />}
      {isGone && <Alert color="yellow">{words.noPayload}</Alert>}
      <div className={classes.code}>
        <LazyCodeEditor
          label={words.label}
          language="json"
          value={sample.text}
          onChange={(changed) => {
            if (changed !== sample.text) onChange({ ...sample, text: changed });
          }}
        />
      </div>
      {sample.text !== '' && !isJson(sample.text) && (
        <Text size="xs" c="red" role="status">
          {wording.editor.badJson}
        </Text>
      )}
      {paths !== null && (
        <div className={classes.sourceFields}>
          <SourceFields paths={paths} />
        </div>
      )}
    </Stack>
  );
}

type EventChoiceProps = Pick<SamplePaneProps, 'mappingId' | 'eventId' | 'onEvent'>;

function EventChoice({ mappingId, eventId, onEvent }: EventChoiceProps) {
  const [typed, setTyped] = useState(eventId ?? '');
  const [known, setKnown] = useState(eventId);
  if (known !== eventId) {
    setKnown(eventId);
    setTyped(eventId ?? '');
  }
  const [onlyFailed, setOnlyFailed] = useState(false);
  const { data: uses } = useQuery(usesQuery());
  const own = usesOf(uses ?? { routes: [], syncs: [] }, mappingId);
  const recent = useQuery(mappedEventsQuery(own, onlyFailed));
  const rows = recent.data ?? [];
  return (
    <Stack gap={6}>
      <Group gap={6} align="flex-end" wrap="nowrap">
        <TextInput
          size="xs"
          label={words.eventId}
          placeholder={words.eventHint}
          style={{ flex: 1 }}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && typed.trim() !== '') onEvent(typed.trim());
          }}
        />
        <Button size="xs" variant="default" disabled={typed.trim() === ''} onClick={() => onEvent(typed.trim())}>
          {words.load}
        </Button>
      </Group>
      <Group gap="xs" justify="space-between">
        <Switch
          size="xs"
          label={words.onlyFailed}
          checked={onlyFailed}
          onChange={(event) => setOnlyFailed(event.currentTarget.checked)}
        />
      </Group>
      <Select
        size="xs"
        label={words.recent}
        placeholder={rows.length === 0 ? words.noRecent : words.pick}
        disabled={rows.length === 0}
        data={eventOptions(rows)}
        value={rows.some(({ trackingId }) => trackingId === eventId) ? (eventId ?? null) : null}
        onChange={(chosen) => {
          if (chosen === null) return;
          setTyped(chosen);
          onEvent(chosen);
        }}
      />
    </Stack>
  );
}

function eventOptions(rows: readonly MappedEvent[]): { value: string; label: string }[] {
  return rows.map(({ trackingId, status, type, at }) => ({
    value: trackingId,
    label: `${text.common.status[status] ?? status} · ${type} · ${localTime(at)}`,
  }));
}

function CaseChoice({ mappingId, onChange }: Pick<SamplePaneProps, 'mappingId' | 'onChange'>) {
  const { data: cases = [] } = useQuery(goldenCasesQuery(mappingId));
  const [chosen, setChosen] = useState<string | null>(null);
  return (
    <Select
      size="xs"
      label={words.sources.case}
      placeholder={cases.length === 0 ? words.noCases : words.pick}
      disabled={cases.length === 0}
      data={cases.map(({ id, name }) => ({ value: id, label: name }))}
      value={chosen}
      onChange={(id) => {
        setChosen(id);
        const golden = cases.find((one) => one.id === id);
        if (golden !== undefined) onChange(sampleOfCase(golden));
      }}
    />
  );
}
