import { withAddresses } from './seed-configuration';

const WANTED = { url: 'http://127.0.0.1:5010/sink/acme', test_url: 'http://127.0.0.1:5010/health' };

describe('withAddresses', () => {
  it('moves a connection to the sandbox port of today and keeps everything else', () => {
    const current = { url: 'http://127.0.0.1:4010/sink/acme', test_url: 'http://127.0.0.1:4010/health', timeout_ms: 5 };
    expect(withAddresses(current, WANTED)).toEqual({ ...WANTED, timeout_ms: 5 });
    expect(withAddresses({ ...WANTED, timeout_ms: 5 }, WANTED)).toBeNull();
  });

  it('leaves what a person has pointed elsewhere', () => {
    expect(withAddresses({ url: 'https://example.com/sink/acme' }, WANTED)).toBeNull();
    expect(withAddresses({ url: 'http://127.0.0.1:4010/sink/mine' }, WANTED)).toBeNull();
    expect(withAddresses({}, WANTED)).toBeNull();
  });
});
