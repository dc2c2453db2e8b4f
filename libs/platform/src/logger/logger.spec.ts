import { createLogger, type LogFields } from './logger';

function capture(): { lines: Record<string, unknown>[]; log: ReturnType<typeof createLogger> } {
  const lines: Record<string, unknown>[] = [];
  const log = createLogger({
    name: 'test',
    level: 'info',
    destination: { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  });
  return { lines, log };
}

describe('logger', () => {
  it('drops fields that are not on the allow-list', () => {
    const { lines, log } = capture();
    log.info('hello', { tenant_id: 't1', credentials: { password: 'canary-1' } } as LogFields);
    expect(lines[0]).toMatchObject({ tenant_id: 't1', msg: 'hello' });
    expect(JSON.stringify(lines)).not.toContain('canary');
  });

  it('scrubs secrets in messages and keeps only name, code, message and frames of an error', () => {
    const { lines, log } = capture();
    const error = Object.assign(new Error('call failed: Authorization: Bearer canary-2-abcdefgh'), {
      code: 'ECONNRESET',
      config: { headers: { authorization: 'canary-3' } },
    });
    log.error('key hub_live_abcd1234_canary4canary4 refused, postgres://hub:canary-5@db/x', { error });
    const printed = JSON.stringify(lines);
    expect(printed).not.toContain('canary');
    expect(printed).toContain('hub_live_abcd1234_[redacted]');
    expect(lines[0]).toMatchObject({ error: { code: 'ECONNRESET' } });
  });
});
