import { type Mutation } from '@tanstack/react-query';

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
type Values = ReadonlyMap<Field, string>;

interface Sent {
  readonly values: Values;
  /** What it was sent with. */
  readonly attempts: readonly Pick<Mutation, 'state'>[];
}

/** What somebody has entered into a form since they came to it, or since it was saved. */
export class Entered {
  /** Each field as it was before anybody touched the form: what is loaded or filled in by then is no change of theirs. */
  private readonly before = new Map<Field, string>();
  private sent: Sent | null = null;

  /** To be called before anything is entered, and often: fields come and go. */
  look(form: HTMLFormElement): void {
    const now = valuesOf(form);
    if (this.sent?.attempts.every(({ state }) => state.status === 'success') === true) {
      // A form that empties itself once it is saved has nothing unsaved either.
      for (const [field, value] of this.sent.values)
        if (now.get(field) !== this.before.get(field)) this.before.set(field, value);
      for (const field of this.before.keys()) if (!now.has(field)) this.before.delete(field);
      this.sent = null;
    }
    for (const [field, value] of now) if (!this.before.has(field)) this.before.set(field, value);
  }

  /** What is entered now is on its way; it is unsaved again once one of the attempts has failed. */
  send(form: HTMLFormElement, attempts: Sent['attempts']): void {
    this.sent = { values: valuesOf(form), attempts };
  }

  /** Not one that waits for the network to come back. */
  isSending(): boolean {
    return this.sent?.attempts.some(({ state }) => state.status === 'pending' && !state.isPaused) === true;
  }

  isUnsaved(form: HTMLFormElement): boolean {
    const now = valuesOf(form);
    const sent = this.sent?.attempts.some(({ state }) => state.status === 'error') === true ? null : this.sent;
    return [...this.before].some(([field, before]) => {
      const value = now.get(field);
      // A row that was taken away.
      if (value === undefined) return sent === null && before !== '';
      return value !== before && value !== sent?.values.get(field);
    });
  }
}

function valuesOf(form: HTMLFormElement): Values {
  return new Map([...form.elements].filter(isField).map((field) => [field, valueOf(field)]));
}

/** What is shown of a choice is its name, which may be fetched after it; what is chosen stands in a hidden field beside. */
const NAME_OF_CHOICE = '[aria-haspopup="listbox"]';
const FREE_TEXT = '.mantine-Autocomplete-root';

function isField(element: Element): element is Field {
  if (element.matches(NAME_OF_CHOICE) && element.closest(FREE_TEXT) === null) return false;
  return (
    element instanceof HTMLInputElement ||
    element instanceof HTMLTextAreaElement ||
    element instanceof HTMLSelectElement
  );
}

function valueOf(field: Field): string {
  const isChosen = field instanceof HTMLInputElement && (field.type === 'checkbox' || field.type === 'radio');
  return isChosen ? (field.checked ? 'on' : '') : field.value;
}
