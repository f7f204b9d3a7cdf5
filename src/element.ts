import { INTAKE_FLAGS, INTAKE_TEXTS, IntakeElement } from './element/intake-element.js';
import { OssUpload } from './element/oss-upload.js';
import { reflect } from './element/reflected.js';
import { OssUploadButton } from './element/upload-button.js';
import { OssUploadDrop } from './element/upload-drop.js';
import type { UploadFile } from './element/upload-file.js';
import { OssUploadList } from './element/upload-list.js';
import type { UploadsSnapshot } from './element/uploads.js';

export type { ElementUploadOptions, ObjectKey } from './element/intake-element.js';
export type { FileState, UploadFile } from './element/upload-file.js';
export type { UploadsSnapshot } from './element/uploads.js';
export type { Validate } from './element/validate.js';
export { english } from './element/words/english.js';
export type { Phrase, StringName, Strings } from './element/words/strings.js';
export { OssUpload, OssUploadButton, OssUploadDrop, OssUploadList };

/** The elements' events by name, for `addEventListener`. They bubble, and leave shadow roots. */
export interface OssUploadEvents {
	/** Before files are taken; `preventDefault()` has them left alone. */
	'oss-upload-before': CustomEvent<{ readonly files: readonly File[] }>;
	/** Of a list, some ten times a second at most: all that there is to show. */
	'oss-upload-change': CustomEvent<UploadsSnapshot>;
	/** A file is stored. */
	'oss-upload-done': CustomEvent<{ readonly file: UploadFile }>;
	/** A file failed, or was not taken. */
	'oss-upload-failed': CustomEvent<{ readonly file: UploadFile }>;
}

declare global {
	interface HTMLElementEventMap extends OssUploadEvents {}
	interface HTMLElementTagNameMap {
		'oss-upload': OssUpload;
		'oss-upload-button': OssUploadButton;
		'oss-upload-drop': OssUploadDrop;
		'oss-upload-list': OssUploadList;
	}
}

const DROP_FLAGS = ['whole-page', 'no-drop'] as const;

// The one thing that happens at import, and on a server not even that. Parts first: the whole is made of them.
if (globalThis.customElements && !customElements.get('oss-upload')) {
	reflect(IntakeElement.prototype, INTAKE_FLAGS, INTAKE_TEXTS);
	reflect(OssUploadDrop.prototype, DROP_FLAGS, []);
	reflect(OssUpload.prototype, [...DROP_FLAGS, 'required'], ['name']);
	customElements.define('oss-upload-button', OssUploadButton);
	customElements.define('oss-upload-drop', OssUploadDrop);
	customElements.define('oss-upload-list', OssUploadList);
	customElements.define('oss-upload', OssUpload);
}
