/** @jest-environment jsdom */
import { MantineProvider } from '@mantine/core';
import { act, fireEvent, render, screen } from '@testing-library/react';
import { useEffect, useState } from 'react';
import { mappings } from '../../../text/mappings.text';
import { type SimpleValue } from '../model/simple-value';
import { type Constant } from '../model/transforms';
import { TransformChain } from './transform-chain';

const { args: labels } = mappings.visual.transforms;
type FieldValue = Extract<SimpleValue, { kind: 'field' }>;

const written: Constant[][] = [];
let showOther: (args: readonly Constant[]) => void;

/** As the editor does: what is written is what is shown. */
function Chain({ begin }: { readonly begin: readonly Constant[] }) {
  const [args, setArgs] = useState(begin);
  useEffect(() => {
    showOther = setArgs;
  }, []);
  const value: FieldValue = { kind: 'field', path: ['placed'], steps: [{ name: 'toDate', args }] };
  const write = (changed: SimpleValue): void => {
    const [step] = (changed as FieldValue).steps;
    written.push([...(step?.args ?? [])]);
    setArgs(step?.args ?? []);
  };
  return <TransformChain name="Date" value={value} onWrite={write} />;
}

function openForm(begin: readonly Constant[]): void {
  render(
    <MantineProvider env="test">
      <Chain begin={begin} />
    </MantineProvider>,
  );
  fireEvent.click(screen.getByTitle(/dd\.MM/));
}

const field = (label: string): HTMLInputElement => screen.getByLabelText(label);
const type = (label: string, value: string): void => void fireEvent.change(field(label), { target: { value } });
const another = (args: readonly Constant[]): void => act(() => showOther(args));

beforeAll(() => {
  // Mantine measures what opens; jsdom has no sizes.
  globalThis.ResizeObserver ??= class {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
  };
});
beforeEach(() => void written.splice(0));

it('arguments that are open while another version comes are that one’s, and so is what is written', () => {
  openForm(['UTC', 'dd.MM.yyyy']);
  another(['Europe/Berlin', 'dd.MM.yy']);
  expect([field(labels.zone).value, field(labels.format).value]).toEqual(['Europe/Berlin', 'dd.MM.yy']);
  type(labels.format, 'yyyy');
  expect(written).toEqual([['Europe/Berlin', 'yyyy']]);
  // Also where it was taken back and comes again.
  another(['Europe/Berlin', 'dd.MM.yy']);
  expect(field(labels.format).value).toBe('dd.MM.yy');
  another(['Europe/Berlin', 'yyyy']);
  expect(field(labels.format).value).toBe('yyyy');
});

it('an argument that is emptied stays empty, though its usual value is written', () => {
  openForm(['Europe/Berlin', 'dd.MM.yyyy']);
  type(labels.zone, '');
  expect(written).toEqual([['UTC', 'dd.MM.yyyy']]);
  expect(field(labels.zone).value).toBe('');
});
