import { createUploader } from 'oss-resumable-upload';
import { options } from './settings.js';

export const uploader = createUploader(options);
