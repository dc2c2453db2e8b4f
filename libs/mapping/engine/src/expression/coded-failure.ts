import { type LinkQuestion } from '../mapping-engine.types';

/** What code of ours throws through JSONata, which adds the position and the function's name on the way out. */
export class CodedFailure extends Error {
  position?: number;
  token?: string;

  constructor(
    readonly code: 'HUB_HELPER' | 'HUB_REGEX' | 'HUB_MEMORY' | 'HUB_LINK' | 'HUB_SKIP',
    message: string,
    /** With `HUB_LINK`: the link that is missing. */
    readonly link?: LinkQuestion,
  ) {
    super(message);
  }
}
