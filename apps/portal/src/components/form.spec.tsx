/** @jest-environment jsdom */
import { Autocomplete, MantineProvider, Select, TextInput } from '@mantine/core';
import { QueryClient, QueryClientProvider, useMutation } from '@tanstack/react-query';
import { act, fireEvent, render, screen } from '@testing-library/react';
import { useState, type FormEvent } from 'react';
import { isAnythingUnsaved, losesUnsaved } from '../lib/unsaved';
import { ConfirmButton } from './confirm-button';
import { Form } from './form';
import { NumberField } from './number-field';

const BLUE = { value: 'b', label: 'Blue' };

let answer: { readonly succeed: () => void; readonly fail: () => void };
let saved: unknown[];

/** Saves a name, a colour and days; fewer days only once that was confirmed. */
function Example() {
  const [name, setName] = useState('First');
  const [kind, setKind] = useState('a');
  const [colour, setColour] = useState<string | null>('r');
  const [colours, setColours] = useState([BLUE]);
  const [days, setDays] = useState<number | string>(30);
  const save = useMutation({
    mutationFn: () =>
      new Promise<void>((resolve, reject) => {
        saved.push({ name, days });
        answer = { succeed: resolve, fail: () => reject(new Error('refused')) };
      }),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (name !== '') save.mutate();
  };
  return (
    <Form onSubmit={submit}>
      <TextInput label="Name" value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <Autocomplete label="Kind" data={['a']} value={kind} onChange={setKind} />
      <Select label="Colour" data={colours} value={colour} onChange={setColour} />
      <button type="button" onClick={() => setColours([{ value: 'r', label: 'Red' }, BLUE])}>
        Fetch
      </button>
      <button type="button" onClick={() => setColour('b')}>
        Choose blue
      </button>
      <NumberField label="Days" min={7} max={3_650} value={days} onChange={setDays} />
      <button type="submit">Save</button>
      <ConfirmButton label="Save fewer" title="Fewer?" body="" isPending={false} onConfirm={() => save.mutate()} />
    </Form>
  );
}

const field = (name: string): HTMLInputElement => screen.getByLabelText(name, { selector: 'input' });

function enter(name: string, value: string): void {
  fireEvent.focus(field(name));
  fireEvent.change(field(name), { target: { value } });
}

/** The last one of that name: that of a dialog comes after the one that has opened it. */
const press = (name: string): Promise<void> =>
  act(async () => {
    fireEvent.click(screen.getAllByRole('button', { name }).at(-1) as HTMLElement);
    await Promise.resolve();
  });

/** What was begun has ended so. */
const ends = (how: 'succeed' | 'fail'): Promise<void> =>
  act(async () => {
    answer[how]();
    await Promise.resolve();
  });

beforeAll(() => {
  // Mantine measures what opens below a field; jsdom has no sizes.
  globalThis.ResizeObserver ??= class {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
  };
});

beforeEach(() => {
  saved = [];
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={new QueryClient()}>
        <Example />
      </QueryClientProvider>
    </MantineProvider>,
  );
});

describe('a form', () => {
  it('is unsaved from the first change until that is taken back', () => {
    fireEvent.focus(field('Name'));
    expect(isAnythingUnsaved()).toBe(false);
    enter('Name', 'Second');
    expect(isAnythingUnsaved()).toBe(true);
    enter('Name', 'First');
    expect(isAnythingUnsaved()).toBe(false);
    enter('Kind', 'b');
    expect(isAnythingUnsaved()).toBe(true);
  });

  it('is unsaved by another choice, and not by the name of what is chosen', async () => {
    fireEvent.focus(field('Name'));
    await press('Fetch');
    expect(isAnythingUnsaved()).toBe(false);
    await press('Choose blue');
    expect(isAnythingUnsaved()).toBe(true);
  });

  it('is saved once it is sent, and unsaved again when that is refused', async () => {
    enter('Name', 'Second');
    await press('Save');
    expect(isAnythingUnsaved()).toBe(false);
    await ends('fail');
    expect(isAnythingUnsaved()).toBe(true);
    await press('Save');
    await ends('succeed');
    expect(isAnythingUnsaved()).toBe(false);
    enter('Days', '40');
    expect(isAnythingUnsaved()).toBe(true);
    enter('Days', '30');
    expect(isAnythingUnsaved()).toBe(false);
  });

  it('is unsaved when somebody has gone on meanwhile', async () => {
    enter('Name', 'Second');
    await press('Save');
    enter('Name', 'Third');
    await ends('succeed');
    fireEvent.focus(field('Days'));
    expect(isAnythingUnsaved()).toBe(true);
  });

  it('is not saved by a press that sends nothing', async () => {
    enter('Name', '');
    await press('Save');
    expect(saved).toEqual([]);
    expect(isAnythingUnsaved()).toBe(true);
  });

  it('is saved by what is confirmed in it', async () => {
    enter('Days', '10');
    await press('Save fewer');
    await press('Save fewer');
    expect(saved).toEqual([{ name: 'First', days: 10 }]);
    expect(isAnythingUnsaved()).toBe(false);
  });

  it('is left with its page or its tab, and with nothing else of the address', () => {
    const here = { pathname: '/settings', search: { tab: 'retention' } };
    const there = [
      { pathname: '/settings', search: { tab: 'audit' } },
      { pathname: '/events', search: { tab: 'retention' } },
      { pathname: '/settings', search: { tab: 'retention', kind: 'events' } },
    ];
    expect(there.map((place) => losesUnsaved(here, place))).toEqual([false, false, false]);
    enter('Name', 'Second');
    expect(there.map((place) => losesUnsaved(here, place))).toEqual([true, true, false]);
  });
});

describe('a number out of range', () => {
  const RANGE = 'From 7 to 3,650';

  it('stays as it was typed, is told its range, and is not sent', async () => {
    enter('Days', '3');
    expect(screen.queryByText(RANGE)).toBeNull();
    fireEvent.blur(field('Days'));
    expect(field('Days').value).toBe('3');
    expect(screen.queryByText(RANGE)).not.toBeNull();
    await press('Save');
    await press('Save fewer');
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(saved).toEqual([]);
  });

  it('is taken once it is within', async () => {
    enter('Days', '3');
    enter('Days', '8');
    await press('Save');
    expect(saved).toEqual([{ name: 'First', days: 8 }]);
  });
});
