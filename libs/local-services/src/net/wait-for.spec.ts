import { waitFor } from './wait-for';

describe('waitFor', () => {
  it('asks until there is an answer and returns it', async () => {
    const answers = [undefined, false, 0] as const;
    let asked = 0;
    expect(await waitFor(() => answers[asked++], { what: 'an answer', intervalMs: 1 })).toBe(0);
    expect(asked).toBe(3);
  });

  it('says what did not happen', async () => {
    await expect(waitFor(() => false, { what: 'the flood', timeoutMs: 5, intervalMs: 1 })).rejects.toMatchObject({
      code: 'TIMEOUT',
      message: 'the flood did not happen within 5 ms',
    });
  });

  it('passes an exception on without asking again', async () => {
    const probe = jest.fn(() => {
      throw new RangeError('broken');
    });
    await expect(waitFor(probe, { what: 'x', intervalMs: 1 })).rejects.toThrow(RangeError);
    expect(probe).toHaveBeenCalledTimes(1);
  });
});
