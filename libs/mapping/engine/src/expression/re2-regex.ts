import { LRUCache } from 'lru-cache';
import { RE2JS } from 're2js';
import { CodedFailure } from './coded-failure';
import { regexSize } from './regex-size';

export interface RegexMatch extends Array<string | undefined> {
  0: string;
  index: number;
  input: string;
}

/** JSONata builds the engine anew for every evaluation of a literal; compiling RE2 costs far more than running it. */
const compiled = new LRUCache<string, RE2JS>({ maxSize: 20_000 });
/** Some 25 ms to compile; patterns that people write stay below a tenth of it. */
const MAX_SIZE = 5_000;

function compile(pattern: RegExp): RE2JS {
  const key = `${pattern.flags}/${pattern.source}`;
  const known = compiled.get(key);
  if (known) return known;
  const size = regexSize(pattern.source);
  if (size > MAX_SIZE) throw new CodedFailure('HUB_REGEX', 'The regular expression is too large.');
  const flags =
    (pattern.ignoreCase ? RE2JS.CASE_INSENSITIVE : 0) | (pattern.multiline ? RE2JS.MULTILINE : 0) | RE2JS.LOOKBEHINDS;
  try {
    const fresh = RE2JS.compile(RE2JS.translateRegExp(pattern.source), flags);
    compiled.set(key, fresh, { size: Math.max(1, size) });
    return fresh;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'not supported';
    throw new CodedFailure('HUB_REGEX', `The regular expression cannot run on RE2: ${reason}`.slice(0, 300));
  }
}

/**
 * What JSONata asks of a `RegExp` (its option `RegexEngine`), on RE2: the time grows with the length of the text, whatever
 * the pattern. JSONata sets `lastIndex`, calls `exec` and reads `index`, the groups and the new `lastIndex`; its patterns
 * always carry the flag `g`.
 */
export class Re2Regex {
  lastIndex = 0;
  private readonly pattern: RE2JS;

  constructor(pattern: RegExp) {
    this.pattern = compile(pattern);
  }

  exec(value: unknown): RegexMatch | null {
    const text = String(value);
    const matcher = this.pattern.matcher(text);
    if (this.lastIndex > text.length || !matcher.find(this.lastIndex)) {
      this.lastIndex = 0;
      return null;
    }
    const groups = Array.from({ length: matcher.groupCount() }, (_, group) => matcher.group(group + 1) ?? undefined);
    this.lastIndex = matcher.end();
    return Object.assign([matcher.group(0) ?? '', ...groups] as [string, ...(string | undefined)[]], {
      index: matcher.start(),
      input: text,
    });
  }

  test(value: unknown): boolean {
    return this.exec(value) !== null;
  }
}
