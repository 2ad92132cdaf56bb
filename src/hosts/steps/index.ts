export { fileIsBack, fileStep, type FileStepInput } from './file';
