import { createRoute } from '@hub/api-client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { Page } from '../../components/page';
import { answerOf } from '../../lib/api';
import { routes as wording } from '../../text/routes.text';
import { NEW_ROUTE, requestOf, type RouteDraft } from './route-draft';
import { RouteForm } from './route-form';

const api = getRouteApi('/shell/routes/new');
const words = wording;

export function NewRoutePage() {
  const { connection_id = null, mapping_id = null } = api.useSearch();
  const navigate = api.useNavigate();
  const router = useRouter();
  const client = useQueryClient();
  const [draft, setDraft] = useState<RouteDraft>({ ...NEW_ROUTE, connection_id, mapping_id });
  const create = useMutation({
    mutationFn: () => answerOf(createRoute({ body: requestOf(draft) })),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: ['routes'] });
      await navigate({ to: '/routes/$routeId', params: { routeId: id } });
    },
  });
  return (
    <Page title={words.form.newTitle} description={words.description}>
      <RouteForm
        draft={draft}
        onChange={setDraft}
        error={create.error}
        isPending={create.isPending}
        submitLabel={words.form.create}
        onSubmit={() => create.mutate()}
        onCancel={() => router.history.back()}
      />
    </Page>
  );
}
