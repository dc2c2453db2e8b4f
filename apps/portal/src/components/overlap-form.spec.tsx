/** @jest-environment jsdom */
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { fireEvent, render, screen } from '@testing-library/react';
import { OverlapForm } from './overlap-form';

const words = { rotateBody: '', overlap: 'Overlap', overlapHint: '', rotate: 'Rotate' };

describe('an emptied number', () => {
  it('is not sent as the one from before', () => {
    const onRotate = jest.fn();
    render(
      <MantineProvider env="test">
        <QueryClientProvider client={new QueryClient()}>
          <OverlapForm words={words} rotation={{ error: null, isPending: false }} onRotate={onRotate} />
        </QueryClientProvider>
      </MantineProvider>,
    );
    const field = screen.getByLabelText<HTMLInputElement>(/^Overlap/);
    const rotate = (): boolean => fireEvent.click(screen.getByRole('button', { name: 'Rotate' }));
    fireEvent.change(field, { target: { value: '' } });
    rotate();
    expect(field.value).toBe('');
    expect(onRotate).not.toHaveBeenCalled();
    fireEvent.change(field, { target: { value: '2' } });
    rotate();
    expect(onRotate).toHaveBeenCalledWith(2);
  });
});
