import { findAlertRule } from '@hub/alerts';
import { chainName, OPERATORS_CHAIN, SYSTEM_ACTORS } from '@hub/audit';
import { fromPublicId, parsePublicId } from '@hub/platform';
import { z } from 'zod';
import { plainText, searchedMoment } from '../../../http/fields';

export const publicIdText = plainText(100);

/** What no record can have as its actor or target would only ever find nothing, which looks as if there were nothing. */
function known(isKnown: (id: string) => boolean, message: string): z.ZodString {
  return z.string().superRefine((input, context) => {
    if (!isKnown(input)) context.addIssue({ code: 'invalid_value', values: [], input, message });
  });
}

const isPartOfHub = (id: string): boolean => SYSTEM_ACTORS.some((name) => name === id);

const actorId = known(
  (id) =>
    (['apiKey', 'user', 'operatorKey'] as const).some((kind) => fromPublicId(kind, id) !== null) || isPartOfHub(id),
  `Use the id of a key or of a person, or one of ${SYSTEM_ACTORS.join(', ')}.`,
);

/** Of a request that was refused, the route. */
const ROUTE = /^[A-Z]+ \/[\x21-\x7e]*$/;

const targetId = known(
  (id) =>
    parsePublicId(id) !== null ||
    // Of whom personal fields were erased.
    isPartOfHub(id) ||
    findAlertRule(id) !== undefined ||
    id === chainName(OPERATORS_CHAIN) ||
    ROUTE.test(id),
  'Use the id of what it was done to, the name of an alert rule, or a route such as GET /v1/events/:id.',
);

/** What a list and an export can be narrowed down by. */
export const auditFilter = {
  action: z
    .string()
    .regex(/^[a-z][a-z_]*\.([a-z][a-z_]*|\*)$/, {
      error: 'Use an action such as mapping.published, or mapping.* for all.',
    })
    .optional()
    .describe('What was done, such as `mapping.published`; `mapping.*` for everything done to mappings'),
  actor: actorId.optional().describe('Id of who did it'),
  target: targetId.optional().describe('Id of what it was done to'),
  outcome: z.enum(['succeeded', 'refused']).optional(),
  request_id: plainText(200).optional(),
  from: searchedMoment.optional().describe('From this moment on'),
  to: searchedMoment.optional().describe('Before this moment'),
  q: plainText(200)
    .optional()
    .describe('A text anywhere in the record. Names, addresses and programs of actors are sealed and not found'),
};
