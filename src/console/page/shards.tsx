import { memo } from 'preact/compat';
import { useMemo } from 'preact/hooks';
import { bytes, count, counted } from '../../text/format';
import { shardMap, type Cell, type CellKind, type NodeCells } from '../../view/shard-map';
import type { View } from '../../view/view';

const KINDS: [CellKind, string][] = [
  ['primary', 'primary'],
  ['replica', 'replica'],
  ['moving', 'leaves'],
  ['arriving', 'comes'],
  ['starting', 'starts'],
];

/** Where each copy of each shard is: old nodes on the left, new ones on the right. */
export function Shards({ view: { places, hosts } }: { view: View }) {
  const map = useMemo(() => places && shardMap(places, hosts), [places?.t, hosts]);
  if (!map) return null;
  const { groups, unassigned, omitted } = map;
  const side = (name: string, wanted: (node: NodeCells) => boolean) => (
    <div class={`side ${name}`}>
      <h3>{name} side</h3>
      {map.nodes.filter(wanted).map((node) => (
        <Node key={node.node} node={node} master={hosts.some((host) => host.node === node.node && host.master)} />
      ))}
    </div>
  );
  return (
    <section aria-labelledby="shards">
      <h2 id="shards">Shards</h2>
      <p class="meta">
        Shard groups with a copy on the old side only: {count(groups.old)}; on both: {count(groups.both)}; on the new
        side only: {count(groups.new)}
        {groups.none > 0 && <strong class="bad">; without a started copy: {count(groups.none)}</strong>}
        {unassigned.length > 0 && <strong class="bad">; copies that are unassigned: {count(unassigned.length)}</strong>}
        {omitted > 0 && `; copies that are too many to show: ${count(omitted)}`}.
      </p>
      <div class="map">
        {side('old', (node) => node.side === 'old')}
        {side('new', (node) => node.side !== 'old')}
      </div>
      <p class="legend" aria-hidden="true">
        {KINDS.map(([kind, word]) => (
          <span key={kind}>
            <i class={kind} /> {word}
          </span>
        ))}
      </p>
    </section>
  );
}

function Node({ node, master }: { node: NodeCells; master: boolean }) {
  const held = node.cells.filter(({ kind }) => kind !== 'arriving').length;
  const kinds = KINDS.flatMap(([kind, word]) => {
    const number = node.cells.filter((cell) => cell.kind === kind).length;
    return number > 0 ? [`${count(number)} ${word}`] : [];
  });
  return (
    <div class="node">
      <h4>
        <bdi>{node.node}</bdi> {master && <span class="badge plain">master</span>}
        <small>
          {counted(held, 'copy', 'copies')}, {bytes(node.bytes)}
        </small>
      </h4>
      <div class="cells" role="img" aria-label={`${node.node}: ${kinds.join(', ') || 'no shards'}`}>
        {node.cells.map((cell) => (
          <Mark key={`${cell.index}/${cell.shard}/${cell.kind}/${cell.other ?? ''}`} {...cell} />
        ))}
      </div>
    </div>
  );
}

/** Drawn again only when it has changed: of thousands, a few do. */
const Mark = memo(function Mark({ index, shard, kind, other, bytes: size }: Cell) {
  const where = kind === 'moving' ? `, to ${other}` : kind === 'arriving' ? `, from ${other}` : '';
  return <i class={kind} title={`${index}[${shard}] ${kind}${where}, ${bytes(size)}`} />;
});
