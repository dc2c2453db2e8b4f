import { Button, Group, Switch, Text } from '@mantine/core';
import { type LiveList } from '../lib/use-live-list';
import { text } from '../text';

const words = text.common.live;

export interface LiveSwitchProps {
  readonly live: LiveList;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}

/** Turns following on and off, and says how it is going: a list that stands still must not look like one where nothing happens. */
export function LiveSwitch({ live: { state, problem, waiting, show }, isOn, onChange }: LiveSwitchProps) {
  return (
    <Group gap="sm">
      {waiting > 0 && (
        <Button size="compact-sm" variant="light" onClick={show}>
          {words.waiting(waiting)}
        </Button>
      )}
      <Text size="sm" role="status" c={state === 'live' ? 'dimmed' : undefined}>
        {waiting > 0 ? words.held : state === 'off' ? '' : words.states[state]}
        {problem !== null && ` ${problem.message}`}
      </Text>
      <Switch label={words.label} checked={isOn} onChange={(event) => onChange(event.currentTarget.checked)} />
    </Group>
  );
}
