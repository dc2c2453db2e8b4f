import { type MappingTemplate } from '@hub/connector-sdk';
import { type NewGoldenCase } from '@hub/mapping-store';

/** The golden cases that a copy of a template gets, so that whoever changes the copy is held to what it was made for. */
export function templateGoldenCases({ direction, goldenCases }: MappingTemplate): NewGoldenCase[] {
  return goldenCases.map(({ name, input, output, event = {}, links = [] }) => ({
    name,
    inputText: JSON.stringify(input),
    // Pulled records are mapped without an event and without links.
    event: direction === 'outbound' ? event : null,
    links: direction === 'outbound' ? links : [],
    outcome: 'output',
    output,
    ignored: [],
  }));
}
