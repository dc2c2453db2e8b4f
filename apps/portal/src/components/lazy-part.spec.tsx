/** @jest-environment jsdom */
import { MantineProvider } from '@mantine/core';
import { fireEvent, render, screen } from '@testing-library/react';
import { useState, type ComponentType, type ReactNode } from 'react';
import { lazyDialog, lazyPart } from './lazy-part';

const Picture = ({ of }: { readonly of: string }) => <p>Picture of {of}</p>;
const missing = (): Promise<never> => Promise.reject(new TypeError('Failed to fetch dynamically imported module'));
const load = jest.fn<Promise<ComponentType<{ readonly of: string }>>, []>();

/** A page with something entered in it. */
function Around({ children }: { readonly children: ReactNode }) {
  const [draft, setDraft] = useState('');
  return (
    <>
      <input aria-label="Draft" value={draft} onChange={(event) => setDraft(event.currentTarget.value)} />
      {children}
    </>
  );
}

function show(part: ReactNode): { unmount: () => void } {
  const shown = render(
    <MantineProvider>
      <Around>{part}</Around>
    </MantineProvider>,
  );
  fireEvent.change(screen.getByLabelText('Draft'), { target: { value: 'written' } });
  return shown;
}

beforeEach(() => {
  load.mockReset().mockResolvedValue(Picture);
  // React tells of what a boundary has caught.
  jest.spyOn(console, 'error').mockReturnValue(undefined);
});
afterEach(() => jest.restoreAllMocks());

test('a part that does not come leaves the page as it is, and is fetched again when that is asked for', async () => {
  const Part = lazyPart(load, () => <p>Wait</p>);
  load.mockImplementationOnce(missing).mockImplementationOnce(missing);
  show(<Part of="Ada" />);
  expect(screen.getByText('Wait')).not.toBeNull();
  expect((await screen.findByRole('alert')).textContent).toContain('A part of this page could not be fetched');
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
  await screen.findByText('Wait');
  fireEvent.click(await screen.findByRole('button', { name: 'Try again' }));
  expect(await screen.findByText('Picture of Ada')).not.toBeNull();
  expect(screen.queryByRole('alert')).toBeNull();
  expect(screen.getByLabelText<HTMLInputElement>('Draft').value).toBe('written');
  expect(load).toHaveBeenCalledTimes(3);
});

test('a part that did not come is fetched again when it is shown again', async () => {
  const Part = lazyPart(load);
  load.mockImplementationOnce(missing);
  const first = show(<Part of="Ada" />);
  await screen.findByRole('alert');
  first.unmount();
  show(<Part of="Bob" />);
  expect(await screen.findByText('Picture of Bob')).not.toBeNull();
});

test('a part that fails by itself says why, and leaves the page as it is', async () => {
  const Part = lazyPart(load);
  load.mockResolvedValue(() => {
    throw new Error('no such colour');
  });
  show(<Part of="Ada" />);
  expect((await screen.findByRole('alert')).textContent).toContain('no such colour');
  expect(screen.queryByRole('button', { name: 'Load the page again' })).toBeNull();
  expect(screen.getByLabelText<HTMLInputElement>('Draft').value).toBe('written');
});

test('a dialog that does not come can be closed', async () => {
  const onClose = jest.fn();
  const Part = lazyDialog<{ readonly onClose: () => void }>(missing);
  show(<Part onClose={onClose} />);
  fireEvent.keyDown(await screen.findByRole('dialog'), { key: 'Escape' });
  expect(onClose).toHaveBeenCalled();
});
