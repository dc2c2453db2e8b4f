/** @jest-environment jsdom */
import { MantineProvider } from '@mantine/core';
import { act, fireEvent, render, screen } from '@testing-library/react';
import { ApiProblem } from '../lib/problem';
import { ConfirmButton } from './confirm-button';

const onConfirm = jest.fn();

async function confirm(): Promise<void> {
  const [, button] = screen.getAllByRole('button', { name: 'Remove', hidden: true });
  await act(async () => {
    fireEvent.click(button!);
    await Promise.resolve();
  });
}

describe('what is confirmed before it is done', () => {
  beforeEach(() => {
    onConfirm.mockReset();
    render(
      <MantineProvider env="test">
        <ConfirmButton label="Remove" title="Remove it?" body="It is gone." isPending={false} onConfirm={onConfirm} />
      </MantineProvider>,
    );
    fireEvent.click(screen.getByRole('button', { name: 'Remove' }));
  });

  it('says in the dialog why it was refused, and closes once it is done', async () => {
    onConfirm.mockRejectedValueOnce(new ApiProblem(409, 'last_owner', 'Conflict', 'This is the last owner.', null));
    await confirm();
    expect(screen.getByRole('alert').textContent).toContain('This is the last owner.');
    let done = (): void => undefined;
    onConfirm.mockReturnValueOnce(new Promise<void>((resolve) => (done = resolve)));
    await confirm();
    expect(screen.queryByRole('dialog')).not.toBeNull();
    await act(async () => {
      done();
      await Promise.resolve();
    });
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('closes at once where the page itself says what came of it', async () => {
    await confirm();
    expect(onConfirm).toHaveBeenCalledWith('');
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('does not say again what was refused before', async () => {
    onConfirm.mockRejectedValueOnce(new Error('refused'));
    await confirm();
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    fireEvent.click(screen.getByRole('button', { name: 'Remove' }));
    expect(screen.getByRole('dialog')).not.toBeNull();
    expect(screen.queryByRole('alert')).toBeNull();
  });
});
