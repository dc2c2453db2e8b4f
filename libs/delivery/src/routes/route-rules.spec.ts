import { checkRoute } from './route-rules';

function pointers(route: Parameters<typeof checkRoute>[0]): string[] {
  const checked = checkRoute(route);
  return checked.ok ? [] : (checked.error.faults ?? []).map((fault) => `${fault.pointer} ${fault.code}`);
}

describe('rules of a route', () => {
  it.each([[null], [[]], [[1]], [[86_400, 86_400, 86_400]], [Array<number>(20).fill(60)]])(
    'accepts the delays %j',
    (retryDelaysSeconds) => expect(pointers({ retryDelaysSeconds })).toEqual([]),
  );

  it.each([
    [[0], '/retry/delays_seconds/0 out_of_range'],
    [[60, 86_401], '/retry/delays_seconds/1 out_of_range'],
    [[1.5], '/retry/delays_seconds/0 out_of_range'],
    [Array<number>(21).fill(1), '/retry/delays_seconds too_many'],
    [[86_400, 86_400, 86_400, 1], '/retry/delays_seconds too_long'],
  ])('refuses the delays %j', (retryDelaysSeconds, expected) =>
    expect(pointers({ retryDelaysSeconds })).toEqual([expected]),
  );

  it('names every fault at once', () => {
    expect(pointers({ eventType: 'a b', retryDelaysSeconds: [0] })).toEqual([
      '/event_type invalid_event_type',
      '/retry/delays_seconds/0 out_of_range',
    ]);
  });
});
