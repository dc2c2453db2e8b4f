import { Alert, Anchor, Group } from '@mantine/core';
import { deleteRoute, updateRoute, type Route } from '@hub/api-client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { ConfirmButton } from '../../components/confirm-button';
import { Id } from '../../components/copy-button';
import { LoadedPage } from '../../components/loaded';
import { Page } from '../../components/page';
import { ProblemAlert } from '../../components/problem-alert';
import { StatusBadge } from '../../components/status-badge';
import { answerOf } from '../../lib/api';
import { useMay } from '../../lib/session';
import { text } from '../../text';
import { routes as wording } from '../../text/routes.text';
import { DeliverEarlierButton } from '../replays/deliver-earlier';
import { draftOf, requestOf } from './route-draft';
import { RouteForm } from './route-form';
import { routeQuery } from './routes.queries';

const api = getRouteApi('/shell/routes/$routeId');
const words = wording;

export function RoutePage() {
  const { routeId } = api.useParams();
  const query = useQuery(routeQuery(routeId));
  return (
    <LoadedPage query={query} title={words.title} height={500}>
      {(route) => <OneRoute key={route.id} route={route} />}
    </LoadedPage>
  );
}

function OneRoute({ route }: { readonly route: Route }) {
  const [draft, setDraft] = useState(() => draftOf(route));
  const may = useMay();
  const client = useQueryClient();
  const navigate = api.useNavigate();
  const changed = (): Promise<unknown> =>
    Promise.all([
      client.invalidateQueries({ queryKey: ['route', route.id] }),
      client.invalidateQueries({ queryKey: ['routes'] }),
    ]);
  const save = useMutation({
    mutationFn: () => answerOf(updateRoute({ path: { id: route.id }, body: requestOf(draft) })),
    onSuccess: changed,
  });
  const remove = useMutation({
    mutationFn: () => answerOf(deleteRoute({ path: { id: route.id } })),
    onSuccess: async () => {
      await navigate({ to: '/routes' });
      await client.invalidateQueries({ queryKey: ['routes'] });
    },
  });
  const removal = (
    <ConfirmButton
      label={words.detail.remove}
      title={words.detail.confirmRemove.title}
      body={words.detail.confirmRemove.body}
      isPending={remove.isPending}
      onConfirm={() => remove.mutate()}
    />
  );
  return (
    <Page
      title={route.name}
      beside={<StatusBadge status={route.enabled ? 'enabled' : 'disabled'} />}
      description={<Id value={route.id} />}
      actions={
        <>
          {may('replay') && route.enabled && <DeliverEarlierButton routeId={route.id} />}
          {may('config:write') && removal}
        </>
      }
    >
      <Group gap="md">
        <Anchor component={Link} to={`/deliveries?route_id=${route.id}`} size="sm">
          {words.detail.deliveries}
        </Anchor>
        <Anchor component={Link} to={`/deliveries?route_id=${route.id}&status=dead`} size="sm">
          {words.detail.failed}
        </Anchor>
      </Group>
      {remove.error !== null && <ProblemAlert error={remove.error} />}
      <RouteForm
        draft={draft}
        onChange={setDraft}
        error={save.error}
        isPending={save.isPending}
        isReadOnly={!may('config:write')}
        submitLabel={text.common.save}
        onSubmit={() => save.mutate()}
        onCancel={() => void navigate({ to: '/routes' })}
      />
      {save.isSuccess && (
        <Alert color="teal" variant="light" role="status">
          {words.detail.saved}
        </Alert>
      )}
    </Page>
  );
}
