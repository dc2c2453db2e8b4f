import { z } from 'zod';
import { plainText, searchedMoment } from '../../../http/fields';

export const publicIdText = plainText(100);

/** What a list and an export can be narrowed down by. */
export const auditFilter = {
  action: z
    .string()
    .regex(/^[a-z][a-z_]*\.([a-z][a-z_]*|\*)$/, {
      error: 'Use an action such as mapping.published, or mapping.* for all.',
    })
    .optional()
    .describe('What was done, such as `mapping.published`; `mapping.*` for everything done to mappings'),
  actor: publicIdText.optional().describe('Id of who did it'),
  target: publicIdText.optional().describe('Id of what it was done to'),
  outcome: z.enum(['succeeded', 'refused']).optional(),
  request_id: plainText(200).optional(),
  from: searchedMoment.optional().describe('From this moment on'),
  to: searchedMoment.optional().describe('Before this moment'),
  q: plainText(200)
    .optional()
    .describe('A text anywhere in the record. Names, addresses and programs of actors are sealed and not found'),
};
