import { z } from 'zod';
import { fromPublicId, ID_PREFIXES, type IdKind } from '@hub/platform';

/** Text that PostgreSQL and people can hold: no control characters, no half surrogate pairs, not blank. */
export function plainText(max: number): z.ZodString {
  return z
    .string()
    .min(1)
    .max(max)
    .refine((text) => isPlain(text), { error: 'Control characters, blank text and broken Unicode are not taken.' });
}

function isPlain(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code === 0x7f) return false;
  }
  return text.trim() !== '' && isWellFormed(text);
}

/** `String.prototype.isWellFormed`, which the compiler's library does not know yet. */
function isWellFormed(text: string): boolean {
  return !/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(text);
}

/** RFC 3339 with a zone, within the years that the database holds. */
export const timestamp = z.iso
  .datetime({ offset: true })
  .refine((text) => !Number.isNaN(Date.parse(text)), { error: 'This is not a moment in time.' })
  .meta({ format: 'date-time' });

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
