/** What elasticsearch.yml of one node says beside what every node's does, flat keys. */
export type NodeSettings = Record<string, unknown>;

/** A side of the lab's cluster. */
export type Side = 'old' | 'new';

/** Something that may go on in a cluster beside what the apps do; lab/life has what each is. */
export type LifeName = 'busy' | 'plugins';

/** A kind of cluster that the lab can make. Several are made one by laying their settings over each other. */
export interface Shape {
  /** Name, for `--shape`. */
  name: string;
  /** Nodes of each side where nobody says otherwise; nothing where any number will do. */
  nodes?: Record<Side, number>;
  /**
   * Settings of the node at a place of its side, counted from 0.
   * @param count nodes of that side
   */
  settings(side: Side, place: number, count: number): NodeSettings;
  /** What is set on the cluster, persistent, flat keys; nothing where nothing is. */
  clusterSettings?: Record<string, string>;
  /** What goes on in the cluster beside what the apps do. */
  life?: LifeName[];
  /** Whether nodes have a plugin, a keystore entry and dictionaries on their disks, and a folder that all of them see. */
  plugged?: true;
  /** Further settings of indices of the lab's data, by index; nothing where they have none. */
  indexSettings?: Record<string, Record<string, unknown>>;
}
