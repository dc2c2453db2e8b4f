/** @jest-environment jsdom */
import { MantineProvider } from '@mantine/core';
import { render, screen } from '@testing-library/react';
import { ApiProblem, type Fault } from '../lib/problem';
import { ProblemAlert } from './problem-alert';

function told(status: number, detail: string, faults: readonly Fault[] = []): string {
  const error = new ApiProblem(status, 'a_code', 'Unprocessable Content', detail, null, faults);
  render(
    <MantineProvider env="test">
      <ProblemAlert error={error} />
    </MantineProvider>,
  );
  return screen.getByRole('alert').textContent ?? '';
}

describe('a refusal', () => {
  it('is told in words, not by its status', () => {
    expect(told(422, 'The body has faults.')).toBe('This cannot be done like this.The body has faults.');
  });

  it.each([
    [403, 'This is not allowed.', 'The password is wrong.'],
    [429, 'That was too often.', 'At most 50 invitations a day.'],
  ])('of the status %d has a title that is true of all of them', (status, title, detail) => {
    expect(told(status, detail)).toBe(`${title}${detail}`);
  });

  it('says once what is said twice', () => {
    const message = 'This version has not been published before';
    const fault = { pointer: '/to_version', code: 'never_published', message };
    expect(told(422, `${message}.`, [fault])).toBe(`This cannot be done like this.${message}.`);
  });

  it.each([
    ['/event_ids/0', 'Event ids 1: '],
    ['/config/base-url', 'Config, base url: '],
    ['#query/from', 'From: '],
    ['', ''],
  ])('names the place %s as people would: %s', (pointer, place) => {
    const fault = { pointer, code: 'not_found', message: 'There is no such event' };
    expect(told(404, 'Not found.', [fault])).toMatch(new RegExp(`Not found\\.${place}There is no such event$`));
  });

  it('that has no words of its own still has some', () => {
    expect(told(507, '')).toBe('The hub has failed at this.');
  });
});
