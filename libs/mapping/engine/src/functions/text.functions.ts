import { type MappingFunction } from './function.types';
import { lengthOf, padding, slug, stripDiacritics, truncate } from './text';

const group = 'Text';
type Text = string | undefined;

export const TEXT_FUNCTIONS: readonly MappingFunction[] = [
  {
    name: 'truncate',
    usage: '$truncate(text, length, suffix?)',
    signature: '<sns?:s>',
    group,
    arity: 2,
    description:
      'At most `length` characters; counts whole characters, so an emoji is never cut in two. A `suffix` such as `"…"` is part of the length.',
    examples: [
      { expression: '$truncate("Grüße 👋🏽 aus Köln", 7)', result: 'Grüße 👋' },
      { expression: '$truncate("A long description", 8, "…")', result: 'A long …' },
    ],
    implementation: (text: Text, length: unknown, suffix: Text) =>
      text === undefined ? undefined : truncate(text, lengthOf(length), suffix),
  },
  {
    name: 'stripDiacritics',
    usage: '$stripDiacritics(text)',
    signature: '<s-:s>',
    group,
    arity: 1,
    description: 'Letters without accents, for systems that take plain Latin letters only.',
    examples: [{ expression: '$stripDiacritics("Zoë Müller-Łukasz, Straße")', result: 'Zoe Muller-Lukasz, Strasse' }],
    implementation: (text: Text) => (text === undefined ? undefined : stripDiacritics(text)),
  },
  {
    name: 'slug',
    usage: '$slug(text)',
    signature: '<s-:s>',
    group,
    arity: 1,
    description: 'Small letters and digits joined by hyphens, for keys and addresses.',
    examples: [{ expression: '$slug("  Crème Brûlée & Co. ")', result: 'creme-brulee-co' }],
    implementation: (text: Text) => (text === undefined ? undefined : slug(text)),
  },
  {
    name: 'padLeft',
    usage: '$padLeft(value, width, filler?)',
    signature: '<(ns)ns?:s>',
    group,
    arity: 2,
    description:
      'Fills up on the left to `width` characters (at most 10,000) with one character, by default a space. Never cuts.',
    examples: [{ expression: '$padLeft(42, 6, "0")', result: '000042' }],
    implementation: (value: string | number | undefined, width: unknown, filler: unknown) =>
      value === undefined ? undefined : padding(String(value), width, filler) + String(value),
  },
  {
    name: 'padRight',
    usage: '$padRight(value, width, filler?)',
    signature: '<(ns)ns?:s>',
    group,
    arity: 2,
    description: 'Fills up on the right; otherwise as `$padLeft`.',
    examples: [{ expression: '$padRight("AB", 4, ".")', result: 'AB..' }],
    implementation: (value: string | number | undefined, width: unknown, filler: unknown) =>
      value === undefined ? undefined : String(value) + padding(String(value), width, filler),
  },
  {
    name: 'digitsOnly',
    usage: '$digitsOnly(text)',
    signature: '<s-:s>',
    group,
    arity: 1,
    description: 'The digits 0 to 9 of the text and nothing else, for tax numbers and postcodes.',
    examples: [{ expression: '$digitsOnly("DE 123.456-789")', result: '123456789' }],
    implementation: (text: Text) => text?.replace(/[^0-9]/g, ''),
  },
];
