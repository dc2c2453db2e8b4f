import { BaseEdge, EdgeLabelRenderer, getBezierPath, type Edge, type EdgeProps } from '@xyflow/react';
import { Link } from '@tanstack/react-router';
import { shortCount } from '../../lib/number';
import { text } from '../../text';
import { deliveriesOf, type FlowEdge, type FlowState } from './flow-model';
import classes from './flow-picture.module.css';
import { labelAt } from './label-places';
import { wayBack } from './way-back';

const words = text.flow.edge;

export interface FlowEdgeData extends Record<string, unknown> {
  readonly edge: FlowEdge;
  readonly isWide: boolean;
  /** Where a way back runs; null for a way on. */
  readonly lane: number | null;
  /** So that labels side by side do not cover each other, from top to bottom. */
  readonly slot: number;
  /** At which share of its way the label stands, from left to right. */
  readonly share: number;
  /** Of the label, as far as can be told before it is drawn. */
  readonly width: number;
  readonly from: string;
  readonly to: string;
}

export const EDGE_COLORS: Readonly<Record<FlowState, string>> = {
  flowing: 'var(--mantine-primary-color-filled)',
  quiet: 'var(--mantine-color-gray-5)',
  failing: 'var(--mantine-color-red-filled)',
  off: 'var(--mantine-color-gray-5)',
};
const SLOT_HEIGHT = 26;

/** What flows from one to the other in figures; leads to the deliveries, to the failed ones where there are any. */
export function FlowEdgeView({ id, data, markerEnd, ...ends }: EdgeProps<Edge<FlowEdgeData>>) {
  if (data === undefined) return null;
  const { edge, from, to } = data;
  const { path, x, y } = pathOf(data, ends);
  const parts = partsOf(edge);
  const told = words.told(from, to, parts.join(', '));
  const shown = data.isWide ? parts : shortPartsOf(edge);
  return (
    <>
      <BaseEdge
        id={id}
        path={path}
        markerEnd={markerEnd}
        style={{
          stroke: EDGE_COLORS[edge.state],
          strokeWidth: edge.state === 'flowing' || edge.state === 'failing' ? 2 : 1.5,
          strokeDasharray: edge.state === 'quiet' ? '6 5' : edge.state === 'off' ? '1 6' : undefined,
        }}
      />
      <EdgeLabelRenderer>
        <Link
          to={deliveriesOf(edge)}
          aria-label={told}
          title={edge.routes.map((route) => route.route_name).join('\n')}
          className={classes.label}
          data-state={edge.state}
          style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
        >
          {shown.map((part, index) => (
            <span key={part} className={edge.dead > 0 && index === shown.length - 1 ? classes.failed : undefined}>
              {index > 0 && ' · '}
              {part}
            </span>
          ))}
        </Link>
      </EdgeLabelRenderer>
    </>
  );
}

type Ends = Pick<EdgeProps, 'sourceX' | 'sourceY' | 'sourcePosition' | 'targetX' | 'targetY' | 'targetPosition'>;

function pathOf(
  { lane, isWide, slot, share, width }: FlowEdgeData,
  ends: Ends,
): { path: string; x: number; y: number } {
  if (lane !== null) {
    const { path, label } = wayBack(
      { x: ends.sourceX, y: ends.sourceY },
      { x: ends.targetX, y: ends.targetY },
      lane,
      isWide,
    );
    return { path, ...label };
  }
  const [path, x, y] = getBezierPath(ends);
  if (!isWide) return { path, x, y: y + (slot - 1) * SLOT_HEIGHT };
  const [from, to] = [
    { x: ends.sourceX, y: ends.sourceY },
    { x: ends.targetX, y: ends.targetY },
  ];
  return { path, ...labelAt({ from, to, width }, share) };
}

/** Figures alone, where there is no room for words but for what failed. */
function shortPartsOf(edge: FlowEdge): string[] {
  if (edge.state === 'quiet' || edge.state === 'off') return partsOf(edge);
  return [shortCount(edge.delivered), ...(edge.dead > 0 ? [words.failed(shortCount(edge.dead))] : [])];
}

/** What failed comes last. */
export function partsOf({ delivered, waiting, dead, state }: FlowEdge): string[] {
  if (state === 'quiet') return [words.quiet];
  if (state === 'off') return [words.off];
  return [
    words.delivered(shortCount(delivered)),
    ...(waiting > 0 ? [words.waiting(shortCount(waiting))] : []),
    ...(dead > 0 ? [words.failed(shortCount(dead))] : []),
  ];
}
