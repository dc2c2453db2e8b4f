import { Stack } from '@mantine/core';
import { startReplay, type Replay, type StartReplayRequest } from '@hub/api-client';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { ConfirmButton } from '../../components/confirm-button';
import { ProblemAlert } from '../../components/problem-alert';
import { answerOf } from '../../lib/api';
import { count } from '../../lib/number';
import { useMay } from '../../lib/session';
import { text } from '../../text';

const words = text.repair.replays.detail.forReal;

/**
 * Does what a dry run has shown. Which events were named is not told of a replay: their own page, or their list, repeats them.
 */
export function ReplayForReal({ replay }: { readonly replay: Replay }) {
  const may = useMay();
  const navigate = useNavigate();
  const start = useMutation({
    mutationFn: (reason: string) => answerOf(startReplay({ body: forReal(replay, reason) })),
    onSuccess: (job) => navigate({ to: '/replays/$replayId', params: { replayId: job.id } }),
  });
  const isShown = replay.dry_run && replay.status === 'completed' && replay.named === null;
  if (!may('replay') || !isShown || replay.would_send === 0) return null;
  return (
    <Stack gap="xs" align="flex-end">
      <ConfirmButton
        label={words.label}
        title={words.title(count(replay.would_send))}
        body={words.body}
        needsReason
        likelyReason={replay.reason ?? ''}
        color="blue"
        isPending={start.isPending}
        onConfirm={(reason) => start.mutate(reason)}
      />
      {start.error !== null && <ProblemAlert error={start.error} />}
    </Stack>
  );
}

/** Refused when something else matches by now than was shown. What a route missed has no count: it grows by itself. */
function forReal(replay: Replay, reason: string): StartReplayRequest {
  const { filter, missing, mapping, rate_per_second: rate } = replay;
  return {
    ...(missing === null ? { filter: filter ?? {}, expected_count: replay.matched } : { missing }),
    mapping,
    include_succeeded: replay.include_succeeded,
    include_cancelled: replay.include_cancelled,
    include_superseded: replay.include_superseded,
    ...(rate === null ? {} : { rate_per_second: rate }),
    reason,
  };
}
