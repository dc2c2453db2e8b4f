import type jsonata from 'jsonata';

/** Under this name JSONata looks for somebody to be told of each new frame. */
const FRAME_PUSHED = Symbol.for('jsonata.__createFrame_push') as unknown as string;

interface Frame {
  /** The frame of the whole run. The one around it, which the expression keeps, has none. */
  readonly base?: Frame;
}

/**
 * Has every run of an expression make its lists with the bound in their prototype. JSONata gives each list a `push` of its
 * own for it; with frozen intrinsics such an assignment goes through a setter of the runtime's, which was half of a
 * mapping's time. Should a later JSONata not tell of its frames, its own bound holds.
 * @param most elements of a list; one more fails with D2015, as JSONata's
 */
export function sequenceBound(most: number): (expression: jsonata.Expression) => void {
  const createSequence = sequencesUpTo(most);
  // JSONata sets its own for each run.
  const fixed = { get: () => createSequence, set: () => undefined };
  const framePushed = (outer: Frame, frame: Frame): void => {
    if (outer.base === undefined) Object.defineProperty(frame, 'createSequence', fixed);
  };
  return (expression) => expression.assign(FRAME_PUSHED, framePushed);
}

function sequencesUpTo(most: number): (...first: unknown[]) => unknown[] {
  // The runtime's own: storing by index is slow where the prototype of all arrays is frozen.
  const { push } = Array.prototype;
  const prototype = Object.create(Array.prototype, {
    push: {
      value(this: unknown[], item: unknown, ...more: unknown[]): number {
        if (this.length + more.length >= most) throw Object.assign(new Error(), { code: 'D2015', value: most });
        return push.call(this, item, ...more);
      },
    },
  }) as object;
  Object.freeze(prototype);
  return (...first) => {
    const sequence: unknown[] & { sequence?: boolean } = [];
    sequence.sequence = true;
    Object.setPrototypeOf(sequence, prototype);
    // Asked for with `undefined`, that is its element.
    if (first.length === 1) sequence.push(first[0]);
    return sequence;
  };
}
