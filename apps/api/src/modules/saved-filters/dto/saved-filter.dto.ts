import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { FILTERED_VIEWS } from '@hub/tenancy';
import { nameText, plainText } from '../../../http/fields';
import { atLeastOneMember } from '../../connections/dto/fields';

const MOST_MEMBERS = 20;

const view = z.enum(FILTERED_VIEWS).describe('The list that it is a view of.');
const name = nameText(80).describe('Unique among those of the view.');
const query = z
  .record(z.string().regex(/^[a-z_]{1,40}$/, 'Use the names of the list’s filters.'), plainText(300))
  .refine((members) => Object.keys(members).length <= MOST_MEMBERS, { error: `At most ${MOST_MEMBERS} filters.` })
  .describe('What the list is asked with, by the names of its filters.')
  .meta({ examples: [{ status: 'failed', type: 'invoice.created' }] });

const savedFilter = z
  .object({ id: z.string(), view, name, query, created_at: z.string().meta({ format: 'date-time' }) })
  .meta({ id: 'SavedFilter' });

export class SavedFiltersQuery extends createZodDto(z.strictObject({ view: view.optional() })) {}

export class SaveFilterRequest extends createZodDto(z.strictObject({ view, name, query })) {}

export class UpdateSavedFilterRequest extends createZodDto(
  z.strictObject({ name: name.optional(), query: query.optional() }).refine(...atLeastOneMember),
) {}

export class SavedFilterResponse extends createZodDto(savedFilter.meta({})) {}

export class SavedFilterListResponse extends createZodDto(z.object({ data: z.array(savedFilter) })) {}
