import { QueryClient } from '@tanstack/react-query';
import { callAuth, setCsrfToken } from './api';
import { tellOtherTabs } from './other-tabs';
import { sessionQuery, type Session } from './session';

jest.mock('./api', () => ({ callAuth: jest.fn(), setCsrfToken: jest.fn() }));
jest.mock('./other-tabs', () => ({ tellOtherTabs: jest.fn() }));

const ALPHA = {
  user: { id: 'usr_1' },
  tenant: { id: 'ten_a', name: 'Alpha' },
  acting_as_operator: null,
  scopes: ['config:read'],
  csrf_token: 'first',
} as unknown as Session;
const BETA = { ...ALPHA, tenant: { id: 'ten_b', name: 'Beta' }, csrf_token: 'of beta' } as Session;

let client: QueryClient;
const look = async (answer: Session): Promise<Session> => {
  jest.mocked(callAuth).mockResolvedValue(answer);
  return client.fetchQuery({ ...sessionQuery, staleTime: 0 });
};

beforeEach(async () => {
  client = new QueryClient();
  expect(await look(ALPHA)).toEqual(ALPHA);
  expect(setCsrfToken).toHaveBeenCalledWith('first');
  expect(tellOtherTabs).toHaveBeenCalledTimes(1);
  jest.clearAllMocks();
});

test('of a new session in the same place a page takes all', async () => {
  const again = { ...ALPHA, scopes: [], csrf_token: 'second' } as Session;
  expect(await look(again)).toEqual(again);
  expect(setCsrfToken).toHaveBeenCalledWith('second');
  // They were told by the page that began it.
  expect(tellOtherTabs).not.toHaveBeenCalled();
});

test.each([
  ['in another company', BETA],
  ['in none', { ...ALPHA, tenant: null }],
  ['of somebody else', { ...ALPHA, user: { ...ALPHA.user, id: 'usr_2' } }],
  ['of an operator who looks in', { ...ALPHA, acting_as_operator: { reason: 'Asked for', until: '' } }],
] as const)('of one %s it takes nothing, and stays what it is', async (_where, moved) => {
  expect(await look(moved)).toEqual({ ...ALPHA, movedTo: moved });
  expect(setCsrfToken).not.toHaveBeenCalled();
});

test('a page that was left behind stays so when the session comes back: what it holds may be of both', async () => {
  await look(BETA);
  expect((await look(ALPHA)).movedTo).toEqual(ALPHA);
  expect(setCsrfToken).not.toHaveBeenCalled();
});
