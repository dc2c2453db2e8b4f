import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { nameChoices } from '../../components/name-choices';
import { routes as wording } from '../../text/routes.text';
import { useConnections } from '../connections/use-connections';
import { allSyncsQuery } from '../syncs/syncs.queries';
import { type RouteDraft } from './route-draft';

const words = wording.form;

/** Writes event type and filter for the changes that a sync brings, of its connection alone; deletions are left out. */
export function SourceSelect({ onChoose }: { readonly onChoose: (change: Partial<RouteDraft>) => void }) {
  const { find } = useConnections();
  const { data } = useQuery(allSyncsQuery());
  const choose = (id: string | null): void => {
    const sync = data?.find((one) => one.id === id);
    const connector = sync && find(sync.connection_id)?.connector;
    if (sync === undefined || connector === undefined) return;
    onChoose({
      event_type: `${connector}.${sync.object.toLowerCase().replace(/[^a-z0-9_-]/g, '_')}.*`,
      filter: `connection_id = "${sync.connection_id}" and change != "deleted"`,
    });
  };
  if (data === undefined || data.length === 0) return null;
  return (
    <Select label={words.source} description={words.sourceHint} clearable {...nameChoices(data)} onChange={choose} />
  );
}
