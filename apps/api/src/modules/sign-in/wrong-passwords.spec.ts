import { PassThrough } from 'node:stream';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Database } from '@hub/database';
import { silentLogger } from '@hub/platform';
import { type UserRow } from '@hub/tenancy';
import { type SessionsService } from './sessions.service';
import { WrongPasswords } from './wrong-passwords';

const request = {} as FastifyRequest;
/** Nobody reads it to its end: the client has gone. */
const answered = (): FastifyReply => ({ raw: new PassThrough().destroy() }) as unknown as FastifyReply;
const userWith = (failures: number, lockedUntil: Date | null = null): UserRow =>
  ({ id: 'user', failures, locked_until: lockedUntil }) as UserRow;

describe('wrong passwords', () => {
  const warn = jest.fn();
  const sessions = { recordRefusalOf: jest.fn() };
  const wrongWith = (transaction: () => Promise<void>): WrongPasswords =>
    new WrongPasswords({ transaction } as unknown as Database, sessions as unknown as SessionsService, {
      ...silentLogger,
      warn,
    });
  beforeEach(() => jest.resetAllMocks());

  it('count while they are still to be counted', async () => {
    const wrong = wrongWith(() => Promise.resolve());
    wrong.note(request, answered(), userWith(3));
    expect(wrong.isLocked(userWith(3))).toBe(false);
    wrong.note(request, answered(), userWith(3));
    expect(wrong.isLocked(userWith(3))).toBe(true);
    expect(wrong.isLocked({ ...userWith(3), id: 'another' })).toBe(false);
    await wrong.onApplicationShutdown();
    expect(wrong.isLocked(userWith(3))).toBe(false);
  });

  it('of before let who has waited try again', () => {
    const wrong = wrongWith(() => Promise.resolve());
    expect(wrong.isLocked(userWith(7, new Date(0)))).toBe(false);
    expect(wrong.isLocked(userWith(7, new Date(Date.now() + 900_000)))).toBe(true);
    wrong.note(request, answered(), userWith(7));
    expect(wrong.isLocked(userWith(7, new Date(0)))).toBe(true);
    return wrong.onApplicationShutdown();
  });

  it('that cannot be counted are told of, and end nothing', async () => {
    const error = new Error('no database');
    const wrong = wrongWith(() => Promise.reject(error));
    wrong.note(request, answered(), userWith(4));
    await wrong.onApplicationShutdown();
    expect(warn).toHaveBeenCalledWith(expect.any(String), { error });
    expect(sessions.recordRefusalOf).not.toHaveBeenCalled();
    expect(wrong.isLocked(userWith(4))).toBe(false);
  });

  it('that cannot be recorded are told of, and are counted', async () => {
    const count = jest.fn(() => Promise.resolve());
    sessions.recordRefusalOf.mockRejectedValue(new Error('no audit log'));
    const wrong = wrongWith(count);
    wrong.note(request, answered(), userWith(0));
    await wrong.onApplicationShutdown();
    expect(count).toHaveBeenCalledTimes(1);
    expect(warn).toHaveBeenCalledTimes(1);
  });
});
