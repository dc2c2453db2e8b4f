import { hostOf, newSigningSecret, secretOf, targetFaults } from './channel-fields';

const codes = (...args: Parameters<typeof targetFaults>): string[] =>
  targetFaults(...args).map(({ pointer, code }) => `${pointer} ${code}`);

describe('where a channel leads', () => {
  it.each<[string, string[], ...Parameters<typeof targetFaults>]>([
    ['mail', [], 'email', { recipients: ['a@example.com'] }, true],
    ['mail without recipients', ['/recipients required'], 'email', {}, true],
    ['mail with an address', ['/url not_of_this_kind'], 'email', { recipients: ['a@b.c'], url: 'https://x.y' }, true],
    ['slack', [], 'slack', { url: 'https://hooks.slack.com/x' }, true],
    ['slack without an address', ['/url required'], 'slack', {}, true],
    ['slack with a password in its address', ['/url url'], 'slack', { url: 'https://a:b@x.y' }, true],
    ['pagerduty', [], 'pagerduty', { routing_key: 'x' }, true],
    [
      'pagerduty elsewhere',
      [],
      'pagerduty',
      { routing_key: 'x', url: 'https://events.eu.pagerduty.com/v2/enqueue' },
      true,
    ],
    ['a webhook', [], 'webhook', { url: 'http://x.y', secret: newSigningSecret() }, true],
    [
      'a webhook with a weak secret',
      ['/secret invalid_secret'],
      'webhook',
      { url: 'http://x.y', secret: 'whsec_c2hvcnQ=' },
      true,
    ],
    ['a change of nothing', [], 'webhook', {}, false],
    ['a change to another kind', ['/routing_key not_of_this_kind'], 'slack', { routing_key: 'x' }, false],
  ])('%s: %j', (_name, expected, ...args) => {
    expect(codes(...args)).toEqual(expected);
  });

  it('keeps what is not given anew, and gives a webhook a secret', () => {
    const made = secretOf('webhook', { url: 'https://x.y' });
    expect(made).toEqual({ url: 'https://x.y', signing_secret: expect.stringMatching(/^whsec_.{44}$/) });
    expect(secretOf('webhook', { url: 'https://z' }, made)).toEqual({ ...made, url: 'https://z' });
    expect(secretOf('pagerduty', { url: 'https://eu' }, { routing_key: 'k' })).toEqual({
      url: 'https://eu',
      routing_key: 'k',
    });
  });

  it.each([['ftp://x.y'], ['nonsense'], ['https://a@b.c'], ['file:///etc/passwd']])('%s cannot be called', (url) => {
    expect(hostOf(url)).toBeNull();
  });
});
