/// <reference types="vite/client" />
import { createUploader, type Uploader } from 'oss-resumable-upload';
import { options } from './settings.js';

export const uploader: Uploader = import.meta.hot?.data.uploader ?? createUploader(options);

// For when this module is evaluated anew.
if (import.meta.hot) import.meta.hot.data.uploader = uploader;
