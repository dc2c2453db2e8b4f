/** @jest-environment jsdom */
import { MantineProvider, TextInput } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { fireEvent, render, screen } from '@testing-library/react';
import { text } from '../text';
import { Dialog } from './dialog';
import { Form } from './form';
import { KeptForm } from './kept-form';

interface Kept {
  readonly updated_at: string;
  readonly tier: string;
}

const form = (label: string, value: Kept) => (
  <KeptForm value={value}>
    {(begun) => (
      <>
        <Form onSubmit={() => undefined}>
          <TextInput label={label} defaultValue={begun.tier} />
        </Form>
        <Dialog opened onClose={() => undefined}>
          <Form onSubmit={() => undefined}>
            <TextInput label={`Reason of ${label}`} />
          </Form>
        </Dialog>
      </>
    )}
  </KeptForm>
);
const page = (company: Kept, bounds: Kept) => (
  <QueryClientProvider client={new QueryClient()}>
    <MantineProvider env="test">
      {form('Company', company)}
      {form('Bounds', bounds)}
    </MantineProvider>
  </QueryClientProvider>
);

const field = (label: string): HTMLInputElement => screen.getByLabelText(label, { selector: 'input' });
const enter = (label: string, value: string): void => {
  fireEvent.focus(field(label));
  fireEvent.change(field(label), { target: { value } });
};
const FIRST: Kept = { updated_at: '2026-11-22T12:00:00.000Z', tier: 'standard' };
const SECOND: Kept = { updated_at: '2026-11-22T12:01:00.000Z', tier: 'premium' };

it('a form takes up what others saved while something is entered into another one, which keeps it', () => {
  const { rerender } = render(page(FIRST, FIRST));
  enter('Bounds', 'mine');
  rerender(page(SECOND, FIRST));
  expect(field('Company').value).toBe('premium');
  expect(screen.queryByText(text.common.changedMeanwhile)).toBeNull();
  rerender(page(SECOND, SECOND));
  expect(field('Bounds').value).toBe('mine');
  expect(screen.queryAllByText(text.common.changedMeanwhile)).toHaveLength(1);
});

it('a form keeps what is written in a dialog of its own', () => {
  const { rerender } = render(page(FIRST, FIRST));
  enter('Reason of Company', 'They asked for it');
  rerender(page(SECOND, FIRST));
  expect(field('Reason of Company').value).toBe('They asked for it');
  expect(screen.queryAllByText(text.common.changedMeanwhile)).toHaveLength(1);
});
