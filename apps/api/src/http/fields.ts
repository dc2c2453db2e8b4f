import { z } from 'zod';
import { fromPublicId, ID_PREFIXES, type IdKind } from '@hub/platform';

const REFUSED = { error: 'Control characters, blank text and broken Unicode are not taken.' };

/** Text that PostgreSQL and people can hold: no control characters, no half surrogate pairs, not blank. Empty text is one fault. */
export function plainText(max: number): z.ZodString {
  return z
    .string()
    .min(1, { abort: true })
    .max(max)
    .refine((text) => isPlain(text, isControl), REFUSED);
}

/**
 * Plain text that people read elsewhere, in a mail's subject for one. Records of customers are not held to it: what systems copy
 * into one another may hold such marks.
 */
export function nameText(max: number): z.ZodString {
  return z
    .string()
    .min(1, { abort: true })
    .max(max)
    .refine((text) => isPlain(text, (code) => isControl(code) || isPosing(code)), REFUSED);
}

function isPlain(text: string, isRefused: (code: number) => boolean): boolean {
  for (let index = 0; index < text.length; index++) if (isRefused(text.charCodeAt(index))) return false;
  return text.trim() !== '' && isWellFormed(text);
}

function isControl(code: number): boolean {
  return code < 0x20 || code === 0x7f;
}

/** C1, and the embeddings, overrides and isolates of bidirectional text, with which a name can pose as another. */
function isPosing(code: number): boolean {
  return (code >= 0x80 && code <= 0x9f) || (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

/** `String.prototype.isWellFormed`, which the compiler's library does not know yet. */
function isWellFormed(text: string): boolean {
  return !/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(text);
}

const WHEN = 'Use RFC 3339 with a zone, such as 2026-11-20T10:00:00.000Z.';

/** `+02:00`, as a query hands it on that was written with a bare plus. */
const LOST_PLUS = /T[\d:.]+ \d\d:\d\d$/;

const FIRST_MOMENT = Date.parse('0001-01-01T00:00:00.000Z');
const LAST_MOMENT = Date.parse('9999-12-31T23:59:59.999Z');

/** As most senders write it, and as the hub does: nothing is left to be done. */
const IN_UTC = /^....-..-..T..:..:..\....Z$/;

function isWithinYears(text: string): boolean {
  const moment = Date.parse(text);
  return moment >= FIRST_MOMENT && moment <= LAST_MOMENT;
}

/**
 * RFC 3339 with a zone, in the years 1 to 9999 of UTC: what everybody downstream can hold. Handed on as UTC with
 * milliseconds, as the hub writes every time. One fault at most: what is no date has no year either.
 */
export const timestamp = z.iso
  .datetime({
    offset: true,
    abort: true,
    error: ({ input }) =>
      typeof input === 'string' && LOST_PLUS.test(input) ? `${WHEN} In an address, write + as %2B.` : WHEN,
  })
  .refine(isWithinYears, { error: 'Only the years 1 to 9999 are taken.', abort: true })
  .overwrite((text) => (IN_UTC.test(text) ? text : new Date(text).toISOString()))
  .meta({ format: 'date-time' });

/**
 * A {@link timestamp} to compare ids with, which hold the time since 1970. Whatever was before that was before everything
 * that the hub has, so the beginning of 1970 finds the same.
 */
export const searchedMoment = timestamp.overwrite((text) => (Date.parse(text) < 0 ? new Date(0).toISOString() : text));

/** For `superRefine`: a span that ends before it begins has nothing in it, which nobody asks for on purpose. */
export function inOrder(...spans: readonly (readonly [from: string, to: string])[]) {
  return (value: Readonly<Record<string, unknown>>, context: z.RefinementCtx): void => {
    for (const [from, to] of spans) {
      const [begin, end] = [value[from], value[to]];
      if (typeof begin === 'string' && typeof end === 'string' && Date.parse(begin) > Date.parse(end))
        context.addIssue({ code: 'custom', path: [to], message: `Must not be earlier than ${from}.` });
    }
  };
}

/** A day of UTC, in the years that a {@link timestamp} may have. */
export const day = z.iso
  .date({ abort: true, error: 'Use a day, such as 2026-11-20.' })
  .refine(isWithinYears, { error: 'Only the years 1 to 9999 are taken.' })
  .meta({ format: 'date' });

/** A public id in a body or query, as the UUID inside it. */
export function publicId(kind: IdKind): z.ZodPipe<z.ZodString, z.ZodTransform<string, string>> {
  return z.string().transform((text, context) => {
    const uuid = fromPublicId(kind, text);
    if (uuid !== null) return uuid;
    context.addIssue({
      code: 'custom',
      message: `This is not an id of that kind: it starts with ${ID_PREFIXES[kind]}_.`,
    });
    return z.NEVER;
  });
}

/**
 * Nullable texts are described from within: zod writes a bare one as `type: [string, null]`, which Nest's OpenAPI generator
 * takes for an array.
 */
export function textOrNull(description: string): z.ZodNullable<z.ZodString> {
  return z.string().describe(description).nullable();
}

export const nextCursor = textOrNull('Send it as `cursor` for the next page; `null` on the last one.');

/** Of lists that are looked through for a limited time. */
export const searchPage = {
  next_cursor: textOrNull(
    'Send it as `cursor` for the next page; `null` on the last one. A search among very many may answer with fewer rows than asked for, even none, and go on from here.',
  ),
  searched_back_to: z
    .string()
    .describe('Where the page is not full because its time was up: everything since then has been looked through.')
    .meta({ format: 'date-time' })
    .nullable(),
};
