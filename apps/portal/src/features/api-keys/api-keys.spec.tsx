/** @jest-environment jsdom */
import { MantineProvider } from '@mantine/core';
import { rotateApiKey, type ApiKey } from '@hub/api-client';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, fireEvent, render, screen } from '@testing-library/react';
import { setHubClock } from '../../lib/hub-clock';
import { endOf, stateOf } from './key-state';
import { RotateForm } from './rotate-form';

jest.mock('@hub/api-client', () => ({ client: { setConfig: jest.fn() }, rotateApiKey: jest.fn() }));

const HUB = Date.parse('2026-11-22T12:00:00.000Z');
const AN_HOUR_AGO = '2026-11-22T11:00:00.000Z';
/** An answer says the second that it is of: this was before it. */
const WITHIN_THE_SECOND = '2026-11-22T12:00:00.700Z';
const A_SECOND_LATER = '2026-11-22T12:00:01.000Z';
const IN_AN_HOUR = '2026-11-22T13:00:00.000Z';
const WITHOUT_END = { revoked_at: null, expires_at: null };

afterEach(() => jest.restoreAllMocks());

describe.each([
  ['two days slow', HUB - 2 * 86_400_000],
  ['two days fast', HUB + 2 * 86_400_000],
])('on a computer whose clock is %s', (_how, here) => {
  beforeEach(() => {
    jest.spyOn(Date, 'now').mockReturnValue(here);
    setHubClock({ headers: new Map([['date', new Date(HUB).toUTCString()]]) } as unknown as Response);
  });

  it.each([
    ['active', { ...WITHOUT_END, expires_at: IN_AN_HOUR }],
    ['expired', { ...WITHOUT_END, expires_at: AN_HOUR_AGO }],
    ['expiring', { ...WITHOUT_END, revoked_at: IN_AN_HOUR }],
    ['expiring', { ...WITHOUT_END, revoked_at: A_SECOND_LATER }],
    ['revoked', { ...WITHOUT_END, revoked_at: AN_HOUR_AGO }],
    ['revoked', { ...WITHOUT_END, revoked_at: WITHIN_THE_SECOND }],
  ])('a key is %s by the clock of the hub', (state, row) => {
    expect(stateOf(row)).toBe(state);
    expect(endOf(row) !== null).toBe(state === 'active' || state === 'expiring');
  });

  it('a key that is rotated goes on for as long as it went on at first, by the clock of the hub', async () => {
    jest.mocked(rotateApiKey).mockResolvedValue({ data: {}, response: { ok: true } } as never);
    const row = {
      id: 'key_1',
      created_at: '2026-11-13T12:00:00.000Z',
      expires_at: '2026-11-23T12:00:00.000Z',
    } as ApiKey;
    render(
      <QueryClientProvider client={new QueryClient()}>
        <MantineProvider env="test">
          <RotateForm row={row} />
        </MantineProvider>
      </QueryClientProvider>,
    );
    await act(async () => {
      fireEvent.click(screen.getByRole('button', { name: 'Rotate' }));
      await Promise.resolve();
    });
    expect(jest.mocked(rotateApiKey).mock.lastCall?.[0].body).toMatchObject({ expires_at: '2026-12-02T12:00:00.000Z' });
  });
});
