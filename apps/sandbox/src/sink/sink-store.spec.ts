import { Sink } from './sink-store';

describe('what a sink keeps', () => {
  const arrive = (sink: Sink, times: number): void => {
    for (let i = 0; i < times; i++)
      sink.record(
        { at: i, method: 'POST', url: '/sink/many', rawHeaders: [], body: Buffer.alloc(0), accepted: true },
        undefined,
      );
  };

  it('the newest 10,000 in full, and the count of all', () => {
    const sink = new Sink('many');
    arrive(sink, 10_100);
    expect(sink.counts().total).toBe(10_100);
    expect(sink.requests(0, 1).map(({ seq }) => seq)).toEqual([101]);
    expect(sink.requests(10_098, 5).map(({ seq }) => seq)).toEqual([10_099, 10_100]);
  });

  it('every one while there are few', () => {
    const sink = new Sink('few');
    arrive(sink, 3);
    expect(sink.requests(0, 10).map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });
});
