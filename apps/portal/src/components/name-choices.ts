import { type ComboboxItem, type OptionsFilter } from '@mantine/core';
import { count } from '../lib/number';
import { text } from '../text';

export interface Named {
  readonly id: string;
  readonly name: string;
}

/** A browser takes its time over thousands of lines. */
const MOST_SHOWN = 100;
const REST = 'rest';

const nameOf = (option: object): string => ('label' in option ? String(option.label).toLowerCase() : '');

/** Shows the first of what is searched for, says how many more there are, and never leaves out what is called just so. */
const filter: OptionsFilter = ({ options, search }) => {
  const wanted = search.trim().toLowerCase();
  const found = options.filter((option) => nameOf(option).includes(wanted));
  const more = found.length - MOST_SHOWN;
  if (more <= 0) return found;
  const likeliestFirst = found.toSorted((a, b) => Number(nameOf(b) === wanted) - Number(nameOf(a) === wanted));
  const rest: ComboboxItem = { value: REST, label: text.common.moreChoices(count(more)), disabled: true };
  return [...likeliestFirst.slice(0, MOST_SHOWN), rest];
};

/** For a select of things by their names, however many there are. */
export function nameChoices(known: readonly Named[] | undefined) {
  return { data: known?.map(({ id, name }) => ({ value: id, label: name })) ?? [], searchable: true, filter };
}
