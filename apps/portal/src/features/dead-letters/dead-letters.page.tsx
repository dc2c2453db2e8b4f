import { Anchor, Badge, Button, Card, Group, Skeleton, Stack, Text } from '@mantine/core';
import {
  cancelDeadLetters,
  listDeadLetterGroups,
  retryDeadLetters,
  type DeadLetterGroup,
  type ReplayResponse,
} from '@hub/api-client';
import { IconMoodCheck } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { ConfirmButton } from '../../components/confirm-button';
import { CurlButton } from '../../components/curl-button';
import { EmptyState } from '../../components/empty-state';
import { ChoiceFilter, FilterBar, NameFilter } from '../../components/filter-bar';
import { Listed } from '../../components/list-table';
import { Page } from '../../components/page';
import { ProblemAlert } from '../../components/problem-alert';
import { Time } from '../../components/time';
import { answerOf } from '../../lib/api';
import { count } from '../../lib/number';
import { listQuery, useList } from '../../lib/pages';
import { useMay } from '../../lib/session';
import { text } from '../../text';
import { deliveries as deliveriesText } from '../../text/deliveries.text';
import { useConnections } from '../connections/use-connections';
import { CATEGORIES } from '../deliveries/filter-values';
import { FixMappingButton } from '../mappings/parts/fix-mapping-button';
import { ReplayButton } from '../replays/replay-button';
import { SavedFilters } from '../saved-filters/saved-filters';
import { GroupTitle } from './group-title';
import { Leaves, LeavesSoon } from './leaving';

const route = getRouteApi('/shell/dead-letters');
const words = text.repair.deadLetters;
const categories = deliveriesText.detail.categories;

export function DeadLettersPage() {
  const filters = route.useSearch();
  const navigate = route.useNavigate();
  const groups = useList(
    listQuery<DeadLetterGroup>(['dead-letters', filters], (cursor) =>
      answerOf(listDeadLetterGroups({ query: { ...filters, limit: 50, cursor } })),
    ),
    10_000,
  );
  const { all: connections } = useConnections();
  const isFiltered = filters.category !== undefined || filters.connection_id !== undefined;
  return (
    <Page title={words.title} description={words.description}>
      <FilterBar isFiltered={isFiltered} onClear={() => void navigate({ search: {}, replace: true })}>
        <ChoiceFilter
          label={deliveriesText.filters.category}
          choices={CATEGORIES}
          nameOf={(category) => categories[category] ?? category}
          value={filters.category}
          onChange={(category) => void navigate({ search: (now) => ({ ...now, category }), replace: true })}
        />
        <NameFilter
          label={deliveriesText.filters.connection}
          known={connections ?? []}
          value={filters.connection_id}
          onChange={(id) => void navigate({ search: (now) => ({ ...now, connection_id: id }), replace: true })}
        />
        <SavedFilters
          view="dead_letters"
          filters={filters}
          onApply={(saved) => void navigate({ to: '.', search: saved })}
        />
        <CurlButton url="/v1/dead-letters/groups" query={filters} />
      </FilterBar>
      <Listed list={groups}>
        {groups.isLoading && groups.rows.length === 0 ? (
          <Stack gap="sm">
            <Skeleton height={130} />
            <Skeleton height={130} />
          </Stack>
        ) : groups.rows.length === 0 ? (
          <EmptyState icon={<IconMoodCheck />} title={words.empty.title} hint={words.empty.hint} />
        ) : (
          <Stack gap="sm" component="ul" style={{ listStyle: 'none', margin: 0, padding: 0 }}>
            {groups.rows.map((group) => (
              // Of its cause alone: one more of it must not close a dialog that is open in its card.
              <DeadLetterCard key={JSON.stringify(group.filter)} group={group} />
            ))}
            {groups.hasMore && (
              <Button variant="default" onClick={groups.more}>
                {text.common.more}
              </Button>
            )}
          </Stack>
        )}
      </Listed>
    </Page>
  );
}

