import { useComputedColorScheme } from '@mantine/core';
import { Controls, MarkerType, Position, ReactFlow, type Edge, type Node } from '@xyflow/react';
import '@xyflow/react/dist/style.css';
import { useMemo } from 'react';
import { text } from '../../text';
import { EDGE_COLORS, FlowEdgeView, type FlowEdgeData } from './flow-edge-view';
import { type FlowModel, type FlowNode } from './flow-model';
import { ConnectionNodeView, SourceNodeView } from './flow-node-view';
import classes from './flow-picture.module.css';
import { layOut } from './layout';
import { NODE, stepsOf } from './picture-size';

/** Ways back run outside of the boxes. */
const WIDE_PADDING = { x: '28px', top: '28px', bottom: '64px' } as const;
const NARROW_PADDING = { y: '20px', left: '12px', right: '52px' } as const;
/** Between two ways back. */
const LANE = 16;
/** Labels that would lie beside each other are put at so many heights. */
const SLOTS = 3;
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
  return {
    nodes: model.nodes.map((node): DrawnNode => {
      const { layer, row } = places.get(node.id) ?? { layer: 0, row: 0 };
      // Each layer in the middle of the longest.
      const along = (row + (most - (rows.get(layer) ?? 0)) / 2) * step.row;
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
      const isBack = layerOf(edge.target) <= layerOf(edge.source);
      return {
        id: edge.id,
        type: 'flow',
        source: edge.source,
        target: edge.target,
        markerEnd: { type: MarkerType.ArrowClosed, color: EDGE_COLORS[edge.state], width: 18, height: 18 },
        data: {
          edge,
          isWide,
          lane: isBack ? most * step.row + LANE * ways++ : null,
          slot: index % SLOTS,
          from: nameOf.get(edge.source) ?? '',
          to: nameOf.get(edge.target) ?? '',
        },
      };
    }),
  };
}

function nodeName(node: FlowNode): string {
  if (node.kind === 'connection') return node.connection.name;
  return node.count > 1 ? text.flow.otherSources(node.count) : (node.source ?? text.flow.posted);
}
