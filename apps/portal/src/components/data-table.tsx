import { Box, Button, Group, Loader, Skeleton, Text } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode, type SyntheticEvent } from 'react';
import { type LongSearch } from '../lib/pages';
import { localTime } from '../lib/time';
import { text } from '../text';
import classes from './data-table.module.css';

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** A CSS grid track: `120px`, `minmax(140px, 2fr)`. */
  readonly width: string;
  readonly cell: (row: Row) => ReactNode;
  /** Left out below tablet width. */
  readonly wideOnly?: boolean;
  readonly alignEnd?: boolean;
}

export interface DataTableProps<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  /** A second line below tablet width, of what the columns that are left out there would tell rows apart by. */
  readonly below?: (row: Row) => ReactNode;
  readonly rowKey: (row: Row) => string;
  /** Enter or a click opens a row. */
  readonly onOpen?: (row: Row) => void;
  readonly isLoading?: boolean;
  readonly hasMore?: boolean;
  readonly onMore?: () => void;
  readonly search?: LongSearch | null;
  readonly empty: ReactNode;
  /** Told when somebody begins to read on (a row is chosen, or the list is scrolled) and when they have gone back to its top. */
  readonly onReading?: (isReading: boolean) => void;
  /** Goes back to the top, with no row chosen, whenever it is another one. */
  readonly topAgain?: number;
  readonly rowHeight?: number;
  readonly height?: number | string;
}

const SKELETONS = 8;
/** As the style sheet has them. */
const [COLUMN_GAP, ROW_PADDING] = [12, 14];

/**
 * Rows by the hundred thousand: only those in sight exist. Arrow keys, `j` and `k` move, Enter opens, and the next page is
 * fetched before its first row is reached.
 */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, rows, columns, rowKey, onOpen, isLoading = false, hasMore = false, onMore, empty } = props;
  const { below, rowHeight = 44, height = 'calc(100dvh - 300px)', onReading, topAgain, search = null } = props;
  const viewport = useRef<HTMLDivElement>(null);
  const [current, setCurrent] = useState(-1);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => viewport.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && last >= rows.length - 20) onMore?.();
  }, [hasMore, last, rows.length, onMore]);

  const [isScrolled, setScrolled] = useState(false);
  const isReading = isScrolled || current >= 0;
  useEffect(() => onReading?.(isReading), [isReading, onReading]);
  const [knownTop, setKnownTop] = useState(topAgain);
  if (knownTop !== topAgain) {
    setKnownTop(topAgain);
    setCurrent(-1);
  }
  useEffect(() => {
    // Newer browsers answer it with a promise, which is nothing to clean up with.
    void viewport.current?.scrollTo({ top: 0 });
  }, [topAgain]);

  const move = (to: number): void => {
    const index = Math.min(Math.max(to, 0), rows.length - 1);
    setCurrent(index);
    virtual.scrollToIndex(index);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.metaKey || event.ctrlKey || isOfControl(event)) return;
    const row = rows[current];
    if (event.key === 'ArrowDown' || event.key === 'j') move(current + 1);
    else if (event.key === 'ArrowUp' || event.key === 'k') move(current - 1);
    else if (event.key === 'Home') move(0);
    else if (event.key === 'End') move(rows.length - 1);
    else if (event.key === 'PageDown') move(current + 10);
    else if (event.key === 'PageUp') move(current - 10);
    else if (event.key === 'Enter' && row !== undefined) onOpen?.(row);
    else return;
    event.preventDefault();
  };
  const phoneColumns = columns.filter((column) => column.wideOnly !== true);
  const tracks = {
    '--columns-wide': tracksOf(columns),
    '--columns-narrow': tracksOf(phoneColumns),
    '--least-wide': leastWidthOf(columns),
    '--least-narrow': leastWidthOf(phoneColumns),
  };

  // A search may have found nothing so far, and go on.
  if (!isLoading && !hasMore && rows.length === 0) return <>{empty}</>;
  return (
    <Box className={classes.frame} style={tracks}>
      <div
        role="grid"
        aria-label={label}
        aria-rowcount={hasMore ? -1 : rows.length + 1}
        aria-busy={isLoading}
        onKeyDown={onKeyDown}
        className={classes.grid}
      >
        <div role="row" className={classes.head}>
          {columns.map((column) => (
            <div key={column.id} role="columnheader" className={cellClass(column)}>
              {column.title}
            </div>
          ))}
        </div>
        <div
          ref={viewport}
          role="rowgroup"
          tabIndex={0}
          aria-label={label}
          className={classes.body}
          style={{ maxHeight: height }}
          onScroll={(event) => setScrolled(event.currentTarget.scrollTop > 0)}
        >
          {rows.length === 0 && search?.isStopped === true ? null : rows.length === 0 ? (
            <Skeletons columns={columns} height={rowHeight} />
          ) : (
            <div style={{ height: virtual.getTotalSize(), position: 'relative' }} role="presentation">
              {items.map(({ index, start }) => {
                const row = rows[index] as Row;
                return (
                  // The grid takes the keys for all of its rows.
                  <div
                    key={rowKey(row)}
                    role="row"
                    aria-rowindex={index + 2}
                    aria-selected={index === current}
                    className={classes.row}
                    data-clickable={onOpen !== undefined || undefined}
                    style={{ height: rowHeight, transform: `translateY(${start}px)` }}
                    onClick={(event) => {
                      if (isElsewhere(event)) return;
                      setCurrent(index);
                      onOpen?.(row);
                    }}
                  >
                    {columns.map((column) => (
                      <div key={column.id} role="gridcell" className={cellClass(column)}>
                        {column.cell(row)}
                      </div>
                    ))}
                    {below !== undefined && (
                      <div role="gridcell" className={classes.below}>
                        {below(row)}
                      </div>
                    )}
                  </div>
                );
              })}
            </div>
          )}
        </div>
      </div>
      <div className={classes.foot}>
        <Text size="xs" c="dimmed" aria-live="polite">
          {rows.length > 0 || !hasMore
            ? text.common.rows(rows.length, hasMore)
            : search?.isStopped === true
              ? text.common.foundNothing
              : text.common.searching}
        </Text>
        {hasMore && search !== null && <SearchProgress search={search} />}
        {isLoading && rows.length > 0 && <Loader size={12} aria-label={text.common.loading} />}
      </div>
    </Box>
  );
}

