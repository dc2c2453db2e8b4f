/** @jest-environment jsdom */
import { MantineProvider } from '@mantine/core';
import { act, fireEvent, render, screen } from '@testing-library/react';
import { TextFilter } from './filter-bar';

let showFor: (value: string | undefined) => void;

const field = (): HTMLInputElement => screen.getByRole('textbox', { name: 'Search' });

/** As it is once the typing has stopped. */
function type(value: string): void {
  fireEvent.change(field(), { target: { value } });
  act(() => jest.runAllTimers());
}

describe('a text filter', () => {
  beforeEach(() => {
    jest.useFakeTimers();
    // What is searched for goes to the address, and comes back from there.
    const filter = (value: string | undefined) => (
      <MantineProvider env="test">
        <TextFilter label="Search" value={value} onChange={(changed) => showFor(changed)} />
      </MantineProvider>
    );
    const { rerender } = render(filter(undefined));
    showFor = (value) => rerender(filter(value));
  });
  afterEach(() => jest.useRealTimers());

  it('keeps the space before the next word when somebody pauses after it', () => {
    type('quota');
    type('quota ');
    expect(field().value).toBe('quota ');
    type('quota exceeded ');
    expect(field().value).toBe('quota exceeded ');
  });

  it('follows the address when that changes by other ways', () => {
    type('quota ');
    act(() => showFor('limit'));
    expect(field().value).toBe('limit');
    act(() => showFor(undefined));
    expect(field().value).toBe('');
  });
});
