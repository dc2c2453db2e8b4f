import { Alert, Select } from '@mantine/core';
import { createSync } from '@hub/api-client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { nameChoices } from '../../components/name-choices';
import { Page } from '../../components/page';
import { TimeField } from '../../components/time-field';
import { answerOf } from '../../lib/api';
import { ApiProblem } from '../../lib/problem';
import { faultsBelow } from '../../lib/schema-fields';
import { syncs as wording } from '../../text/syncs.text';
import { connectorsQuery } from '../connections/connections.queries';
import { useConnections } from '../connections/use-connections';
import { SyncForm, type SyncDraft } from './sync-form';

const route = getRouteApi('/shell/syncs/new');
const words = wording.form;
const NOTHING: SyncDraft = {
  name: '',
  mapping_id: null,
  full_every_hours: null,
  freshness_seconds: null,
  daily_window: null,
};

export function NewSyncPage() {
  const { connection_id: connectionId } = route.useSearch();
  const navigate = route.useNavigate();
  const router = useRouter();
  const client = useQueryClient();
  const connections = useConnections();
  const connectors = useQuery(connectorsQuery());
  const [draft, setDraft] = useState(NOTHING);
  const [objectName, setObjectName] = useState<string | null>(null);
  const [startFrom, setStartFrom] = useState('');
  const pullsOf = (connector: string | undefined) =>
    connectors.data?.data.find(({ id }) => id === connector)?.pull ?? [];
  const usable = connections.all?.filter(({ connector }) => pullsOf(connector).length > 0);
  const connection = usable?.find(({ id }) => id === connectionId);
  const objects = pullsOf(connection?.connector);
  const object = objects.find(({ name }) => name === objectName);
  const create = useMutation({
    mutationFn: () =>
      answerOf(
        createSync({
          body: {
            ...draft,
            name: draft.name.trim(),
            connection_id: connectionId ?? '',
            object: objectName ?? '',
            ...(startFrom === '' ? {} : { start_from: new Date(startFrom).toISOString() }),
          },
        }),
      ),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: ['syncs'] });
      await navigate({ to: '/syncs/$syncId', params: { syncId: id } });
    },
  });
  const faults = faultsBelow(create.error instanceof ApiProblem ? create.error.faults : [], '');
  const choose = (name: string | null): void => {
    setObjectName(name);
    const title = objects.find((one) => one.name === name)?.title ?? name;
    if (connection !== undefined && title !== null) setDraft({ ...draft, name: `${connection.name}: ${title}` });
  };
  return (
    <Page title={words.newTitle} description={wording.description}>
      {usable?.length === 0 && connectors.data !== undefined && <Alert color="yellow">{words.noConnections}</Alert>}
      <SyncForm
        draft={draft}
        onChange={setDraft}
        bounds={object}
        error={create.error}
        isPending={create.isPending}
        submitLabel={words.create}
        onSubmit={() => create.mutate()}
        onCancel={() => router.history.back()}
      >
        <Select
          label={words.connection}
          description={words.connectionHint}
          required
          allowDeselect={false}
          {...nameChoices(usable)}
          error={faults['connection_id']}
          value={connection?.id ?? null}
          onChange={(id) => {
            setObjectName(null);
            void navigate({ search: { connection_id: id ?? undefined }, replace: true });
          }}
        />
        <Select
          label={words.object}
          description={object?.description}
          required
          searchable
          allowDeselect={false}
          disabled={connection === undefined}
          data={objects.map(({ name, title }) => ({ value: name, label: title }))}
          error={faults['object']}
          value={objectName}
          onChange={choose}
        />
        <TimeField
          label={words.startFrom}
          description={words.startFromHint}
          error={faults['start_from']}
          value={startFrom}
          onChange={setStartFrom}
        />
      </SyncForm>
    </Page>
  );
}
