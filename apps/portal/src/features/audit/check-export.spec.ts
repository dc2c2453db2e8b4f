/** @jest-environment jsdom */
import { webcrypto } from 'node:crypto';
import { checkExport, type Verdict } from './check-export';
import { OWN_CHAIN } from './exported-chain';

// Jest cannot load the program itself, which is one file of ES modules. What it finds is checked where it stands.
jest.mock('@hub/audit-verifier', () => {
  class Broken extends Error {
    constructor(
      message: string,
      readonly seq: number | null,
    ) {
      super(message);
    }
  }
  class Reordered extends Broken {}
  const [verifyExport, filesOfArchive, unpackedByWeb, webTools] = [jest.fn(), jest.fn(), jest.fn(), jest.fn()];
  return { Broken, Reordered, verifyExport, filesOfArchive, unpackedByWeb, webTools };
});

const FOUND = { first: 1, last: 9, records: 8, skipped: 1, checkpoints: 2, signedAt: '2026-11-20T10:00:00.000Z' };
const ELSEWHERE = { origin: 'integration-hub/audit/operators', kept: 1, keptGiven: 1, keys: ['key'], trusted: true };

/** Loaded as the page does: when it is asked for. */
let program: typeof import('@hub/audit-verifier');
beforeAll(async () => {
  program = await import('@hub/audit-verifier');
  Object.defineProperty(window, 'isSecureContext', { value: true });
  Object.defineProperty(window, 'crypto', { value: webcrypto });
});

/** Of an archive of which the program says this. */
function verdictOn(said: () => object): Promise<Verdict> {
  jest.mocked(program.verifyExport).mockImplementation(() => new Promise((resolve) => resolve(said() as never)));
  const archive = { size: 1, arrayBuffer: () => Promise.resolve(new ArrayBuffer(1)) } as Blob;
  const checkpoint = (): Promise<never> => Promise.resolve({ keys: ['key'], note: 'note' } as never);
  return checkExport(archive, { ...OWN_CHAIN, checkpoint }, jest.fn());
}

function broken(as: unknown): never {
  const Known = as as new (message: string, seq: number | null) => Error;
  throw new Known('what is wrong', 2);
}

describe('an archive that is checked in the browser', () => {
  it('holds, with the facts about it and nothing besides', async () => {
    expect(await verdictOn(() => ({ ...FOUND, ...ELSEWHERE }))).toEqual({ kind: 'holds', ...FOUND });
  });

  it('that is broken is so at a record', async () => {
    expect(await verdictOn(() => broken(program.Broken))).toEqual({ kind: 'broken', message: 'what is wrong', seq: 2 });
  });

  it('that was re-ordered has no record that is wrong', async () => {
    expect(await verdictOn(() => broken(program.Reordered))).toEqual({ kind: 'reordered', message: 'what is wrong' });
  });
});
