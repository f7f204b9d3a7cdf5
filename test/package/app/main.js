import { createUploader } from 'oss-resumable-upload';
import { offerUploads } from './uploads.js';

offerUploads(createUploader);
