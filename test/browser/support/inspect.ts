import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { type Visit } from './test';

/** What `in-page.js` tells. */
interface Look {
  readonly scheme: string;
  readonly shift: number;
  readonly moved: readonly string[];
  readonly overflow: number;
  readonly cutOff: readonly string[];
  readonly sideways: readonly string[];
  readonly untranslated: readonly string[];
  readonly headings: readonly number[];
}

export const NARROW = { width: 360, height: 740 };
const MOST_SHIFT = 0.1;
const DIAGRAM = '.react-flow';
/** What a narrow window can break: targets that crowd, what scrolls, and what is shown there alone. Names and colours stay. */
const NARROW_RULES = [
  ...['target-size', 'scrollable-region-focusable', 'aria-hidden-focus', 'nested-interactive'],
  ...['button-name', 'link-name', 'label', 'select-name', 'aria-input-field-name', 'aria-required-children'],
];
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Everything that every page must keep, whatever it is for: loaded once wide and light, once narrow and dark. */
export async function inspect({ page, watch, open }: Visit, address: string): Promise<void> {
  await open(address);
  await expectWell(page, 'wide');
  await expectAccessible(page, 'wide, light', []);
  await darken(page);
  // What changes with the colours is the contrast.
  await expectAccessible(page, 'wide, dark', ['color-contrast']);
  await page.setViewportSize(NARROW);
  await page.reload();
  await watch.settled();
  await expectWell(page, 'narrow');
  await expectAccessible(page, 'narrow, dark', NARROW_RULES);
}

export async function darken(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(async () => (await look(page)).scheme, { message: 'the page follows the system' }).toBe('dark');
}

function look(page: Page): Promise<Look> {
  return page.evaluate<Look>('hubLook()');
}

async function expectWell(page: Page, how: string): Promise<void> {
  const { shift, moved, overflow, cutOff, sideways, untranslated, headings } = await look(page);
  expect.soft(shift, `${how}: nothing moves while it loads: ${moved.join('; ')}`).toBeLessThan(MOST_SHIFT);
  expect.soft(overflow, `${how}: the page does not scroll sideways`).toBeLessThanOrEqual(0);
  expect.soft(cutOff, `${how}: nothing is cut off`).toEqual([]);
  expect.soft(sideways, `${how}: no list scrolls sideways`).toEqual([]);
  expect.soft(untranslated, `${how}: every text is words`).toEqual([]);
  expect.soft(headings[0], `${how}: the first heading is the page's`).toBe(1);
  expect
    .soft(
      headings.filter((level) => level === 1),
      `${how}: there is one such heading`,
    )
    .toHaveLength(1);
  const gaps = headings.filter((level, index) => level > (headings[index - 1] ?? level) + 1);
  expect.soft(gaps, `${how}: headings ${headings.join(' ')} are in order`).toEqual([]);
}

/** @param rules all of WCAG 2.2 AA when there is none */
async function expectAccessible(page: Page, how: string, rules: string[]): Promise<void> {
  // Transitions blend colours that are fine at both of their ends.
  await page.evaluate('hubCalm()');
  const axe = new AxeBuilder({ page }).setLegacyMode(true);
  // A diagram may be zoomed out as far as one likes: the table below it has the same targets in full size (2.5.8, Equivalent).
  const excused = (await page.locator(DIAGRAM).count()) > 0 ? ['target-size'] : [];
  if (rules.length === 0) axe.withTags(WCAG).disableRules(excused);
  else axe.withRules(rules.filter((rule) => !excused.includes(rule)));
  const { violations } = await axe.analyze();
  const told = violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ html, any }) => `${html.slice(0, 160)} (${any[0]?.message ?? ''})`).join('; ')}`,
  );
  expect.soft(told, `${how}: WCAG 2.2 AA`).toEqual([]);
}
