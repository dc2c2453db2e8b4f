import fc from 'fast-check';
import { newUuid } from '@hub/platform';
import { HubProblem } from './hub-problem';
import { pageResponse, readCursor } from './pagination';

const cursorOf = (id: string): string => pageResponse([{ id }, { id: 'next' }], 1, (row) => row.id).next_cursor ?? '';

describe('a cursor', () => {
  it('leads to the row that it was made of', () => {
    for (let n = 0; n < 50; n++) {
      const id = newUuid();
      expect(readCursor(cursorOf(id))).toBe(id);
    }
  });

  it('that was tampered with is refused as a fault of the request, or is another good one; it never breaks anything', () => {
    const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
    const tampered = fc
      .tuple(fc.nat(60), fc.string({ unit: 'binary', maxLength: 4 }), fc.nat(3))
      .map(([at, put, drop]) => {
        const cursor = cursorOf(newUuid());
        return cursor.slice(0, at) + put + cursor.slice(at + drop);
      });
    fc.assert(
      fc.property(fc.oneof(tampered, fc.string({ unit: 'binary' }), fc.base64String()), (text) => {
        try {
          expect(readCursor(text)).toMatch(uuid);
        } catch (error) {
          expect(error).toBeInstanceOf(HubProblem);
          expect((error as HubProblem).problem).toMatchObject({ kind: 'bad_request', code: 'invalid_request' });
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
