import { Checkbox, Radio, Stack, Text } from '@mantine/core';
import { replayEvent, startReplay, type ReplayEventRequest } from '@hub/api-client';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { Form } from '../../components/form';
import { NumberField } from '../../components/number-field';
import { answerOf } from '../../lib/api';
import { count as shownCount } from '../../lib/number';
import { text } from '../../text';
import { FIRST_MANNER, mannerOf, ReplayFields } from './replay-fields';
import { cancelledReach, type ReplaySubject } from './replay-subject';

const words = text.repair.replay;
const MAPPINGS = ['current', 'original', 'version'] as const;

export function ReplayForm(subject: ReplaySubject) {
  const isFilter = 'filter' in subject;
  const isOne = !isFilter && subject.trackingIds.length === 1;
  const listed = isFilter ? (subject.listed ?? 'dead') : null;
  const [mapping, setMapping] = useState<(typeof MAPPINGS)[number]>('current');
  const [version, setVersion] = useState<number | string>('');
  // Where nothing has failed, there is nothing else to repeat.
  const [withSucceeded, setWithSucceeded] = useState(
    isFilter ? listed === 'succeeded' : !subject.hasFailed && subject.hasArrived,
  );
  const [withCancelled, setWithCancelled] = useState(
    isFilter ? listed === 'cancelled' : !subject.hasFailed && !subject.hasArrived,
  );
  const [withSuperseded, setWithSuperseded] = useState(false);
  const [manner, setManner] = useState(FIRST_MANNER);
  const reach = cancelledReach(subject, mapping === 'original');
  const navigate = useNavigate();
  const start = useMutation({
    mutationFn: () => {
      const options: ReplayEventRequest = {
        mapping: mapping === 'version' ? Number(version) : mapping,
        include_succeeded: withSucceeded,
        include_cancelled: withCancelled && reach !== null,
        include_superseded: withSuperseded,
        ...mannerOf(manner),
      };
      if (!isFilter) {
        const [first, ...others] = subject.trackingIds;
        // Where nothing of the only one can be repeated, that is said at once.
        if (others.length === 0) return answerOf(replayEvent({ path: { tracking_id: first }, body: options }));
        return answerOf(startReplay({ body: { event_ids: [first, ...others], ...options } }));
      }
      const { filter, count } = subject;
      // The count is that of the dead letters: of what else is repeated nobody has seen one.
      const expected = withSucceeded || options.include_cancelled ? {} : { expected_count: count };
      return answerOf(startReplay({ body: { filter, ...expected, ...options } }));
    },
    onSuccess: (job) => navigate({ to: '/replays/$replayId', params: { replayId: job.id } }),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    start.mutate();
  };
  const isOfDead = listed === null || listed === 'dead';
  const dead = isFilter ? subject.count : 0;
  const archived = isFilter ? 0 : (subject.archived ?? 0);
  // The other ones were taken off: only dead letters are left, and there is none.
  const hasNothing = !isOfDead && dead === 0 && !withSucceeded && (!withCancelled || reach === null);
  const uncounted = isOfDead ? words.moreThanCounted(shownCount(dead)) : words.uncounted;
  const moreThanCounted = isFilter ? uncounted : undefined;
  return (
    <Form onSubmit={submit}>
      <Stack gap="md">
        <Text size="sm">{isFilter ? words.body : isOne ? words.bodyOfOne : words.bodyOfNamed}</Text>
        {archived > 0 && <Text size="sm">{words.archivedLeftOut(shownCount(archived))}</Text>}
        {!isOfDead && dead > 0 && <Text size="sm">{words.deadToo(shownCount(dead))}</Text>}
        <Radio.Group
          label={words.mapping}
          value={mapping}
          onChange={(value) => setMapping(MAPPINGS.find((choice) => choice === value) ?? 'current')}
        >
          <Stack gap={6} mt={6}>
            {MAPPINGS.map((choice) => (
              <Radio key={choice} value={choice} label={words.mappings[choice]} />
            ))}
          </Stack>
        </Radio.Group>
        {mapping === 'version' && (
          <NumberField
            label={words.version}
            description={words.versionHint}
            required
            min={1}
            allowDecimal={false}
            value={version}
            onChange={setVersion}
          />
        )}
        <Checkbox
          label={words.includeSucceeded}
          description={moreThanCounted}
          checked={withSucceeded}
          onChange={(event) => setWithSucceeded(event.currentTarget.checked)}
        />
        {reach === null && listed === 'cancelled' && <Text size="sm">{words.includeCancelledHint.given_up}</Text>}
        {reach !== null && (
          <Checkbox
            label={words.includeCancelled[reach]}
            description={[words.includeCancelledHint[reach], moreThanCounted].join(' ')}
            checked={withCancelled}
            onChange={(event) => setWithCancelled(event.currentTarget.checked)}
          />
        )}
        <Checkbox
          label={words.includeSuperseded}
          checked={withSuperseded}
          onChange={(event) => setWithSuperseded(event.currentTarget.checked)}
        />
        <ReplayFields
          value={manner}
          onChange={setManner}
          hasRate={!isOne}
          isComplete={!hasNothing && (mapping !== 'version' || typeof version === 'number')}
          error={start.error}
          isPending={start.isPending}
        />
      </Stack>
    </Form>
  );
}
