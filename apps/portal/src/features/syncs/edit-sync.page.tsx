import { updateSync, type Sync } from '@hub/api-client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { LoadedPage } from '../../components/loaded';
import { Page } from '../../components/page';
import { answerOf } from '../../lib/api';
import { text } from '../../text';
import { syncs as wording } from '../../text/syncs.text';
import { connectorsQuery } from '../connections/connections.queries';
import { useConnections } from '../connections/use-connections';
import { SyncForm, type SyncDraft } from './sync-form';
import { syncQuery } from './syncs.queries';

const route = getRouteApi('/shell/syncs/$syncId/edit');
const words = wording.form;

export function EditSyncPage() {
  const { syncId } = route.useParams();
  const query = useQuery({ ...syncQuery(syncId), refetchInterval: false });
  return (
    <LoadedPage query={query} title={words.editTitle} height={400}>
      {(sync) => <EditForm sync={sync} />}
    </LoadedPage>
  );
}

function EditForm({ sync }: { readonly sync: Sync }) {
  const client = useQueryClient();
  const navigate = route.useNavigate();
  const connections = useConnections();
  const connectors = useQuery(connectorsQuery());
  const { name, mapping_id, interval_seconds, full_every_hours, freshness_seconds, daily_window } = sync;
  const [draft, setDraft] = useState<SyncDraft>({
    name,
    mapping_id,
    interval_seconds,
    full_every_hours,
    freshness_seconds,
    daily_window,
  });
  const back = (): Promise<void> => navigate({ to: '/syncs/$syncId', params: { syncId: sync.id } });
  const save = useMutation({
    mutationFn: () => answerOf(updateSync({ path: { id: sync.id }, body: { ...draft, name: draft.name.trim() } })),
    onSuccess: async () => {
      void client.invalidateQueries({ queryKey: ['syncs'] });
      await client.invalidateQueries({ queryKey: ['sync', sync.id] });
      await back();
    },
  });
  const connector = connections.find(sync.connection_id)?.connector;
  const object = connectors.data?.data.find(({ id }) => id === connector)?.pull.find((one) => one.name === sync.object);
  return (
    <Page title={words.editTitle} description={sync.name}>
      <SyncForm
        draft={draft}
        onChange={setDraft}
        bounds={object}
        error={save.error}
        isPending={save.isPending}
        submitLabel={text.common.save}
        onSubmit={() => save.mutate()}
        onCancel={() => void back()}
      />
    </Page>
  );
}
