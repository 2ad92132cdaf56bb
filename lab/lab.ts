export { docker, exec } from './docker';
export { appHealth, clusterHealth, sshArgs, type AppHealth } from './health';
export { addressOf, hostsOf, layoutHosts } from './layout';
export { stopLab as labDown } from './down';
export { labHost, readLab } from './state';
export { DEFAULT_OPTIONS, type LabHost, type LabOptions, type LabState } from './types';
export { fullOptions, labUp, type UpControl } from './up';
