import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { type ChildProcess } from 'node:child_process';
import { type PoolItem } from './pool.types';
import { MappingChildHandle } from './mapping-child-handle';

/** A child that says what the test has it say. */
class FakeChild extends EventEmitter {
  readonly pid = 1;
  readonly stdin = new PassThrough();
  readonly stdout = new PassThrough();
  killed = false;

  kill(): void {
    this.killed = true;
  }

  async say(...message: readonly unknown[]): Promise<void> {
    this.stdout.write(`${JSON.stringify(message)}\n`);
    await new Promise(process.nextTick);
    await new Promise(process.nextTick);
  }
}

const LIMIT_MS = 250;

describe('the deadline of an item', () => {
  let child: FakeChild;
  let settled: unknown[];
  beforeEach(async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick'] });
    child = new FakeChild();
    settled = [];
    const nothing = (): void => undefined;
    const listener = { ready: nothing, sliceEnded: nothing, ranTooLong: nothing, exited: nothing };
    const handle = new MappingChildHandle(child as unknown as ChildProcess, listener, 1_000);
    await child.say('ready');
    const item: PoolItem = {
      expression: 'a',
      inputText: '{}',
      bindingsText: undefined,
      timeoutMs: LIMIT_MS,
      lane: 'lane',
      links: null,
      deaths: 0,
      settle: (outcome) => void settled.push(outcome),
    };
    handle.run([item]);
  });
  afterEach(() => jest.useRealTimers());

  /** The clock goes on without a timer being looked at. */
  const standStill = (ms: number): void => {
    const { now } = performance;
    const from = now.call(performance);
    jest.spyOn(performance, 'now').mockImplementation(() => now.call(performance) + ms);
    expect(performance.now()).toBe(from + ms);
  };
  afterEach(() => jest.restoreAllMocks());

  it('ends a child that burns', () => {
    jest.advanceTimersByTime(LIMIT_MS - 1);
    expect(child.killed).toBe(false);
    jest.advanceTimersByTime(2);
    expect(child.killed).toBe(true);
  });

  it('is put off when the machine stood still, and whoever answers then lives', async () => {
    standStill(1_000);
    jest.advanceTimersByTime(LIMIT_MS + 1);
    expect(child.killed).toBe(false);
    await child.say('output', 1, 0, '{}');
    await child.say('end', 1, 1, 0);
    jest.advanceTimersByTime(10_000);
    expect(child.killed).toBe(false);
    expect(settled).toEqual([{ ok: true, value: { outputText: '{}' } }]);
  });

  it('is put off once', () => {
    standStill(1_000);
    jest.advanceTimersByTime(LIMIT_MS + 1);
    expect(child.killed).toBe(false);
    jest.advanceTimersByTime(LIMIT_MS);
    expect(child.killed).toBe(true);
  });
});
