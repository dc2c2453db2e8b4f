import { silentLogger } from '../logger/logger';
import { Ticker } from './ticker';

describe('a ticker', () => {
  it('does what is asked meanwhile once, afterwards', async () => {
    const turns: (() => void)[] = [];
    const ticker = new Ticker(
      'test',
      3_600_000,
      () => new Promise<void>((resolve) => turns.push(resolve)),
      silentLogger,
    );
    ticker.start();
    ticker.ask();
    ticker.ask();
    expect(turns).toHaveLength(1);
    turns[0]?.();
    await new Promise(setImmediate);
    expect(turns).toHaveLength(2);
    turns[1]?.();
    await ticker.stop();
    ticker.ask();
    expect(turns).toHaveLength(2);
  });

  it('goes on after a failure, and ends only when the turn under way has', async () => {
    let [turns, done] = [0, false];
    const ticker = new Ticker(
      'test',
      3_600_000,
      async () => {
        if (++turns === 1) throw new Error('as the test wants');
        await new Promise(setImmediate);
        done = true;
      },
      silentLogger,
    );
    ticker.start();
    await new Promise(setImmediate);
    ticker.ask();
    await ticker.stop();
    expect({ turns, done }).toEqual({ turns: 2, done: true });
  });
});
