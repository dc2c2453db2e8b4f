import { randomFillSync } from 'node:crypto';
import { TypeID } from 'typeid-js';
import { V7Generator } from 'uuidv7';
import { uuidToBase32 } from './base32';

/** Prefix of each public id: a reader knows what they hold, and a support person can paste any of them into search. */
export const ID_PREFIXES = {
  event: 'evt',
  delivery: 'dlv',
  attempt: 'att',
  connection: 'con',
  mapping: 'map',
  route: 'rte',
  apiKey: 'key',
  tenant: 'ten',
  request: 'req',
  operatorKey: 'opk',
  sync: 'syn',
  syncRun: 'run',
  link: 'lnk',
  linkEnd: 'lke',
  hubEvent: 'hev',
  webhookEndpoint: 'whe',
  auditRecord: 'aud',
  auditExport: 'axp',
  goldenCase: 'gld',
  backtest: 'btt',
  replay: 'rpl',
  archiveObject: 'aob',
  restore: 'rst',
  alert: 'alr',
  alertChannel: 'ach',
  alertNotification: 'aln',
  user: 'usr',
  member: 'mem',
  invitation: 'inv',
  session: 'ses',
  savedFilter: 'flt',
} as const;

export type IdKind = keyof typeof ID_PREFIXES;

/** Random numbers drawn for many ids at once: by itself the generator asks the system for 32 bytes at a time. */
const random = new Uint32Array(1_024);
let randomAt = random.length;

const generator = new V7Generator({
  nextUint32(): number {
    if (randomAt === random.length) {
      randomFillSync(random);
      randomAt = 0;
    }
    return random[randomAt++]!;
  },
});

const HEX = '0123456789abcdef';
const written = Buffer.alloc(36, '-');

/**
 * A UUIDv7 (RFC 9562): sorts by time, monotonic within this process. Written in one piece: the generator's own text is 36 pieces,
 * which were a tenth of all that an accepted event leaves to be collected, and are put together when it is first read.
 */
export function newUuid(): string {
  const { bytes } = generator.generate();
  let at = 0;
  for (let index = 0; index < 16; index++) {
    const byte = bytes[index] as number;
    if (index === 4 || index === 6 || index === 8 || index === 10) at++;
    written[at++] = HEX.charCodeAt(byte >> 4);
    written[at++] = HEX.charCodeAt(byte & 0xf);
  }
  return written.toString('latin1');
}

/** When a UUIDv7 was made, in ms since 1970. */
export function uuidTimeMs(uuid: string): number {
  return Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16);
}

/** UUID inside → TypeID outside (`evt_01j…`). */
export function toPublicId(kind: IdKind, uuid: string): string {
  return `${ID_PREFIXES[kind]}_${uuidToBase32(uuid)}`;
}

/** TypeID outside → UUID inside; `null` for whatever is not such an id, so that callers can answer 404. */
export function fromPublicId(kind: IdKind, text: string): string | null {
  try {
    return TypeID.fromString(text, ID_PREFIXES[kind]).toUUID();
  } catch {
    return null;
  }
}

/** Any public id of a known kind, for search boxes. */
export function parsePublicId(text: string): { kind: IdKind; uuid: string } | null {
  for (const kind of Object.keys(ID_PREFIXES) as IdKind[]) {
    if (!text.startsWith(`${ID_PREFIXES[kind]}_`)) continue;
    const uuid = fromPublicId(kind, text);
    if (uuid !== null) return { kind, uuid };
  }
  return null;
}
