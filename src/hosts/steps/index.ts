export { fileStep, type FileStepInput } from './file';
export { packageStep, simulatedPackages, simulationScript, type PackageStepInput } from './package';
export { serviceStep, type ServiceStepInput } from './service';
