import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { type ChainRecord } from '../chain/chain.repository';
import { csvHeader, csvLine } from './export-lines';

/** What a spreadsheet would take a cell for a formula by. */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/;

const cell = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc
    .tuple(fc.constantFrom('=', '+', '-', '@', '\t', '\r', '＝', '"', "'", ',', '\n', '\r\n', ''), fc.string())
    .map(([first, rest]) => first + rest),
);
const TENANT = 'a-tenant';

function recordOf(texts: Readonly<Record<string, string>>): ChainRecord {
  const { action, id, name, reason, request_id, before, detail } = texts;
  const record = {
    id: 'aud_1',
    time: '2026-11-22T10:00:00.000Z',
    action,
    outcome: 'success',
    actor: { type: 'user', id },
    target: { type: 'mapping', id, name },
    before,
    after: null,
    details: { detail },
    reason,
    request_id,
  };
  return {
    seq: 1,
    text: JSON.stringify(record),
    prev: Buffer.alloc(32),
    hash: Buffer.alloc(32, 1),
    subjectKey: undefined,
  };
}

describe('a line of an export for spreadsheets', () => {
  it('is one row, whatever is in it, and holds each text as it is or with an apostrophe in front', () => {
    const texts = fc.record({
      action: cell,
      id: cell,
      name: cell,
      reason: cell,
      request_id: cell,
      before: cell,
      detail: cell,
    });
    fc.assert(
      fc.property(texts, fc.array(texts, { maxLength: 2 }), (first, others) => {
        const all = [first, ...others];
        const csv = csvHeader() + all.map((one) => csvLine(TENANT, recordOf(one))).join('');
        const rows = parse<Record<string, string>>(csv, {
          columns: true,
          relax_quotes: false,
          record_delimiter: '\r\n',
        });
        expect(rows).toHaveLength(all.length);
        rows.forEach((row, index) => {
          const told = all[index] as (typeof all)[number];
          const wanted = { action: told.action, target_name: told.name, reason: told.reason, actor_id: told.id };
          for (const [column, text] of Object.entries(wanted)) {
            expect([text, `'${text}`]).toContain(row[column]);
            expect(row[column] === text).toBe(!FORMULA.test(text));
          }
          expect(JSON.parse(row['before'] ?? '')).toBe(told.before);
          expect(JSON.parse(row['details'] ?? '')).toEqual({ detail: told.detail });
          expect(Object.values(row).filter((value) => FORMULA.test(value))).toEqual([]);
        });
      }),
      { numRuns: 1_000 },
    );
  });
});
