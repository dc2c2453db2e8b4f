import { Badge, Card, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { deleteLink, deleteLinkEnd, type Link as RecordLink } from '@hub/api-client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { ConfirmButton } from '../../components/confirm-button';
import { CopyButton, Id } from '../../components/copy-button';
import { Facts } from '../../components/facts';
import { LoadedPage } from '../../components/loaded';
import { Page } from '../../components/page';
import { ProblemAlert } from '../../components/problem-alert';
import { Section } from '../../components/section';
import { Time } from '../../components/time';
import { answerOf } from '../../lib/api';
import { useMay } from '../../lib/session';
import { links as wording } from '../../text/links.text';
import { useConnections } from '../connections/use-connections';
import { systemOf } from './link-ends';
import { linkQuery } from './links.queries';
import { MergeLinks } from './merge-links';

const route = getRouteApi('/shell/links/$linkId');
const words = wording.detail;

export function LinkPage() {
  const { linkId } = route.useParams();
  const query = useQuery(linkQuery(linkId));
  return (
    <LoadedPage query={query} title={wording.title} height={300}>
      {(link) => <OneLink link={link} />}
    </LoadedPage>
  );
}

function OneLink({ link }: { readonly link: RecordLink }) {
  const mayChange = useMay()('config:write');
  const client = useQueryClient();
  const navigate = route.useNavigate();
  const remove = useMutation({
    mutationFn: () => answerOf(deleteLink({ path: { id: link.id } })),
    onSuccess: async () => {
      await navigate({ to: '/links' });
      await client.invalidateQueries({ queryKey: ['links'] });
    },
  });
  const removal = (
    <ConfirmButton
      label={words.remove}
      title={words.confirmRemove.title(link.ends.length)}
      body={words.confirmRemove.body}
      isPending={remove.isPending}
      onConfirm={() => remove.mutate()}
    />
  );
  return (
    <Page title={link.type} description={<Id value={link.id} />} actions={mayChange ? removal : undefined}>
      {remove.error !== null && <ProblemAlert error={remove.error} />}
      <Facts
        facts={[
          { name: words.created, value: <Time at={link.created_at} size="sm" /> },
          { name: words.updated, value: <Time at={link.updated_at} ago size="sm" /> },
        ]}
      />
      <Section title={words.ends}>
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
          {link.ends.map((end) => (
            <End key={end.id} link={link} end={end} mayChange={mayChange} />
          ))}
        </SimpleGrid>
      </Section>
      {mayChange && <MergeLinks link={link} />}
    </Page>
  );
}

interface EndProps {
  readonly link: RecordLink;
  readonly end: RecordLink['ends'][number];
  readonly mayChange: boolean;
}

function End({ link, end, mayChange }: EndProps) {
  const { nameOf } = useConnections();
  const client = useQueryClient();
  const navigate = route.useNavigate();
  const unlink = useMutation({
    mutationFn: () => answerOf(deleteLinkEnd({ path: { id: link.id, end_id: end.id } })),
    onSuccess: async () => {
      // With the last record the link goes.
      if (link.ends.length < 2) await navigate({ to: '/links' });
      else await client.invalidateQueries({ queryKey: ['link', link.id] });
      await client.invalidateQueries({ queryKey: ['links'] });
    },
  });
  const { confirmUnlink } = words;
  return (
    <Card withBorder radius="md" padding="md">
      <Stack gap="xs">
        <Group justify="space-between" wrap="nowrap">
          <Text fw={600} truncate>
            {systemOf(end, nameOf)}
          </Text>
          {end.deleted && (
            <Badge color="yellow" variant="light" radius="sm" tt="none" style={{ flexShrink: 0 }}>
              {words.gone}
            </Badge>
          )}
        </Group>
        <Group gap={4} wrap="nowrap">
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {end.object === null ? end.record_id : `${end.object} ${end.record_id}`}
          </Text>
          <CopyButton value={end.record_id} />
        </Group>
        <Seen name={words.columns.written} at={end.written_at} version={end.version_written} />
        <Seen name={words.columns.seen} at={end.seen_at} version={end.version_seen} />
        {unlink.error !== null && <ProblemAlert error={unlink.error} />}
        {mayChange && (
          <Group>
            <ConfirmButton
              label={words.unlink}
              title={confirmUnlink.title}
              body={link.ends.length <= 2 ? `${confirmUnlink.body} ${confirmUnlink.last}` : confirmUnlink.body}
              isPending={unlink.isPending}
              onConfirm={() => unlink.mutate()}
            />
          </Group>
        )}
      </Stack>
    </Card>
  );
}

interface SeenProps {
  readonly name: string;
  readonly at: string | null;
  readonly version: string | null;
}

function Seen({ name, at, version }: SeenProps) {
  return (
    <Group gap="xs">
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      <Time at={at} ago size="sm" />
      {version !== null && (
        <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {words.version(version)}
        </Text>
      )}
    </Group>
  );
}