/** Of a dialog that was opened in a row: React passes on what happens in it, though it stands elsewhere on the page. */
function isElsewhere({ target, currentTarget }: SyntheticEvent): boolean {
  return !currentTarget.contains(target as Node);
}

/** What a row holds takes its keys itself, as does what was opened from it. */
function isOfControl(event: KeyboardEvent): boolean {
  return isElsewhere(event) || (event.target as Element).closest('a,button,input,textarea,select') !== null;
}

/** Not read out: it moves on ten times a second. */
function SearchProgress({ search: { backTo, isStopped, onStop, onGoOn } }: { readonly search: LongSearch }) {
  return (
    <Group gap="xs">
      <Text size="xs" c="dimmed" style={{ fontVariantNumeric: 'tabular-nums' }}>
        {text.common.searchedBackTo(localTime(backTo))}
      </Text>
      <Button size="compact-xs" variant="default" onClick={isStopped ? onGoOn : onStop}>
        {isStopped ? text.common.searchOn : text.common.stopSearch}
      </Button>
    </Group>
  );
}

function tracksOf<Row>(columns: readonly Column<Row>[]): string {
  return columns.map((column) => column.width).join(' ');
}

/** Below it the table scrolls sideways as a whole, heads and rows together. */
function leastWidthOf<Row>(columns: readonly Column<Row>[]): string {
  const cells = columns.map(({ width }) => Number(/(\d+)px/.exec(width)?.[1] ?? 0));
  const gaps = COLUMN_GAP * (columns.length - 1) + 2 * ROW_PADDING;
  return `${cells.reduce((sum, width) => sum + width, gaps)}px`;
}

function cellClass<Row>({ wideOnly, alignEnd }: Column<Row>): string {
  return [classes.cell, wideOnly === true && classes.wideOnly, alignEnd === true && classes.end]
    .filter((name) => name !== false)
    .join(' ');
}

/** The shape of what is coming, so that nothing jumps when it is there. */
function Skeletons<Row>({ columns, height }: { readonly columns: readonly Column<Row>[]; readonly height: number }) {
  return Array.from({ length: SKELETONS }, (_unused, index) => (
    <div key={index} role="row" className={classes.skeleton} style={{ height }}>
      {columns.map((column) => (
        <div key={column.id} role="gridcell" className={cellClass(column)}>
          <Skeleton height={10} width={`${50 + ((index * 17) % 40)}%`} />
        </div>
      ))}
    </div>
  ));
}
