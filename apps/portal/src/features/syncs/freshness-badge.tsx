import { Badge, Tooltip } from '@mantine/core';
import { type Sync } from '@hub/api-client';
import { syncs as wording } from '../../text/syncs.text';
import { span } from './schedule';

const COLORS = { fresh: 'teal', late: 'red', never: 'gray' } as const;

/** How long ago everything that had changed was last known, against what is asked for. */
export function FreshnessBadge({ sync: { freshness } }: { readonly sync: Pick<Sync, 'freshness'> }) {
  const { state, age_seconds: age, allowed_seconds: allowed } = freshness;
  return (
    <Tooltip label={age === null ? span(allowed) : `${span(age)} / ${span(allowed)}`}>
      <Badge color={COLORS[state]} variant="light" radius="sm" tt="none" style={{ flexShrink: 0 }}>
        {wording.freshness[state]}
      </Badge>
    </Tooltip>
  );
}
