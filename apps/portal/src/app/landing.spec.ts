/** @jest-environment jsdom */
import { listEvents } from '@hub/api-client';
import { type Role, type Session } from '../lib/session';
import { landingOf } from './landing';

jest.mock('@hub/api-client', () => ({
  client: { setConfig: jest.fn() },
  listEvents: jest.fn(),
}));

const session = (role: Role | null, isOperator = false): Session =>
  ({ role, tenant: role === null ? null : { id: 'ten_1' }, is_operator: isOperator }) as Session;
const withEvents = (data: unknown[], ok = true): void =>
  void jest.mocked(listEvents).mockResolvedValue({ data: { data }, response: { ok, status: 503 } } as never);

describe('where somebody begins', () => {
  it.each([
    ['owner', '/overview'],
    ['admin', '/overview'],
    ['viewer', '/overview'],
    ['support', '/events'],
    ['compliance', '/audit'],
  ] as const)('as %s is %s', async (role, address) => {
    expect(await landingOf(session(role))).toBe(address);
  });

  it('as developer is how to send the first event, until one was sent', async () => {
    withEvents([]);
    expect(await landingOf(session('developer'))).toBe('/quickstart');
    withEvents([{}]);
    expect(await landingOf(session('developer'))).toBe('/overview');
  });

  it('outside of a company is the operator’s page', async () => {
    expect(await landingOf(session(null, true))).toBe('/operator');
  });
});
