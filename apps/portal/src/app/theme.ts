import { createTheme, rem, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';
import { text } from '../text';

/** Dark enough at 6 for white text on it, light enough at 3 for dark backgrounds (WCAG 2.2 AA both ways). */
const hub: MantineColorsTuple = [
  '#e8f3fc',
  '#d0e4f6',
  '#a0c8ee',
  '#6eaae5',
  '#4591dd',
  '#2c80d8',
  '#1864ab',
  '#12589a',
  '#0c4d89',
  '#064178',
];

export const theme = createTheme({
  colors: { hub },
  primaryColor: 'hub',
  primaryShade: { light: 6, dark: 7 },
  autoContrast: true,
  defaultRadius: 'md',
  fontFamily: 'Inter, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace',
  headings: {
    fontWeight: '650',
    sizes: { h1: { fontSize: rem(24), lineHeight: '1.25' }, h2: { fontSize: rem(18), lineHeight: '1.35' } },
  },
  components: {
    Tooltip: { defaultProps: { withArrow: true, openDelay: 250 } },
    Modal: {
      defaultProps: {
        centered: true,
        overlayProps: { blur: 2 },
        closeButtonProps: { 'aria-label': text.common.close },
      },
    },
    // The page has one banner; what a dialog has above it is none.
    ModalHeader: { defaultProps: { role: 'presentation' } },
    Table: { defaultProps: { verticalSpacing: 'xs' } },
  },
});

/** The library's quiet grey, and its red, fall short of 4.5 to 1 on its own backgrounds. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#57606a',
    '--mantine-color-placeholder': '#656d76',
    '--mantine-color-error': '#c92a2a',
    '--mantine-color-teal-light-color': '#08684b',
    '--mantine-color-yellow-light-color': '#7a4a00',
    '--mantine-color-orange-light-color': '#8a3b00',
  },
  dark: {
    '--mantine-color-dimmed': '#a3a8ae',
    '--mantine-color-placeholder': '#9aa0a6',
    '--mantine-color-error': '#ff8787',
    '--mantine-color-anchor': '#8cc0f0',
  },
});
