import { DatabaseError } from 'pg';
import { DatabaseUnavailableError } from '@hub/database';
import { newUuid, silentLogger } from '@hub/platform';
import { type TenantDb } from '@hub/tenancy';
import { CLOSED } from '../breaker/breaker';
import { SLOT_LEASE_MS } from '../claim/slot';
import { type DrainDependencies } from './drain.types';
import { SlotSession, type Exchange } from './slot-session';

const NOTHING: Exchange = { held: new Set(), settlements: [], runtime: null, claim: 0, alone: false, ends: false };
const WRITTEN = { claim: { deliveries: [], more: false }, settled: 0, woken: [] };

/** A session whose clock and transactions are in the test's hands. */
function stage(answers: readonly (() => unknown)[]): {
  session: SlotSession;
  asked: () => number;
  advance: (ms: number) => void;
} {
  let now = 1_000_000;
  let asked = 0;
  const run = (): Promise<unknown> => {
    const answer = answers[Math.min(asked, answers.length - 1)];
    asked++;
    return Promise.resolve().then(answer);
  };
  const dependencies = {
    tenantDb: { run } as unknown as TenantDb,
    workerId: 'test',
    observer: { attempted: () => undefined, settled: () => undefined, fenced: () => undefined },
  } as unknown as DrainDependencies;
  const slot = { connectionId: newUuid(), token: newUuid(), breaker: CLOSED };
  const target = { tenantId: newUuid(), connectionId: slot.connectionId };
  const session = new SlotSession(dependencies, target, slot, silentLogger, now, () => now);
  return { session, asked: () => asked, advance: (ms) => (now += ms) };
}

const written = (): unknown => WRITTEN;
const away = (): never => {
  throw new DatabaseUnavailableError(new Error('away'));
};

const nameOf = (outcome: unknown): string | null => (outcome instanceof Error ? outcome.name : null);

describe('slot session', () => {
  it('is lost when its lease has run out by its own clock, for good, and then asks nothing more of the database', async () => {
    const { session, asked, advance } = stage([written]);
    advance(SLOT_LEASE_MS - 1);
    expect(session.lost).toBe(false);
    advance(1);
    expect(session.lost).toBe(true);
    expect(session.signal.aborted).toBe(true);
    expect(await session.exchange(NOTHING)).toBeNull();
    expect(asked()).toBe(0);
  });

  it('counts a renewal from before it was asked for', async () => {
    const clock: { advance: (ms: number) => void } = { advance: () => undefined };
    const { session, advance } = stage([
      () => {
        clock.advance(4_000);
        return WRITTEN;
      },
    ]);
    clock.advance = advance;
    advance(3_000);
    await session.exchange(NOTHING);
    advance(SLOT_LEASE_MS - 4_000 - 1);
    expect(session.lost).toBe(false);
    advance(1);
    expect(session.lost).toBe(true);
  });

  it('cuts calls under way when the lease runs out, without being asked', async () => {
    jest.useFakeTimers({ doNotFake: ['performance'] });
    try {
      const { session, advance } = stage([away]);
      session.keepAlive();
      for (let waited = 0; waited < SLOT_LEASE_MS; waited += 1_000) {
        expect(session.signal.aborted).toBe(false);
        advance(1_000);
        await jest.advanceTimersByTimeAsync(1_000);
      }
      expect(session.signal.aborted).toBe(true);
      session.close();
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });

  it('is lost when somebody else owns the slot', async () => {
    const { session } = stage([() => null]);
    expect(await session.exchange(NOTHING)).toBeNull();
    expect(session.lost).toBe(true);
  });

  it('tries again while the database is away, and no longer than its lease', async () => {
    jest.useFakeTimers({ doNotFake: ['performance'] });
    try {
      const back = stage([away, away, written]);
      const outcome = back.session.exchange(NOTHING);
      await jest.advanceTimersByTimeAsync(1_000);
      expect(await outcome).toEqual(WRITTEN.claim);

      const gone = stage([away]);
      const failed = gone.session.exchange(NOTHING).catch((error: unknown) => error);
      await jest.advanceTimersByTimeAsync(2_000);
      gone.advance(SLOT_LEASE_MS);
      await jest.advanceTimersByTimeAsync(1_000);
      const asked = gone.asked();
      // Given up, be it as an error or as a lost slot: nothing was written.
      expect([null, 'DatabaseUnavailableError']).toContain(nameOf(await failed));
      await jest.advanceTimersByTimeAsync(SLOT_LEASE_MS);
      expect(gone.asked()).toBe(asked);
    } finally {
      jest.useRealTimers();
    }
  });

  it("writes the rest when a connection's last error cannot be stored", async () => {
    const refusal = Object.assign(new DatabaseError('as the test wants', 1, 'error'), { code: '22P05' });
    const refuse = (): never => {
      throw refusal;
    };
    const runtime = { breaker: CLOSED, wait: null, succeeded: true, lastError: '"\\ud800"', transition: null };
    const { session, asked } = stage([refuse, refuse, written]);
    expect(await session.exchange({ ...NOTHING, runtime })).toEqual(WRITTEN.claim);
    expect(asked()).toBe(3);
  });
});
