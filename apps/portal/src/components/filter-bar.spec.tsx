/** @jest-environment jsdom */
import { MantineProvider } from '@mantine/core';
import { act, fireEvent, render, screen } from '@testing-library/react';
import { TextFilter, TimeFilter } from './filter-bar';

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

describe('a time filter', () => {
  it('takes a time and an emptied field, and waits for a year that is still being typed', () => {
    const onChange = jest.fn();
    const { container } = render(
      <MantineProvider env="test">
        <TimeFilter label="From" value="2026-11-20T10:30:00.000Z" onChange={onChange} />
      </MantineProvider>,
    );
    const input = container.querySelector('input')!;
    // jsdom takes less than browsers do: what is typed comes as it is.
    Object.defineProperty(input, 'value', { writable: true, value: '' });
    const enter = (value: string): void => {
      input.value = value;
      fireEvent.input(input);
    };
    enter('202610-11-20T10:30');
    expect(onChange).not.toHaveBeenCalled();
    enter('2026-11-21T10:30');
    expect(onChange).toHaveBeenLastCalledWith(new Date('2026-11-21T10:30').toISOString());
    enter('');
    expect(onChange).toHaveBeenLastCalledWith(undefined);
  });
});
