import { HighlightStyle, StreamLanguage, syntaxHighlighting, type StringStream } from '@codemirror/language';
import { type Extension } from '@codemirror/state';
import { tags } from '@lezer/highlight';

interface State {
  isInComment: boolean;
  /** Whether a value has just ended, so that a slash divides. */
  isAfterValue: boolean;
}

const WORDS: ReadonlySet<string> = new Set(['and', 'or', 'in', 'function', 'λ']);
const ATOMS: ReadonlySet<string> = new Set(['true', 'false', 'null']);

/** JSONata for the editor: colours, brackets and comments. */
export const jsonataLanguage = StreamLanguage.define<State>({
  name: 'jsonata',
  startState: () => ({ isInComment: false, isAfterValue: false }),
  token(stream, state) {
    if (state.isInComment || stream.match('/*')) return comment(stream, state);
    if (stream.eatSpace()) return null;
    const wasValue = state.isAfterValue;
    const [style, isValue] = tokenOf(stream, wasValue);
    state.isAfterValue = isValue;
    return style;
  },
  languageData: {
    commentTokens: { block: { open: '/*', close: '*/' } },
    closeBrackets: { brackets: ['(', '[', '{', '"', "'", '`'] },
  },
});

function comment(stream: StringStream, state: State): string {
  state.isInComment = !stream.match(/^.*?\*\//);
  if (state.isInComment) stream.skipToEnd();
  return 'comment';
}

type Style = readonly [style: string | null, isValue: boolean];

function tokenOf(stream: StringStream, isAfterValue: boolean): Style {
  if (stream.match(/^"(?:\\.|[^"\\])*"?(?=\s*:)/)) return ['propertyName', true];
  if (stream.match(/^"(?:\\.|[^"\\])*"?/) || stream.match(/^'(?:\\.|[^'\\])*'?/)) return ['string', true];
  if (stream.match(/^`[^`]*`?/)) return ['variableName', true];
  if (!isAfterValue && stream.match(/^\/(?:\\.|[^/\\])+\/[im]*/)) return ['regexp', true];
  if (stream.match(/^\d+(\.\d+)?([eE][+-]?\d+)?/)) return ['number', true];
  if (stream.match(/^\$[\p{L}\p{N}_]*(?=\s*\()/u)) return ['variableName.function', true];
  if (stream.match(/^\$[\p{L}\p{N}_$]*/u)) return ['variableName.special', true];
  const word = stream.match(/^[\p{L}_][\p{L}\p{N}_]*/u) as RegExpMatchArray | null;
  if (word !== null) {
    if (WORDS.has(word[0])) return ['keyword', false];
    return [ATOMS.has(word[0]) ? 'atom' : 'variableName', true];
  }
  if (stream.match(/^(:=|!=|>=|<=|~>|\*\*|\.\.|\?:|\?\?|[-+*/%&=<>?^|~@#])/)) return ['operator', false];
  const mark = stream.next() ?? '';
  return ['punctuation', mark === ')' || mark === ']' || mark === '}'];
}

const colour = (name: string): { color: string } => ({ color: `var(--code-${name})` });

/** Colours of the page's own style sheet, so that they follow its light and dark. */
export const codeColours: Extension = syntaxHighlighting(
  HighlightStyle.define([
    { tag: tags.comment, ...colour('comment') },
    { tag: [tags.string, tags.regexp], ...colour('string') },
    { tag: [tags.number, tags.bool, tags.null, tags.atom], ...colour('number') },
    { tag: [tags.keyword, tags.operator], ...colour('keyword') },
    { tag: [tags.function(tags.variableName), tags.special(tags.variableName)], ...colour('function') },
    { tag: tags.propertyName, ...colour('name') },
  ]),
);
