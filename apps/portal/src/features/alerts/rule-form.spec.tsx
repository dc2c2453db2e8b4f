/** @jest-environment jsdom */
import { MantineProvider } from '@mantine/core';
import { updateAlertRule, type AlertRule } from '@hub/api-client';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, fireEvent, render, screen } from '@testing-library/react';
import { RuleForm } from './rule-form';

jest.mock('@hub/api-client', () => ({
  client: { setConfig: jest.fn() },
  listAlertChannels: () => Promise.resolve({ data: { data: [], next_cursor: null }, response: { ok: true } }),
  updateAlertRule: jest.fn(),
}));
// The form needs their names alone, and they bring every page along.
jest.mock('./alerts.routes', () => ({ SEVERITIES: ['info', 'warning', 'critical'] }));

const SETTINGS = {
  enabled: true,
  threshold: null,
  least_volume: null,
  for_seconds: 60,
  repeat_seconds: 3_600,
  severity: 'critical' as const,
};
const RULE: AlertRule = {
  id: 'breaker_open',
  title: '',
  description: '',
  advice: '',
  threshold_bounds: null,
  defaults: SETTINGS,
  ...SETTINGS,
  channel_ids: null,
  customized: [],
};

beforeAll(() => {
  // Mantine measures what opens below a field; jsdom has no sizes.
  globalThis.ResizeObserver ??= class {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
  };
});

const remindEvery = (): HTMLInputElement => screen.getByLabelText(/^Remind every \(seconds\)/);

/** What is sent when these seconds are entered; undefined for nothing. */
async function sentFor(seconds: string): Promise<unknown> {
  jest.mocked(updateAlertRule).mockClear();
  fireEvent.change(remindEvery(), { target: { value: seconds } });
  fireEvent.blur(remindEvery());
  await act(async () => {
    fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    await Promise.resolve();
  });
  return jest.mocked(updateAlertRule).mock.lastCall?.[0].body;
}

it('takes reminders every five minutes at most, or none', async () => {
  jest.mocked(updateAlertRule).mockResolvedValue({ data: RULE, response: { ok: true } } as never);
  render(
    <QueryClientProvider client={new QueryClient()}>
      <MantineProvider env="test">
        <RuleForm rule={RULE} onDone={() => undefined} />
      </MantineProvider>
    </QueryClientProvider>,
  );
  expect(await sentFor('299')).toBeUndefined();
  expect(screen.queryByText('From 300 to 2,592,000')).not.toBeNull();
  expect(await sentFor('300')).toEqual({ repeat_seconds: 300 });
  expect(await sentFor('0')).toEqual({ repeat_seconds: 0 });
});
