import { CallRoom, CallRooms } from './call-room';
import { type ConnectorError } from './connector-error';

const REFUSED: ConnectorError = { category: 'concurrency', code: 'REQUEST_LIMIT_EXCEEDED', message: '' };

describe('CallRoom', () => {
  const signal = new AbortController().signal;
  let now = 0;
  const nowMs = (): number => now;
  const enter = (room: CallRoom) => room.enter(signal, nowMs);
  /** As after a refusal of one of so many calls, and the wait that follows. */
  const refusedWith = async (calls: number): Promise<CallRoom> => {
    const room = new CallRoom(16);
    const leaves = await Promise.all(Array.from({ length: calls }, () => enter(room)));
    leaves.forEach((leave, index) => leave(index === 0 ? REFUSED : null));
    now += 2_000;
    return room;
  };

  it('lets everything in until a call is refused, then half of what there was, and at least one', async () => {
    expect(new CallRoom(16).size).toBe(Infinity);
    expect((await refusedWith(6)).size).toBe(3);
    expect((await refusedWith(1)).size).toBe(1);
  });

  it('makes room for one more after each clean window, and ends at any number again', async () => {
    const room = await refusedWith(1);
    const sizes = new Set<number>();
    for (let call = 0; call < 200; call++) {
      (await enter(room))(null);
      sizes.add(room.size);
    }
    expect([...sizes].slice(0, 3)).toEqual([1, 2, 3]);
    expect(room.size).toBe(Infinity);
  });

  it('keeps the others waiting, in turn, and forgets whoever gives up', async () => {
    const room = await refusedWith(2);
    const leave = await enter(room);
    const entered: string[] = [];
    const wait = async (name: string, own: AbortSignal) => {
      const done = await room.enter(own, nowMs);
      entered.push(name);
      return done;
    };
    const givesUp = new AbortController();
    const first = wait('gives up', givesUp.signal);
    const second = wait('waits', signal);
    await Promise.resolve();
    expect(entered).toEqual([]);
    givesUp.abort();
    (await first)(null);
    leave(null);
    (await second)(null);
    expect(entered).toEqual(['gives up', 'waits']);
  });

  it('waits a moment after a refusal', async () => {
    const room = new CallRoom(16);
    (await enter(room))(REFUSED);
    let entered = false;
    const given = new AbortController();
    const next = room.enter(given.signal, nowMs).then((leave) => {
      entered = true;
      leave(null);
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(entered).toBe(false);
    given.abort();
    await next;
  });

  it('is one for each connection', () => {
    const rooms = new CallRooms(16);
    expect(rooms.of('a')).toBe(rooms.of('a'));
    expect(rooms.of('a')).not.toBe(rooms.of('b'));
  });
});
