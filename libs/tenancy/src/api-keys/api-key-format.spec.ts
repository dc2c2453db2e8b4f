import { issueKey, parseKey } from './api-key-format';

describe('API key format', () => {
  it('issues keys that parse to the same prefix and hash', () => {
    const issued = issueKey('live');
    expect(issued.key).toMatch(/^hub_live_[0-9A-Za-z]{8}_[0-9A-Za-z]{36}$/);
    expect(parseKey(issued.key)).toEqual({ environment: 'live', prefix: issued.prefix, hash: issued.hash });
  });

  it('refuses a key with one character changed, wherever it is', () => {
    const { key } = issueKey('test');
    for (let index = 'hub_test_'.length; index < key.length; index++) {
      const other = key[index] === 'a' ? 'b' : 'a';
      expect(parseKey(key.slice(0, index) + other + key.slice(index + 1))).toBeNull();
    }
  });

  it.each(['', 'hub_live_', 'Bearer x', 'hub_prod_12345678_' + 'a'.repeat(36)])('refuses %p', (text) =>
    expect(parseKey(text)).toBeNull(),
  );
});
