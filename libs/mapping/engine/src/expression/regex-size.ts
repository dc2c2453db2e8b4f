/** A Unicode property is a table of some hundred ranges. */
const PROPERTY_SIZE = 20;
const REPETITION = /^\{(\d{1,9})(,(\d{0,9}))?\}/;

interface Frame {
  /** Of all that is complete in this group. */
  sum: number;
  /** Of the atom that a repetition behind it would multiply. */
  last: number;
}

function classEnd(source: string, start: number): number {
  let at = start + 1;
  if (source.charAt(at) === '^') at++;
  if (source.charAt(at) === ']') at++;
  while (at < source.length && source.charAt(at) !== ']') at += source.charAt(at) === '\\' ? 2 : 1;
  return at + 1;
}

function escapeEnd(source: string, start: number): { readonly end: number; readonly size: number } {
  if (!/[pP]/.test(source.charAt(start + 1))) return { end: start + 2, size: 1 };
  const close = source.indexOf('}', start);
  return { end: close < 0 ? start + 2 : close + 1, size: PROPERTY_SIZE };
}

/**
 * About how many instructions a pattern compiles to. RE2 writes a repetition out, `\w{900}` nine hundred times: a pattern
 * of 7,000 characters can take 750 ms and 400 MB to compile (measured), which its linear matching does not help.
 */
export function regexSize(source: string): number {
  const frames: Frame[] = [{ sum: 0, last: 0 }];
  let at = 0;
  while (at < source.length) {
    const frame = frames[frames.length - 1] ?? { sum: 0, last: 0 };
    const character = source.charAt(at);
    const repetition = character === '{' ? REPETITION.exec(source.slice(at, at + 24)) : null;
    if (repetition) {
      const times = Math.max(Number(repetition[1]) + (repetition[2] === ',' ? 1 : 0), Number(repetition[3] ?? 0));
      frame.sum += frame.last * Math.max(0, times - 1);
      frame.last *= Math.max(1, times);
      at += repetition[0].length;
      continue;
    }
    if (character === '(') frames.push({ sum: 1, last: 0 });
    else if (character === ')' && frames.length > 1) {
      const outer = frames[frames.length - 2] ?? frame;
      frames.pop();
      outer.sum += frame.sum;
      outer.last = frame.sum;
    } else {
      const atom = character === '\\' ? escapeEnd(source, at) : { end: at + 1, size: 1 };
      const end = character === '[' ? classEnd(source, at) : atom.end;
      const size = character === '[' ? Math.ceil((end - at) / 4) + classProperties(source.slice(at, end)) : atom.size;
      frame.sum += size;
      frame.last = size;
      at = end;
      continue;
    }
    at++;
  }
  return frames.reduce((sum, frame) => sum + frame.sum, 0);
}

function classProperties(text: string): number {
  return (text.match(/\\[pP]/g)?.length ?? 0) * PROPERTY_SIZE;
}
