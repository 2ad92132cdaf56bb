export { fileStep, type FileStepInput } from './file';
