import { Anchor } from '@mantine/core';
import { type Replay } from '@hub/api-client';
import { Link } from '@tanstack/react-router';
import { Facts, type Fact } from '../../components/facts';
import { count } from '../../lib/number';
import { useWho } from '../../lib/use-who';
import { text } from '../../text';
import { outcomesOf } from './replay-states';
import { type ReplayItemsView } from './replays.routes';

const { facts, outcomes, changed } = text.repair.replays.detail;
const UNTOLD_WHEN_NONE: ReadonlySet<string> = new Set(['waiting', 'cancelled']);

/** All that were matched are in one of the figures, and each figure leads to those that it counts. */
export function ReplayFigures({ replay }: { readonly replay: Replay }) {
  const who = useWho();
  const figure = (name: string, amount: number, search: ReplayItemsView): Fact => ({
    name,
    value: amount === 0 ? count(0) : <Figure id={replay.id} amount={amount} search={search} />,
  });
  const told = outcomesOf(replay.dry_run).filter((outcome) => replay[outcome] > 0 || !UNTOLD_WHEN_NONE.has(outcome));
  return (
    <Facts
      facts={[
        { name: facts.matched, value: count(replay.matched) },
        ...told.map((outcome) => figure(outcomes[outcome], replay[outcome], { outcome })),
        ...(replay.dry_run ? [figure(changed, replay.changed, { changed: 'true' })] : []),
        { name: facts.mapping, value: text.repair.replay.mappings[String(replay.mapping)] ?? String(replay.mapping) },
        { name: facts.reason, value: replay.reason },
        { name: facts.by, value: who(replay.requested_by) },
      ]}
    />
  );
}

interface FigureProps {
  readonly id: string;
  readonly amount: number;
  readonly search: ReplayItemsView;
}

function Figure({ id, amount, search }: FigureProps) {
  return (
    <Anchor
      size="sm"
      renderRoot={(props) => (
        <Link
          to="/replays/$replayId"
          params={{ replayId: id }}
          search={search}
          replace
          resetScroll={false}
          {...props}
        />
      )}
    >
      {count(amount)}
    </Anchor>
  );
}
