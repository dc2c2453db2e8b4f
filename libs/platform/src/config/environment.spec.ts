import { z } from 'zod';
import { queueSettings } from '../queue/queue-backend';
import {
  cidrsSetting,
  databaseUrlSetting,
  parseSettings,
  portSetting,
  proxiesSetting,
  publicUrlSetting,
  settingsOrExit,
} from './environment';

const takes = (setting: z.ZodType, text: string): boolean => setting.safeParse(text).success;

describe('a setting', () => {
  it.each([
    ['a public URL', publicUrlSetting, ['http://127.0.0.1:3000', 'https://hub.example.com/below/']],
    ['ranges of addresses', cidrsSetting, ['10.0.0.0/8, fd00::/8', '127.0.0.1', '']],
    [
      'a database',
      databaseUrlSetting,
      ['postgres://u:p%40@db:5432/hub', 'postgresql://u@[::1]/hub?sslmode=require', 'postgres://u@/hub?host=/run/pg'],
    ],
    ['a port', portSetting, ['1', '65535']],
  ])('takes %s', (_name, setting, texts) => {
    for (const text of texts) expect({ text, taken: takes(setting, text) }).toEqual({ text, taken: true });
  });

  // Each of them would start a process that cannot work, or links that lead nowhere.
  it.each([
    ['a public URL', publicUrlSetting, ['hub.example.com:3000', 'ftp://x', 'https://x/?', 'https://x/#z', 'https://']],
    ['ranges of addresses', cidrsSetting, ['foo', '10.0.0.0/33', '10.0.0.0/8,example.com']],
    [
      'a database',
      databaseUrlSetting,
      ['notaurl', 'mysql://u@db/hub', 'postgres://u:p@ss#word@db/hub', 'postgres://u@db:x/hub'],
    ],
    ['a port', portSetting, ['0', '65536', 'many']],
  ])('does not take for %s what is none', (_name, setting, texts) => {
    for (const text of texts) expect({ text, taken: takes(setting, text) }).toEqual({ text, taken: false });
  });

  it.each([
    ['rediss://:secret@cache:6380/2', true],
    ['redis://127.0.0.1', true],
    ['foo', false],
    ['http://cache:6379', false],
  ])('for Redis may be %p: %p', (REDIS_URL, taken) => {
    expect(queueSettings.safeParse({ REDIS_URL }).success).toBe(taken);
  });
});

describe('settings', () => {
  it('are told by name what is missing and what is wrong, all at once', () => {
    const schema = z.object({
      HUB_DB_APP_URL: databaseUrlSetting,
      HUB_PORT: portSetting,
      HUB_EGRESS_ALLOW: cidrsSetting,
    });
    expect(parseSettings(schema, { HUB_PORT: '0', HUB_EGRESS_ALLOW: 'foo' })).toEqual({
      ok: false,
      error: [
        'HUB_DB_APP_URL: is not set',
        expect.stringMatching(/^HUB_PORT: /),
        'HUB_EGRESS_ALLOW.0: is no address and no CIDR range such as 10.0.0.0/8',
      ],
    });
  });

  it('that no program knows are told, once for all of them', () => {
    const written = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    const before = { ...process.env };
    try {
      // Whoever runs the tests may have set others.
      for (const name of Object.keys(process.env)) if (name.startsWith('HUB_')) delete process.env[name];
      Object.assign(process.env, { HUB_PROT: '80', HUB_TRUST_PROXIES: 'x', HUB_PORT: '80' });
      settingsOrExit(z.object({}));
      expect(written.mock.calls).toEqual([['Set, but no setting of the hub: HUB_PROT, HUB_TRUST_PROXIES\n']]);
    } finally {
      process.env = before;
      written.mockRestore();
    }
  });
});

describe('the proxies that are believed', () => {
  it.each([
    ['10.0.0.1, fd00::/8', ['10.0.0.1', 'fd00::/8']],
    ['loopback,172.16.0.0/12', ['loopback', '172.16.0.0/12']],
    ['false', []],
  ])('may be %p', (text, proxies) => {
    expect(proxiesSetting.parse(text)).toEqual(proxies);
  });

  // Each of them would believe callers what they write themselves, or nobody at all without a word of it.
  it.each(['true', '1', '*', '10.0.0.0/33', 'proxy.example.com', '10.0.0.1,true'])('are not %p', (text) => {
    expect(proxiesSetting.safeParse(text).error?.issues[0]?.message).toMatch(/^Name the addresses/);
  });
});
