import { proxiesSetting } from './environment';

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
