import { createLogger } from '@hub/platform';
import { noticeOf, NoticeFilter, NoticeScanner } from './log-notices';

describe('notices from log lines', () => {
  const lines: string[] = [];
  const logger = createLogger({ name: 'api', level: 'debug', destination: { write: (line) => void lines.push(line) } });
  beforeEach(() => (lines.length = 0));

  it('are what the logger calls a warning or worse', () => {
    logger.debug('quiet');
    logger.info('quiet');
    logger.warn('careful', { queue: 'drain', count: 3, request_id: 'req_1' });
    logger.error('broken', { error: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) });
    expect(lines.map(noticeOf)).toEqual([
      null,
      null,
      'warning: careful (queue=drain, count=3)',
      'error: broken (ECONNREFUSED: refused)',
    ]);
  });

  it('are found however the output is cut', () => {
    for (let index = 0; index < 50; index++) logger.info('busy');
    logger.warn('eins');
    logger.info('busy');
    logger.error('zwei 🚀');
    const bytes = Buffer.from(lines.join(''));
    for (const size of [1, 7, 100, bytes.length]) {
      const found: string[] = [];
      const scanner = new NoticeScanner((notice) => found.push(notice));
      for (let at = 0; at < bytes.length; at += size) scanner.add(bytes.subarray(at, at + size));
      expect(found).toEqual(['warning: eins', 'error: zwei 🚀']);
    }
  });

  it('are not made from anything else', () => {
    expect(['', 'plain text', '{"level":', '{"level":"warn"}', '[]'].map(noticeOf)).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
  });

  it('are not repeated every second, and count what was held back', () => {
    const filter = new NoticeFilter();
    expect(filter.pass('a', 0)).toBe('a');
    expect(filter.pass('a', 1_000)).toBeNull();
    expect(filter.pass('a', 2_000)).toBeNull();
    expect(filter.pass('b', 2_000)).toBe('b');
    expect(filter.pass('a', 30_000)).toBe('a [and 2 times before]');
    expect(filter.pass('a', 60_000)).toBe('a');
  });
});
