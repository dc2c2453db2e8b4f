import { LINK_SESSION, LinkSession, MAX_LINKS_OF_A_RUN } from '../child/link-session';
import { CodedFailure } from '../expression/coded-failure';
import { type LinkQuestion } from '../mapping-engine.types';
import { helperFailure, quoted, type FunctionFocus, type MappingFunction } from './function.types';

const group = 'Links between records';
/** As wide as what the hub keeps. */
const MAX_LENGTH = { type: 100, id: 500, system: 200 } as const;

function textOf(value: unknown, name: keyof typeof MAX_LENGTH): string {
  if (typeof value !== 'string' || value.trim() === '' || value.length > MAX_LENGTH[name])
    throw helperFailure(`The ${name} must be text of 1 to ${MAX_LENGTH[name]} characters, not ${quoted(value)}.`);
  return value;
}

/** Ids that a source sends as numbers are the same ids. An absent, null or blank id is no record. */
function questionOf(type: unknown, id: unknown, system: unknown): LinkQuestion | undefined {
  if (id === undefined || id === null || (typeof id === 'string' && id.trim() === '')) return undefined;
  const text = typeof id === 'number' && Number.isSafeInteger(id) ? String(id) : id;
  return { type: textOf(type, 'type'), id: textOf(text, 'id'), system: textOf(system, 'system') };
}

function answer(focus: FunctionFocus, question: LinkQuestion): { readonly id?: string; readonly missing: boolean } {
  const session = focus.environment.lookup(LINK_SESSION);
  if (!(session instanceof LinkSession)) throw helperFailure('Links between records cannot be asked for here.');
  const found = session.find(question);
  if (found.kind === 'too many')
    throw helperFailure(`One run may ask for at most ${MAX_LINKS_OF_A_RUN} different links.`);
  return found.kind === 'found' ? { id: found.id, missing: false } : { missing: found.kind === 'none' };
}

function link(this: FunctionFocus, type: unknown, id: unknown, system: unknown): string | undefined {
  const question = questionOf(type, id, system);
  return question === undefined ? undefined : answer(this, question).id;
}

function linkRequired(this: FunctionFocus, type: unknown, id: unknown, system: unknown): string | undefined {
  const question = questionOf(type, id, system);
  if (question === undefined) throw helperFailure(`The id of the ${quoted(type)} to link is missing or empty.`);
  const found = answer(this, question);
  if (found.missing) {
    const words = `The ${question.type} ${quoted(question.id)} is not in ${question.system} yet, as far as the hub knows.`;
    throw new CodedFailure('HUB_LINK', words, question);
  }
  return found.id;
}

const customer = { type: 'customer', id: '0018Z00002XyZaBQAV', system: 'quickbooks', found: '58' };

export const LINK_FUNCTIONS: readonly MappingFunction[] = [
  {
    name: 'link',
    usage: '$link(type, id, system)',
    signature: '<xxx:x>',
    group,
    arity: 3,
    description:
      'The id that a record has in another system. `type` is the kind of record (`customer`), `id` its id where the event comes from, and `system` a connector (`quickbooks`) or one connection (`con_…`). Nothing when the hub knows of no such record, or when the id is absent, null or blank.',
    examples: [
      {
        expression: '$link("customer", AccountId, "quickbooks")',
        input: { AccountId: '0018Z00002XyZaBQAV' },
        links: [customer],
        result: '58',
      },
      { expression: '$link("customer", "0018Z00002XyZaBQAV", "netsuite")', links: [customer] },
      { expression: '$link("customer", AccountId, "quickbooks")', input: { AccountId: null }, links: [customer] },
      {
        expression: '$link("customer", "1", "quickbooks")',
        error: 'Links between records cannot be asked for here.',
      },
    ],
    implementation: link,
  },
  {
    name: 'linkRequired',
    usage: '$linkRequired(type, id, system)',
    signature: '<xxx:x>',
    group,
    arity: 3,
    description:
      'As `$link`, but without the link the delivery waits: the record may still be on its way to the other system. Waiting uses up no attempt. An id that is absent, null or blank fails at once.',
    examples: [
      {
        expression: '{"CustomerRef": {"value": $linkRequired("customer", AccountId, "quickbooks")}}',
        input: { AccountId: '0018Z00002XyZaBQAV' },
        links: [customer],
        result: { CustomerRef: { value: '58' } },
      },
      {
        expression: '$linkRequired("customer", AccountId, "quickbooks")',
        input: {},
        links: [customer],
        error: 'The id of the "customer" to link is missing or empty.',
      },
    ],
    implementation: linkRequired,
  },
];
