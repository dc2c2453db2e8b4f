import { CODE_FUNCTIONS } from './code.functions';
import { DATE_FUNCTIONS } from './date.functions';
import { DECIMAL_FUNCTIONS } from './decimal.functions';
import { DEFAULT_FUNCTIONS } from './default.functions';
import { type MappingFunction, type MappingFunctionDoc, type MappingFunctionGroup } from './function.types';
import { KEY_FUNCTIONS } from './key.functions';
import { LINK_FUNCTIONS } from './link.functions';
import { MONEY_FUNCTIONS } from './money.functions';
import { TEXT_FUNCTIONS } from './text.functions';

/** Every helper with its implementation: for the child process alone. */
export const IMPLEMENTED_FUNCTIONS: readonly MappingFunction[] = [
  ...DECIMAL_FUNCTIONS,
  ...MONEY_FUNCTIONS,
  ...DATE_FUNCTIONS,
  ...CODE_FUNCTIONS,
  ...DEFAULT_FUNCTIONS,
  ...TEXT_FUNCTIONS,
  ...KEY_FUNCTIONS,
  ...LINK_FUNCTIONS,
];

/** The helpers that every expression can call besides JSONata's own functions, for editors and documentation. */
export const MAPPING_FUNCTIONS: readonly MappingFunctionDoc[] = IMPLEMENTED_FUNCTIONS.map(
  ({ name, usage, signature, group, description, examples }) => ({
    name,
    usage,
    signature,
    group,
    description,
    examples,
  }),
);

const GROUPS: readonly MappingFunctionGroup[] = [
  'Decimals and money',
  'Dates and zones',
  'Codes and contacts',
  'Defaults and tables',
  'Text',
  'Keys',
  'Links between records',
];

const INTRODUCTION = `# Functions for mappings

A mapping or a filter is a [JSONata](https://docs.jsonata.org) expression. Besides JSONata's own functions it can call
the helpers on this page. They are pure: the same input and links always give the same output, and none reads the clock,
the network or anything else outside the expression. An argument that is absent gives no result, as in JSONata, unless the
description says otherwise.

Decimal amounts are text: \`"12.50"\`, never \`12.5\`. Numbers of the input that a double cannot hold exactly (whole
numbers beyond 9,007,199,254,740,991 and fractions with too many digits) reach the expression as text, unchanged.
Regular expressions run on RE2: no back-references and no look-ahead, in return their time grows with the text only.

The payload may have a member \`_link\`, \`{"type": "order", "id": "7"}\`: it says which record of the event's own system
the written record is, and does not reach the vendor. Without it, a delivery of \`customer.upsert\` is linked with the
record that a pulled event is about when that is a customer; with \`null\` nothing is linked.

A member \`_match\` says what decides whether a record that is not linked is there already: a list of \`tax_id\`,
\`account_number\`, \`email\` and \`name\`, or \`false\` for none. Without it the first three decide. No vendor gets to see it either.

This page is generated from the source; every example runs in a test.
`;

function exampleLine({
  expression,
  input,
  bindings,
  links,
  result,
  error,
}: MappingFunctionDoc['examples'][number]): string {
  const outcome =
    error !== undefined ? `fails: ${error}` : result === undefined ? 'nothing' : `\`${JSON.stringify(result)}\``;
  const given = [
    ...(input === undefined ? [] : [`input \`${JSON.stringify(input)}\``]),
    ...Object.entries(bindings ?? {}).map(([name, value]) => `$${name} = \`${JSON.stringify(value)}\``),
    ...(links ?? []).map(({ type, id, system, found }) => `${type} ${id} is ${found} in ${system}`),
  ];
  return `- \`${expression}\` → ${outcome}${given.length > 0 ? ` (${given.join(', ')})` : ''}`;
}

/** The text of `docs/mapping-functions.md`; a test compares the two. */
export function renderMappingFunctionsMarkdown(): string {
  const sections = GROUPS.map((group) => {
    const functions = MAPPING_FUNCTIONS.filter((candidate) => candidate.group === group);
    const entries = functions.map(
      (item) => `### \`${item.usage}\`\n\n${item.description}\n\n${item.examples.map(exampleLine).join('\n')}\n`,
    );
    return `## ${group}\n\n${entries.join('\n')}`;
  });
  return `${INTRODUCTION}\n${sections.join('\n')}`;
}
