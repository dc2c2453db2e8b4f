import { visit } from 'jsonc-parser';

/** Both counted from 1; columns in UTF-16 units, as editors count them. */
export interface PlaceInText {
  readonly line: number;
  readonly column: number;
}

/** Ends the walk: behind the first fault the parser would guess on, and nest as deep as no bound has been checked for. */
class FirstFault extends Error {
  constructor(readonly place: PlaceInText) {
    super('not JSON');
  }
}

/** Where text ceases to be JSON; `null` when it is. `JSON.parse` tells so in words alone, and not always. */
export function jsonFault(text: string): PlaceInText | null {
  try {
    visit(
      text,
      {
        onError: (_error, _offset, _length, line, character) => {
          throw new FirstFault({ line: line + 1, column: character + 1 });
        },
      },
      { disallowComments: true },
    );
    return null;
  } catch (error) {
    if (error instanceof FirstFault) return error.place;
    throw error;
  }
}
