export { fileStep, type FileStepInput } from './file';
export { packageStep, type PackageStepInput } from './package';
export { serviceStep, type ServiceStepInput } from './service';
