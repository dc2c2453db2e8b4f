import { Alert, Button, Skeleton } from '@mantine/core';
import { type FlowResponse } from '@hub/api-client';
import { useMediaQuery } from '@mantine/hooks';
import { IconPlug, IconWand } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { EmptyState } from '../../components/empty-state';
import { lazyPart } from '../../components/lazy-part';
import { Page } from '../../components/page';
import { ProblemAlert } from '../../components/problem-alert';
import { Section } from '../../components/section';
import { Time } from '../../components/time';
import { useMay } from '../../lib/session';
import { text } from '../../text';
import { flowModel } from './flow-model';
import { flowQuery } from './flow.queries';
import { FlowTable } from './flow-table';
import { layOut } from './layout';
import { pictureHeight } from './picture-size';

const FlowPicture = lazyPart(
  () => import('./flow-picture').then((module) => module.FlowPicture),
  ({ height }) => <Skeleton height={height} />,
);
const words = text.flow;
/** Of the picture, while nothing is known of it. */
const USUAL_HEIGHT = 440;

export function FlowPage() {
  const { data, error, refetch } = useQuery(flowQuery());
  return (
    <Page title={words.title} description={words.description}>
      {error !== null && <ProblemAlert error={error} onRetry={() => void refetch()} />}
      {data !== undefined ? <Flow flow={data} /> : error === null && <Skeleton height={USUAL_HEIGHT} />}
    </Page>
  );
}

function Flow({ flow }: { readonly flow: FlowResponse }) {
  const model = useMemo(() => flowModel(flow), [flow]);
  const isWide = useMediaQuery('(min-width: 48em)', undefined, { getInitialValueInEffect: false });
  const height = useMemo(() => {
    const places = layOut(
      model.nodes.map(({ id }) => id),
      model.edges,
    );
    return pictureHeight(places.values(), isWide);
  }, [model, isWide]);
  if (flow.connections.length === 0) return <NextStep kind="noConnections" to="/connect" />;
  return (
    <>
      {flow.counted_from > flow.from && (
        <Alert color="blue" variant="light">
          {words.countedFrom} <Time at={flow.counted_from} size="sm" span />
        </Alert>
      )}
      {flow.edges.length === 0 && flow.connections.length === 1 && <NextStep kind="oneConnection" to="/connect" />}
      {flow.edges.length === 0 && flow.connections.length > 1 && <NextStep kind="noRoutes" to="/recipes" />}
      <FlowPicture model={model} height={height} isWide={isWide} />
      {flow.edges.length > 0 && (
        <Section title={words.table}>
          <FlowTable flow={flow} />
        </Section>
      )}
    </>
  );
}

interface NextStepProps {
  readonly kind: 'noConnections' | 'oneConnection' | 'noRoutes';
  readonly to: '/connect' | '/recipes';
}

function NextStep({ kind, to }: NextStepProps) {
  const { title, hint } = words[kind];
  const label = kind === 'noRoutes' ? words.noRoutes.action : words.noConnections.action;
  const action = (
    <Button component={Link} to={to}>
      {label}
    </Button>
  );
  return (
    <EmptyState
      icon={kind === 'noRoutes' ? <IconWand /> : <IconPlug />}
      title={title}
      hint={hint}
      action={useMay()('config:write') ? action : undefined}
    />
  );
}
