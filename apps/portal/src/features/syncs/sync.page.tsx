import { Alert, Anchor, Group, Skeleton } from '@mantine/core';
import { type Sync } from '@hub/api-client';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Id } from '../../components/copy-button';
import { Facts } from '../../components/facts';
import { LoadedPage } from '../../components/loaded';
import { Page } from '../../components/page';
import { Section } from '../../components/section';
import { StatusBadge } from '../../components/status-badge';
import { Time } from '../../components/time';
import { count } from '../../lib/number';
import { useMay } from '../../lib/session';
import { syncs as wording } from '../../text/syncs.text';
import { useConnections } from '../connections/use-connections';
import { FreshnessBadge } from './freshness-badge';
import { HookSection } from './hook-section';
import { modeOf } from './schedule';
import { SyncActions } from './sync-actions';
import { SyncRuns } from './sync-runs';
import { syncQuery } from './syncs.queries';

const route = getRouteApi('/shell/syncs/$syncId');
const words = wording.detail;

export function SyncPage() {
  const { syncId } = route.useParams();
  const query = useQuery(syncQuery(syncId));
  const may = useMay();
  return (
    <LoadedPage query={query} title={wording.title} height={300}>
      {(sync) => (
        <Page
          title={sync.name}
          beside={<StatusBadge status={sync.status} />}
          description={<Id value={sync.id} />}
          actions={may('config:write') ? <SyncActions sync={sync} /> : undefined}
        >
          {sync.last_error !== null && (
            <Alert color="red" variant="light" title={words.lastError}>
              {sync.last_error.message}
            </Alert>
          )}
          <SyncFacts sync={sync} />
          <SyncRuns syncId={sync.id} />
          <HookSection sync={sync} />
        </Page>
      )}
    </LoadedPage>
  );
}

function SyncFacts({ sync }: { readonly sync: Sync }) {
  const { all, error, nameOf } = useConnections();
  const { facts } = words;
  const { daily_window: window } = sync;
  return (
    <Section
      title={sync.object}
      actions={
        <Group gap="md">
          <Anchor component={Link} to={`/events?source=${encodeURIComponent(`sync/${sync.connection_id}`)}`} size="sm">
            {words.events}
          </Anchor>
          <Anchor component={Link} to="/routes" size="sm">
            {words.routes}
          </Anchor>
        </Group>
      }
    >
      <Facts
        facts={[
          {
            name: facts.connection,
            // The id in its place would be longer, and move what is below.
            value:
              all === undefined && error === null ? (
                <Skeleton height={20} width={120} />
              ) : (
                <Anchor component={Link} to={`/connections/${sync.connection_id}`} size="sm">
                  {nameOf(sync.connection_id)}
                </Anchor>
              ),
          },
          { name: facts.mode, value: modeOf(sync) },
          { name: facts.freshness, value: <FreshnessBadge sync={sync} /> },
          { name: facts.nextRun, value: sync.next_run_at && <Time at={sync.next_run_at} ago ahead size="sm" /> },
          { name: facts.lastSuccess, value: <Time at={sync.last_success_at} ago size="sm" /> },
          { name: facts.nextFull, value: sync.next_full_at && <Time at={sync.next_full_at} ago ahead size="sm" /> },
          { name: facts.window, value: window && words.window(window.from, window.to, window.time_zone) },
          {
            name: facts.mapping,
            value:
              sync.mapping_id === null ? (
                facts.ownMapping
              ) : (
                <Anchor component={Link} to={`/mappings/${sync.mapping_id}`} size="sm">
                  {sync.mapping_id}
                </Anchor>
              ),
          },
          { name: facts.pending, value: sync.pending_notices === 0 ? null : count(sync.pending_notices) },
          { name: facts.failures, value: sync.failures === 0 ? null : count(sync.failures) },
        ]}
      />
    </Section>
  );
}
