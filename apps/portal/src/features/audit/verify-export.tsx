import { Alert, Button, Code, FileButton, Group, Progress, Stack, Text } from '@mantine/core';
import { IconShieldCheck, IconShieldQuestion, IconShieldX } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState, type DragEvent } from 'react';
import { CopyButton } from '../../components/copy-button';
import { ProblemAlert } from '../../components/problem-alert';
import { Section } from '../../components/section';
import { Time } from '../../components/time';
import { quoted } from '../../lib/curl';
import { count } from '../../lib/number';
import { govern } from '../../text/govern.text';
import { CannotCheckError, type Verdict } from './check-export';
import { exportFile, exportsQuery, type ExportedChain } from './exported-chain';
import { type Check } from './use-check';
import classes from './verify-export.module.css';

const words = govern.audit.exports.verify;

/** Checks an archive without its leaving the browser, and says how to do it where neither browser nor hub has a say. */
export function VerifyExport({ chain, check }: { readonly chain: ExportedChain; readonly check: Check }) {
  const [isOver, setOver] = useState(false);
  const { data, error, isPending, progress, variables, mutate } = check;
  const take = (file: File | null | undefined): void => {
    if (file != null) mutate({ name: file.name, file });
  };
  const drag = (over: boolean) => (event: DragEvent) => {
    event.preventDefault();
    setOver(over);
  };
  return (
    <Section title={words.title}>
      <Text size="sm" c="dimmed">
        {words.hint}
      </Text>
      <div
        className={classes.drop}
        data-over={isOver || undefined}
        onDragOver={drag(true)}
        onDragLeave={drag(false)}
        onDrop={(event) => {
          drag(false)(event);
          take(event.dataTransfer.files[0]);
        }}
      >
        <FileButton onChange={take} accept=".gz,.tgz,application/gzip">
          {(props) => (
            <Button {...props} variant="default" loading={isPending}>
              {words.choose}
            </Button>
          )}
        </FileButton>
        <Text size="sm" c="dimmed">
          {words.drop}
        </Text>
      </div>
      <div role="status" className={classes.outcome}>
        {isPending && (
          <Stack gap={6}>
            <Text size="sm">{words.checking}</Text>
            <Progress value={progress * 100} aria-label={words.checking} />
          </Stack>
        )}
        {!isPending && data !== undefined && <Outcome name={variables?.name ?? ''} verdict={data} />}
        {!isPending && error !== null && <Failure error={error} />}
      </div>
      <Offline chain={chain} checked={variables?.name} />
    </Section>
  );
}

function Outcome({ name, verdict }: { readonly name: string; readonly verdict: Verdict }) {
  if (verdict.kind === 'broken')
    return (
      <Alert color="red" icon={<IconShieldX />} title={words.broken}>
        <Text size="sm">
          <Code>{name}</Code>
        </Text>
        <Text size="sm">
          {verdict.seq !== null && words.at(count(verdict.seq))}
          {verdict.message}.
        </Text>
      </Alert>
    );
  if (verdict.kind === 'reordered')
    return (
      <Alert color="orange" icon={<IconShieldQuestion />} title={words.reordered}>
        <Text size="sm">
          <Code>{name}</Code>
        </Text>
        <Text size="sm">{verdict.message}.</Text>
        <Text size="sm">{words.reorderedHint}</Text>
      </Alert>
    );
  return (
    <Alert color="teal" icon={<IconShieldCheck />} title={words.holds}>
      <Text size="sm">
        <Code>{name}</Code>
      </Text>
      <Text size="sm">{words.facts(count(verdict.records), count(verdict.first), count(verdict.last))}</Text>
      {verdict.skipped > 0 && <Text size="sm">{words.skipped(count(verdict.skipped))}</Text>}
      {verdict.signedAt !== null && (
        <Text size="sm">
          {words.checkpoints(count(verdict.checkpoints))} <Time at={verdict.signedAt} size="sm" />
        </Text>
      )}
    </Alert>
  );
}

function Failure({ error }: { readonly error: Error }) {
  if (!(error instanceof CannotCheckError)) return <ProblemAlert error={error} />;
  return (
    <Alert color="orange" title={words.cannot}>
      {error.reason === 'too_large' ? words.too_large : words.unsupported}
    </Alert>
  );
}

/** The commands for the export that was checked, else for the newest, with the hub's own newest key. */
function Offline({ chain, checked }: { readonly chain: ExportedChain; readonly checked: string | undefined }) {
  const { data: exports } = useInfiniteQuery(exportsQuery(chain));
  const newest = exports?.pages.flatMap((page) => page.data).find((row) => row.download !== null);
  const name = checked ?? (newest === undefined ? 'audit-export.tar.gz' : exportFile(newest));
  const { data } = useQuery({
    queryKey: [...chain.key, 'checkpoint'],
    queryFn: chain.checkpoint,
    staleTime: 60_000,
  });
  const key = data?.keys[0];
  const withKey = key === undefined ? '' : ` --key ${quoted(key)}`;
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600} component="h3">
        {words.offline}
      </Text>
      <Text size="sm" c="dimmed">
        {words.offlineHint}
      </Text>
      <Command
        text={`mkdir audit && tar -xzf ${quoted(name)} -C audit --strip-components=1 && node audit/verify.mjs${withKey}`}
      />
      <Text size="sm" c="dimmed">
        {words.fromSource}
      </Text>
      <Command text={`node libs/audit/src/verifier/verify.mjs ${quoted(name)}${withKey}`} />
    </Stack>
  );
}

function Command({ text: command }: { readonly text: string }) {
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start">
      <Code block className={classes.command}>
        {command}
      </Code>
      <CopyButton value={command} />
    </Group>
  );
}
