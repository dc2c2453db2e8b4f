const whole = new Intl.NumberFormat('en');
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const share = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });

export const count = (value: number): string => whole.format(value);
/** "12.3K": for tiles and axes, with the whole figure in reach. */
export const shortCount = (value: number): string => short.format(value);
export const percent = (value: number): string => share.format(value);
