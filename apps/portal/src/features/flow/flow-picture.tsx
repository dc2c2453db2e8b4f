import { useComputedColorScheme } from '@mantine/core';
import { Controls, MarkerType, Position, ReactFlow, type Edge, type Node } from '@xyflow/react';
import '@xyflow/react/dist/style.css';
import { useMemo } from 'react';
import { text } from '../../text';
import { EDGE_COLORS, FlowEdgeView, partsOf, type FlowEdgeData } from './flow-edge-view';
import { type FlowEdge, type FlowModel, type FlowNode } from './flow-model';
import { ConnectionNodeView, SourceNodeView } from './flow-node-view';
import classes from './flow-picture.module.css';
import { labelShares } from './label-places';
import { layOut } from './layout';
import { NODE, stepsOf } from './picture-size';

/** Ways back run outside of the boxes. */
const WIDE_PADDING = { x: '28px', top: '28px', bottom: '64px' } as const;
const NARROW_PADDING = { y: '20px', left: '12px', right: '52px' } as const;
/** Between two ways back. */
const LANE = 16;
/** Labels that would lie beside each other are put at so many heights. */
const SLOTS = 3;
/** About as wide as a letter of a label, and what is beside its letters. */
const LABEL = { letter: 6.4, around: 18 } as const;
const NODE_VIEWS = { connection: ConnectionNodeView, source: SourceNodeView };
const EDGE_VIEWS = { flow: FlowEdgeView };

export interface FlowPictureProps {
  readonly model: FlowModel;
  readonly height: number;
  readonly isWide: boolean;
}

/** From left to right, or from top to bottom where there is no room. New figures change labels, never places. */
export function FlowPicture({ model, height, isWide }: FlowPictureProps) {
  const scheme = useComputedColorScheme('light');
  const { nodes, edges } = useMemo(() => drawn(model, isWide), [model, isWide]);
  // What is there and how it hangs together: only then is there another picture to fit in.
  const structure = `${isWide} ${nodes.map(({ id }) => id).join()} ${edges.map(({ id }) => id).join()}`;
  return (
    <div className={classes.frame} style={{ height }} role="region" aria-label={text.flow.picture}>
      <ReactFlow
        key={structure}
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_VIEWS}
        edgeTypes={EDGE_VIEWS}
        colorMode={scheme}
        fitView
        fitViewOptions={{ padding: isWide ? WIDE_PADDING : NARROW_PADDING, maxZoom: 1 }}
        minZoom={0.2}
        maxZoom={1.5}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        // The wheel and the finger scroll the page.
        zoomOnScroll={false}
        preventScrolling={false}
        panOnDrag={isWide}
      >
        {isWide && <Controls showInteractive={false} position="top-right" />}
      </ReactFlow>
    </div>
  );
}

export type DrawnNode = Node<{ readonly node: FlowNode; readonly isWide: boolean }>;

function drawn(model: FlowModel, isWide: boolean): { nodes: DrawnNode[]; edges: Edge<FlowEdgeData>[] } {
  const places = layOut(
    model.nodes.map(({ id }) => id),
    model.edges,
  );
  const rows = new Map<number, number>();
  for (const { layer, row } of places.values()) rows.set(layer, Math.max(rows.get(layer) ?? 0, row + 1));
  const most = Math.max(...rows.values());
  const step = stepsOf(isWide);
  let ways = 0;
  const nameOf = new Map(model.nodes.map((node) => [node.id, nodeName(node)]));
  const layerOf = (id: string): number => places.get(id)?.layer ?? 0;
  // Each layer in the middle of the longest.
  const alongOf = (id: string): number =>
    ((places.get(id)?.row ?? 0) + (most - (rows.get(layerOf(id)) ?? 0)) / 2) * step.row;
  const isBack = ({ source, target }: FlowEdge): boolean => layerOf(target) <= layerOf(source);
  const onward = model.edges.filter((edge) => !isBack(edge));
  const shares = labelShares(
    onward.map((edge) => ({
      from: { x: layerOf(edge.source) * step.layer + NODE.width, y: alongOf(edge.source) },
      to: { x: layerOf(edge.target) * step.layer, y: alongOf(edge.target) },
      width: labelWidth(edge),
    })),
  );
  return {
    nodes: model.nodes.map((node): DrawnNode => {
      const [layer, along] = [layerOf(node.id), alongOf(node.id)];
      return {
        id: node.id,
        type: node.kind,
        data: { node, isWide },
        position: isWide ? { x: layer * step.layer, y: along } : { x: along, y: layer * step.layer },
        width: NODE.width,
        sourcePosition: isWide ? Position.Right : Position.Bottom,
        targetPosition: isWide ? Position.Left : Position.Top,
      };
    }),
    edges: model.edges.map((edge, index): Edge<FlowEdgeData> => {
      return {
        id: edge.id,
        type: 'flow',
        source: edge.source,
        target: edge.target,
        markerEnd: { type: MarkerType.ArrowClosed, color: EDGE_COLORS[edge.state], width: 18, height: 18 },
        data: {
          edge,
          isWide,
          lane: isBack(edge) ? most * step.row + LANE * ways++ : null,
          slot: index % SLOTS,
          share: shares[onward.indexOf(edge)] ?? 0,
          width: labelWidth(edge),
          from: nameOf.get(edge.source) ?? '',
          to: nameOf.get(edge.target) ?? '',
        },
      };
    }),
  };
}

function labelWidth(edge: FlowEdge): number {
  return partsOf(edge).join(' · ').length * LABEL.letter + LABEL.around;
}

function nodeName(node: FlowNode): string {
  if (node.kind === 'connection') return node.connection.name;
  return node.count > 1 ? text.flow.otherSources(node.count) : (node.source ?? text.flow.posted);
}
