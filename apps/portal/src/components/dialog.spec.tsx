/** @jest-environment jsdom */
import { MantineProvider, TextInput } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { AskUnsaved } from '../lib/unsaved';
import { Dialog } from './dialog';
import { DialogButtons } from './dialog-buttons';
import { Form } from './form';

describe('the button that closes a dialog', () => {
  const ask = jest.fn<Promise<boolean>, []>();
  const onClose = jest.fn();
  const cancel = (): boolean => fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
  const enter = (value: string): void => {
    const field = screen.getByLabelText('Name');
    fireEvent.focus(field);
    fireEvent.change(field, { target: { value } });
  };
  beforeEach(() => {
    jest.resetAllMocks();
    render(
      <MantineProvider env="test">
        <QueryClientProvider client={new QueryClient()}>
          <AskUnsaved value={ask}>
            <Dialog opened onClose={onClose} title="Rename">
              <Form onSubmit={() => undefined}>
                <TextInput label="Name" defaultValue="First" />
                <DialogButtons>{null}</DialogButtons>
              </Form>
            </Dialog>
          </AskUnsaved>
        </QueryClientProvider>
      </MantineProvider>,
    );
  });

  it('closes it at once where nothing was entered', () => {
    enter('First');
    cancel();
    expect(onClose).toHaveBeenCalledTimes(1);
    expect(ask).not.toHaveBeenCalled();
  });

  it('asks first where something was, and does as it is told', async () => {
    enter('Second');
    ask.mockResolvedValueOnce(false);
    cancel();
    await waitFor(() => expect(ask).toHaveBeenCalledTimes(1));
    // The next question comes only after this one is done with.
    await act(() => new Promise((resolve) => setTimeout(resolve, 10)));
    expect(onClose).not.toHaveBeenCalled();
    ask.mockResolvedValueOnce(true);
    cancel();
    await waitFor(() => expect(onClose).toHaveBeenCalledTimes(1));
    expect(ask).toHaveBeenCalledTimes(2);
  });
});
