/** @jest-environment jsdom */
import { MantineProvider } from '@mantine/core';
import { muteAlert } from '@hub/api-client';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, fireEvent, render, screen } from '@testing-library/react';
import { setHubClock } from '../../lib/hub-clock';
import { AlertActions } from './alert-actions';

jest.mock('@hub/api-client', () => ({ client: { setConfig: jest.fn() }, muteAlert: jest.fn() }));

const HUB = Date.parse('2026-11-22T12:00:00.000Z');
const A_DAY_LATER = '2026-11-23T12:00:00.000Z';

function show(mutedUntil: string | null): void {
  render(
    <QueryClientProvider client={new QueryClient()}>
      <MantineProvider env="test">
        <AlertActions alert={{ id: 'alt_1', status: 'open', muted_until: mutedUntil }} />
      </MantineProvider>
    </QueryClientProvider>,
  );
}

const muteButtons = (): HTMLElement[] => screen.queryAllByRole('button', { name: 'Mute' });
const press = (button: HTMLElement | undefined): Promise<void> =>
  act(async () => {
    fireEvent.click(button as HTMLElement);
    await Promise.resolve();
  });

// jsdom lacks what the choices of a list ask for.
beforeAll(() => {
  globalThis.ResizeObserver ??= class {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
  };
});
afterEach(() => jest.restoreAllMocks());

describe.each([
  ['an hour slow', HUB - 3_600_000],
  ['two days fast', HUB + 2 * 86_400_000],
])('on a computer whose clock is %s', (_how, here) => {
  beforeEach(() => {
    jest.spyOn(Date, 'now').mockReturnValue(here);
    setHubClock({ headers: new Map([['date', new Date(HUB).toUTCString()]]) } as unknown as Response);
  });

  it('an alert is muted for as long as was chosen, by the clock of the hub', async () => {
    jest.mocked(muteAlert).mockResolvedValue({ data: {}, response: { ok: true } } as never);
    show(null);
    await press(muteButtons()[0]);
    await press(muteButtons().at(-1));
    expect(muteAlert).toHaveBeenLastCalledWith({ path: { id: 'alt_1' }, body: { until: '2026-11-22T19:59:00.000Z' } });
  });

  it('one that is muted by the clock of the hub is shown so', () => {
    show(A_DAY_LATER);
    expect(screen.queryByRole('button', { name: 'Unmute' })).not.toBeNull();
    expect(muteButtons()).toEqual([]);
  });
});
