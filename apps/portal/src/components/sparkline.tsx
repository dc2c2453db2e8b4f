import classes from './sparkline.module.css';

export interface SparklineProps {
  /** What it says, for who does not see it. */
  readonly label: string;
  /** Bars upwards. */
  readonly up: readonly number[];
  /** Bars downwards, by the same measure as those upwards: told apart by more than their colour. */
  readonly down: readonly number[];
  /** By a measure of its own. */
  readonly line: readonly number[];
}

const [STEP, GAP, ABOVE, BELOW] = [6, 2, 26, 10];

/** A day at a glance. No library: there may be one for each of two hundred connections. */
export function Sparkline({ label, up, down, line }: SparklineProps) {
  const width = up.length * STEP - GAP;
  const most = Math.max(1, ...up);
  const mostDown = Math.max(1, ...down);
  const x = (index: number): number => index * STEP;
  // One of very many can still be seen.
  const tall = (value: number, of: number, room: number): number =>
    value === 0 ? 0 : Math.max(2, (value / of) * room);
  const highest = Math.max(...line);
  const points = line.map(
    (value, index) => `${x(index) + (STEP - GAP) / 2},${ABOVE - (value / highest) * (ABOVE - 2) - 1}`,
  );
  return (
    <svg
      role="img"
      aria-label={label}
      className={classes.line}
      viewBox={`0 0 ${width} ${ABOVE + BELOW}`}
      preserveAspectRatio="none"
    >
      <line className={classes.base} x1={0} x2={width} y1={ABOVE} y2={ABOVE} />
      {up.map((value, index) => {
        const height = tall(value, most, ABOVE - 2);
        return (
          <rect key={index} className={classes.up} x={x(index)} y={ABOVE - height} width={STEP - GAP} height={height} />
        );
      })}
      {down.map((value, index) => (
        <rect
          key={index}
          className={classes.down}
          x={x(index)}
          y={ABOVE}
          width={STEP - GAP}
          height={tall(value, Math.max(mostDown, most), BELOW)}
        />
      ))}
      {highest > 0 && <polyline className={classes.other} points={points.join(' ')} />}
    </svg>
  );
}
