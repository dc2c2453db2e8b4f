import { Select } from '@mantine/core';
import { listSyncs } from '@hub/api-client';
import { useQuery } from '@tanstack/react-query';
import { answerOf } from '../../lib/api';
import { routes as wording } from '../../text/routes.text';
import { useConnections } from '../connections/use-connections';
import { type RouteDraft } from './route-draft';

const words = wording.form;

/** Writes event type and filter for the changes that a sync brings, of its connection alone; deletions are left out. */
export function SourceSelect({ onChoose }: { readonly onChoose: (change: Partial<RouteDraft>) => void }) {
  const { find } = useConnections();
  const { data } = useQuery({
    queryKey: ['syncs', 'choices'],
    queryFn: () => answerOf(listSyncs({ query: { limit: 200 } })),
  });
  const choose = (id: string | null): void => {
    const sync = data?.data.find((one) => one.id === id);
    const connector = sync && find(sync.connection_id)?.connector;
    if (sync === undefined || connector === undefined) return;
    onChoose({
      event_type: `${connector}.${sync.object.toLowerCase().replace(/[^a-z0-9_-]/g, '_')}.*`,
      filter: `connection_id = "${sync.connection_id}" and change != "deleted"`,
    });
  };
  if (data === undefined || data.data.length === 0) return null;
  return (
    <Select
      label={words.source}
      description={words.sourceHint}
      clearable
      searchable
      data={data.data.map(({ id, name }) => ({ value: id, label: name }))}
      onChange={choose}
    />
  );
}
