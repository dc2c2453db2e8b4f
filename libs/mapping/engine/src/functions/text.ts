import { helperFailure } from './function.types';

/** Letters that Unicode does not decompose. */
const LETTERS: { readonly [letter: string]: string } = {
  ß: 'ss',
  ẞ: 'SS',
  æ: 'ae',
  Æ: 'AE',
  œ: 'oe',
  Œ: 'OE',
  ø: 'o',
  Ø: 'O',
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  Ð: 'D',
  þ: 'th',
  Þ: 'Th',
  ł: 'l',
  Ł: 'L',
  ı: 'i',
};

export function stripDiacritics(text: string): string {
  const decomposed = text.normalize('NFD').replace(/\p{Mn}/gu, '');
  return decomposed.replace(/[ßẞæÆœŒøØđĐðÐþÞłŁı]/g, (letter) => LETTERS[letter] ?? letter).normalize('NFC');
}

/** Counts characters as readers do for the most part: whole code points, so no emoji is ever cut in two. */
export function truncate(text: string, length: number, suffix = ''): string {
  const characters = Array.from(text);
  if (characters.length <= length) return text;
  const tail = Array.from(suffix).slice(0, length);
  return characters.slice(0, length - tail.length).join('') + tail.join('');
}

export function slug(text: string): string {
  return stripDiacritics(text)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
}

const MAX_WIDTH = 10_000;

/** Rows of fixed width want exactly one filler character repeated; a longer filler would be cut and is refused. */
export function padding(text: string, width: unknown, filler: unknown): string {
  if (typeof width !== 'number' || !Number.isInteger(width) || width < 0 || width > MAX_WIDTH)
    throw helperFailure(`The width must be a whole number from 0 to ${MAX_WIDTH}.`);
  const character = filler ?? ' ';
  if (typeof character !== 'string' || Array.from(character).length !== 1)
    throw helperFailure('The filler must be one character.');
  return character.repeat(Math.max(0, width - Array.from(text).length));
}

export function lengthOf(value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
    throw helperFailure('The length must be a whole number from 0.');
  return value;
}
