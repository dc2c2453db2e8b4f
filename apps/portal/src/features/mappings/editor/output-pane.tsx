import { Alert, Button, Code, Group, List, ScrollArea, Select, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconInfoCircle } from '@tabler/icons-react';
import { useMemo } from 'react';
import { JsonView } from '../../../components/json-view';
import { ProblemAlert } from '../../../components/problem-alert';
import { mappings as wording } from '../../../text/mappings.text';
import { schemaFaults, type SchemaFault } from '../model/schema-check';
import { missingFields, type Target } from '../model/target-fields';
import classes from './editor.module.css';
import { type PreviewFailure } from './preview';
import { type Preview } from './use-preview';
import { type TargetState } from './use-target';

const words = wording.output;

export interface OutputPaneProps {
  readonly preview: Preview;
  readonly target: TargetState;
  readonly onTarget: (key: string | undefined) => void;
  readonly onAddCase: (() => void) | undefined;
  readonly onShow: (offset: number) => void;
}

/** What comes out, and whether whoever gets it would take it. */
export function OutputPane({ preview, target, onTarget, onAddCase, onShow }: OutputPaneProps) {
  const { outcome, error, retry, isWorking } = preview;
  return (
    <Stack gap="xs" className={classes.fill} aria-busy={isWorking}>
      <Select
        size="xs"
        aria-label={words.target}
        placeholder={words.noTargetHint}
        data={[...target.choices]}
        value={target.chosen}
        onChange={(key) => onTarget(key ?? undefined)}
        searchable
      />
      {target.error !== null && <ProblemAlert error={target.error} />}
      <ScrollArea
        className={classes.scroll}
        scrollbars="y"
        offsetScrollbars="present"
        type="auto"
        viewportProps={{ tabIndex: 0, role: 'group', 'aria-label': words.result }}
      >
        <Stack gap="xs" aria-live="polite">
          {error !== null ? (
            <ProblemAlert error={error} onRetry={retry} />
          ) : outcome === undefined ? (
            <Text size="sm" c="dimmed">
              {isWorking ? words.running : words.none}
            </Text>
          ) : outcome.kind === 'output' ? (
            <>
              {target.target === null ? (
                target.chosen !== null &&
                target.error === null && (
                  <Text size="xs" c="dimmed">
                    {words.undescribed}
                  </Text>
                )
              ) : (
                <Fit target={target.target} output={outcome.output} />
              )}
              <JsonView label={words.result} value={outcome.output} maxHeight={1_200} />
            </>
          ) : (
            <Failure failure={outcome} onShow={onShow} />
          )}
        </Stack>
      </ScrollArea>
      {onAddCase !== undefined && (
        <Group>
          <Button size="xs" variant="default" onClick={onAddCase}>
            {words.addCase}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function Fit({ target, output }: { readonly target: Target; readonly output: unknown }) {
  const faults = useMemo(() => schemaFaults(target.schema, output), [target, output]);
  const missing = useMemo(() => missingFields(target, output), [target, output]);
  const needed = missing.map(({ path }) => path.join('.')).join(', ');
  return (
    <>
      {faults.length === 0 ? (
        <Group gap={6} wrap="nowrap" align="flex-start">
          <IconCircleCheck size={16} className={classes.good} />
          <Text size="sm">{words.fits(target.name)}</Text>
        </Group>
      ) : (
        <Alert color="red" variant="light" icon={<IconAlertTriangle />} title={words.faults(faults.length)}>
          <List size="sm" spacing={4}>
            {faults.map((fault) => (
              <List.Item key={`${fault.pointer} ${fault.code}`} className={classes.breakable}>
                {fault.pointer !== '' && <Code>{fault.pointer}</Code>} {faultText(fault)}
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
      {needed !== '' && faults.every(({ code }) => code !== 'required') && (
        <Text size="xs" c="dimmed">
          {words.needed(needed)}
        </Text>
      )}
    </>
  );
}

function faultText({ code, expected }: SchemaFault): string {
  return words.faultCodes[code](expected);
}

const TITLES: Readonly<Record<PreviewFailure['kind'], string>> = {
  failed: words.failed,
  cut_off: words.cutOff,
  syntax: words.syntax,
  skipped: words.skipped,
  waits: words.link,
};

function Failure({ failure, onShow }: { readonly failure: PreviewFailure; readonly onShow: (offset: number) => void }) {
  const { kind, message, place } = failure;
  const isFault = kind === 'failed' || kind === 'cut_off' || kind === 'syntax';
  return (
    <Alert
      color={isFault ? 'red' : 'blue'}
      variant="light"
      icon={isFault ? <IconAlertTriangle /> : <IconInfoCircle />}
      title={TITLES[kind]}
    >
      <Stack gap={6} align="flex-start">
        <Text size="sm" className={classes.breakable}>
          {message}
        </Text>
        {place !== null && (
          <Group gap="xs">
            <Text size="xs">{wording.editor.position(place.line, place.column)}</Text>
            <Button size="compact-xs" variant="default" onClick={() => onShow(place.offset)}>
              {wording.editor.goThere}
            </Button>
          </Group>
        )}
      </Stack>
    </Alert>
  );
}
