import fs from 'node:fs';
import path from 'node:path';

const SOURCES = path.resolve(__dirname, '../apps/portal/src');

/** Forms of which nothing is lost, since nothing that is entered there is kept: by file, what they are for. */
const KEEP_NOTHING: Readonly<Record<string, string>> = {
  'components/form.tsx': 'the one that all others are made of',
  'features/account/invitation.page.tsx': 'chooses a password, of somebody who is not signed in',
  'features/links/merge-links.tsx': 'searches',
  'features/mappings/parts/start-backtest.tsx': 'starts something with a number that is there already',
  'features/sign-in/forgotten-password.page.tsx': 'lets people in',
  'features/sign-in/password-form.tsx': 'lets people in',
  'features/sign-in/password-reset.page.tsx': 'lets people in',
  'features/sign-in/sign-in.page.tsx': 'lets people in',
};

/** What opens over a page by itself: by file, what it is for. */
const NO_DIALOGS_OF_OURS: Readonly<Record<string, string>> = {
  'app/leave-guard.tsx': 'asks',
  'app/session-guard.tsx': 'says that the session is another one, over all that is unsaved',
  'components/dialog.tsx': 'the one that all others are made of, which asks',
  'components/lazy-part.tsx': 'says that a dialog could not be fetched',
};

function filesWith(pattern: RegExp): string[] {
  return fs
    .readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.tsx') && !file.endsWith('.spec.tsx'))
    .filter((file) => pattern.test(fs.readFileSync(path.join(SOURCES, file), 'utf8')))
    .sort();
}

describe('forms of the portal', () => {
  it('ask before what is entered is lost', () => {
    expect(filesWith(/<form\b/)).toEqual(Object.keys(KEEP_NOTHING).sort());
  });

  it('ask too in a dialog, which is one that does', () => {
    expect(filesWith(/<Modal\b/)).toEqual(Object.keys(NO_DIALOGS_OF_OURS).sort());
  });

  it('refuse a number out of range instead of changing it', () => {
    expect(filesWith(/<NumberInput\b/)).toEqual(['components/number-field.tsx']);
  });

  it('send no number that was emptied: one that must be there is asked for', () => {
    expect(filesWith(/<NumberField\b(?:(?!\brequired\b|\/>)[^])*entered !== ''/)).toEqual([]);
  });

  it('take a time in one way', () => {
    expect(filesWith(/type="datetime-local"/)).toEqual(['components/time-field.tsx']);
  });
});
