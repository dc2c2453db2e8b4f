import { ServerSentParser } from './server-sent';

const feedAll = (...texts: string[]) => {
  const parser = new ServerSentParser();
  return texts.flatMap((text) => parser.feed(text));
};

describe('an event stream', () => {
  it('is read message by message, comments left out', () => {
    expect(
      feedAll(': hello\n\nid: 7\nevent: accepted\ndata: {"a":1}\n\n: still here\nid: 8\n\nretry: 2000\n\n'),
    ).toEqual([
      { id: '7', event: 'accepted', data: '{"a":1}' },
      { id: '8', event: 'message', data: null },
    ]);
  });

  it('may be cut anywhere, and break its lines in any way', () => {
    const text = 'id: 1\r\nevent: changed\r\ndata: one\r\ndata: two: 🙂\r\n\r\nid: 2\ndata:three\n\n';
    const whole = feedAll(text);
    expect(whole).toEqual([
      { id: '1', event: 'changed', data: 'one\ntwo: 🙂' },
      { id: '2', event: 'message', data: 'three' },
    ]);
    for (let at = 0; at < text.length; at++) expect(feedAll(text.slice(0, at), text.slice(at))).toEqual(whole);
    expect(feedAll(...text.split(/(?:)/u))).toEqual(whole);
  });

  it('of which the end is missing is not guessed at', () => {
    expect(feedAll('id: 1\ndata: half')).toEqual([]);
  });
});
