/** @jest-environment jsdom */
import { MantineProvider } from '@mantine/core';
import { act, fireEvent, render, screen } from '@testing-library/react';
import { isAnythingUnsaved } from '../lib/unsaved';
import { text } from '../text';
import { SecretOnce } from './secret-once';

interface Answer {
  readonly allow: () => void;
  readonly refuse: () => void;
}

let answer: Answer;
const copy = (): boolean => fireEvent.click(screen.getByRole('button'));
const says = (words: string): boolean => screen.queryByRole('button', { name: words }) !== null;
const done = (how: keyof Answer): Promise<void> =>
  act(async () => {
    answer[how]();
    await Promise.resolve();
  });

describe('a key that is shown this once', () => {
  beforeEach(() => {
    const writeText = (): Promise<void> =>
      new Promise((resolve, reject) => {
        answer = { allow: resolve, refuse: () => reject(new DOMException('', 'NotAllowedError')) };
      });
    Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText } });
    render(
      <MantineProvider env="test">
        <SecretOnce title="Billing" hint="" value="hub_test_key" />
      </MantineProvider>,
    );
  });
  afterEach(() => Reflect.deleteProperty(navigator, 'clipboard'));

  it('is kept until the clipboard has taken it', async () => {
    copy();
    expect(isAnythingUnsaved()).toBe(true);
    await done('allow');
    expect(isAnythingUnsaved()).toBe(false);
    expect(says(text.common.copied)).toBe(true);
  });

  it('is kept where the browser refuses to copy it, which is said', async () => {
    copy();
    await done('refuse');
    expect(isAnythingUnsaved()).toBe(true);
    expect(says(text.common.notCopied)).toBe(true);
    copy();
    await done('allow');
    expect(isAnythingUnsaved()).toBe(false);
  });

  it('is kept where there is no clipboard at all', async () => {
    Reflect.deleteProperty(navigator, 'clipboard');
    await act(async () => {
      copy();
      await Promise.resolve();
    });
    expect(isAnythingUnsaved()).toBe(true);
    expect(says(text.common.notCopied)).toBe(true);
  });
});
