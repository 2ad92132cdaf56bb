import type { Shape } from './shape';

/** Folder of backups, the same for every node; in the file system of both sides. */
export const BACKUPS = '/var/backups/elasticsearch';

/**
 * Nodes with a plugin of their own, a secure setting in their keystores, a dictionary and a list of words beside their configuration, and a
 * repository of snapshots in a folder that all of them see. Users in files are in shape `secured`.
 */
export const plugins: Shape = {
  name: 'plugins',
  settings: () => ({ 'path.repo': [BACKUPS] }),
  plugged: true,
  life: ['plugins'],
};