/** One cause: what it is, how often and since when, what to do, and the buttons to do it. */
function DeadLetterCard({ group }: { readonly group: DeadLetterGroup }) {
  return (
    <Card withBorder radius="md" padding="md" component="li">
      <Stack gap="xs">
        <Group justify="space-between" align="flex-start" gap="xs">
          <Text fw={600} component="h2" size="md" style={{ flex: '1 1 280px' }}>
            <GroupTitle group={group} />
          </Text>
          <Group gap={6}>
            <Badge color="red" variant="light" tt="none" radius="sm">
              {words.count(count(group.count))}
            </Badge>
            {group.code !== null && (
              <Badge variant="default" tt="none" radius="sm" ff="monospace">
                {group.code}
              </Badge>
            )}
          </Group>
        </Group>
        <Text size="sm" c="dimmed">
          <Anchor component={Link} to={`/connections/${group.connection_id}`} size="sm" underline="always">
            {group.connection_name}
          </Anchor>{' '}
          · {group.route_name} · {group.operation}
        </Text>
        {group.message !== null && (
          <Text size="sm" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
            {group.message}
          </Text>
        )}
        <Text size="sm">
          <b>{words.whatToDo}:</b> {group.advice.action}
        </Text>
        <LeavesSoon at={group.leaves_at} />
        <Group justify="space-between" gap="xs">
          <div>
            <Group gap={6}>
              <Text size="xs" c="dimmed">
                {words.since}
              </Text>
              <Time at={group.first_failed_at} ago size="xs" c="dimmed" />
              <Text size="xs" c="dimmed">
                · {words.last}
              </Text>
              <Time at={group.last_failed_at} ago size="xs" c="dimmed" />
            </Group>
            <Leaves at={group.leaves_at} />
          </div>
          <GroupActions group={group} />
        </Group>
      </Stack>
    </Card>
  );
}

function GroupActions({ group }: { readonly group: DeadLetterGroup }) {
  const may = useMay();
  const client = useQueryClient();
  const navigate = useNavigate();
  const follow = async (job: ReplayResponse): Promise<void> => {
    await client.invalidateQueries({ queryKey: ['dead-letters'] });
    await navigate({ to: '/replays/$replayId', params: { replayId: job.id } });
  };
  const body = { filter: group.filter, expected_count: group.count };
  const retry = useMutation({ mutationFn: () => answerOf(retryDeadLetters({ body })), onSuccess: follow });
  const cancel = useMutation({
    mutationFn: (reason: string) => answerOf(cancelDeadLetters({ body: { ...body, reason } })),
    onSuccess: follow,
  });
  const failure = retry.error ?? cancel.error;
  return (
    <Stack gap="xs" align="flex-end">
      <Group gap="xs">
        <Button
          size="sm"
          variant="subtle"
          renderRoot={(props) => (
            <Link to="/deliveries" search={{ ...group.filter, status: 'dead', replayed: 'false' }} {...props} />
          )}
        >
          {words.show}
        </Button>
        {may('deliveries:write') && (
          <ConfirmButton
            label={words.cancelAll}
            title={words.confirmCancel.title(count(group.count))}
            body={words.confirmCancel.body}
            needsReason
            isPending={cancel.isPending}
            onConfirm={(reason) => cancel.mutate(reason)}
          />
        )}
        <FixMapping group={group} />
        {may('replay') && <ReplayButton filter={group.filter} count={group.count} />}
        {may('deliveries:write') && (
          <ConfirmButton
            label={words.retryAll(count(group.count))}
            title={words.confirmRetry.title(count(group.count))}
            body={words.confirmRetry.body}
            color="hub"
            isPending={retry.isPending}
            onConfirm={() => retry.mutate()}
          />
        )}
      </Group>
      {failure !== null && <ProblemAlert error={failure} />}
    </Stack>
  );
}

/** With the newest of them as the sample. That one is not fetched: who only sees what has failed has read no payload. */
function FixMapping({ group }: { readonly group: DeadLetterGroup }) {
  const may = useMay()('config:read');
  if (!may || group.newest_mapping_id === null) return null;
  return <FixMappingButton mappingId={group.newest_mapping_id} trackingId={group.newest_event_tracking_id} />;
}
