import { type JsonObject } from '@hub/platform';
import { z } from 'zod';
import { nameText } from '../../../http/fields';

/** PostgreSQL keeps neither NUL nor half a surrogate pair. */
const TEXT = /^[^\0\p{Surrogate}]*$/u;

export const displayName = nameText(200).describe('Unique among those of its kind.');

/** May be empty and may have several lines. */
export function freeText(maxLength: number): z.ZodString {
  return z.string().max(maxLength).regex(TEXT, 'Must not contain NUL or broken Unicode');
}

/** Why somebody does something that others will ask about. */
export const reasonText = freeText(1_000)
  .min(1)
  .refine((text) => text.trim() !== '', 'Must not be blank');

/** An object whose members somebody else knows: a connector's schema, the mapping store. */
export const jsonObject = z.record(z.string(), z.unknown()) as unknown as z.ZodType<JsonObject, JsonObject>;

/** For `refine`: a change that changes nothing is a mistake of the caller. */
export const atLeastOneMember = [
  (change: object): boolean => Object.values(change).some((value) => value !== undefined),
  { message: 'Must name at least one field to change' },
] as const;

export const flagQuery = z.enum(['true', 'false']).transform((text) => text === 'true');
