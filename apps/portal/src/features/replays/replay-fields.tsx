import { Button, Checkbox, Group, TextInput } from '@mantine/core';
import { NumberField } from '../../components/number-field';
import { ProblemAlert } from '../../components/problem-alert';
import { text } from '../../text';

const words = text.repair.replay;
/** The API takes no others. */
const LEAST_RATE = 0.01;
const MOST_RATE = 1_000;

/** What is asked of every replay. */
export interface ReplayManner {
  readonly isDryRun: boolean;
  readonly rate: number | string;
  readonly reason: string;
}

export const FIRST_MANNER: ReplayManner = { isDryRun: true, rate: '', reason: '' };

/** As members of a request. */
export function mannerOf({ isDryRun, rate, reason }: ReplayManner) {
  return { dry_run: isDryRun, reason: reason.trim(), ...(typeof rate === 'number' ? { rate_per_second: rate } : {}) };
}

export interface ReplayFieldsProps {
  readonly value: ReplayManner;
  readonly onChange: (value: ReplayManner) => void;
  readonly hasRate?: boolean;
  /** Whether what is asked beside these is there. */
  readonly isComplete?: boolean;
  readonly error: Error | null;
  readonly isPending: boolean;
}

/** The end of a form that starts a replay. */
export function ReplayFields({
  value,
  onChange,
  hasRate = true,
  isComplete = true,
  error,
  isPending,
}: ReplayFieldsProps) {
  return (
    <>
      <Checkbox
        label={words.dryRun}
        checked={value.isDryRun}
        onChange={(event) => onChange({ ...value, isDryRun: event.currentTarget.checked })}
      />
      {hasRate && (
        <NumberField
          label={words.rate}
          description={words.rateHint}
          min={LEAST_RATE}
          max={MOST_RATE}
          value={value.rate}
          onChange={(rate) => onChange({ ...value, rate })}
        />
      )}
      <TextInput
        label={text.common.reason}
        description={text.common.reasonHint}
        required
        data-autofocus
        value={value.reason}
        onChange={(event) => onChange({ ...value, reason: event.currentTarget.value })}
      />
      {error !== null && <ProblemAlert error={error} />}
      <Group justify="flex-end">
        <Button type="submit" loading={isPending} disabled={value.reason.trim() === '' || !isComplete}>
          {words.go}
        </Button>
      </Group>
    </>
  );
}
