import { UploadError } from '../base/errors.js';
import type { Remote } from '../core/ports.js';
import type { Access } from './access.js';
import type { Findings } from './finding.js';
import type { Wire } from './wire.js';

const nothing = (): void => {};

const TEXT = 'Put by diagnose() of oss-resumable-upload: may be deleted.';

/** Puts a small object, looks at it, begins an upload of two parts and aborts it. */
export class Writing {
	readonly #wire: Wire;
	readonly #findings: Findings;
	readonly #access: Access;

	constructor(wire: Wire, findings: Findings, access: Access) {
		this.#wire = wire;
		this.#findings = findings;
		this.#access = access;
	}

	/** Whether the object lies there. */
	async check(): Promise<boolean> {
		if (!(await this.#put())) return false;
		const isSeen = await this.#head();
		const isUploaded = await this.#multipart();
		if (isSeen && isUploaded) this.#findings.add('write-ok', `${TEXT.length} bytes were put`);
		return true;
	}

	async #put(): Promise<boolean> {
		let missing: string[] = [];
		const put = async (remote: Remote, signal: AbortSignal) => {
			const body = new Blob([TEXT]);
			const { etag, crc64, isEvident } = await remote.put(body, undefined, nothing, signal);
			// OSS would have shown at least what it has shown before.
			if (!isEvident && !this.#findings.has(/^expose-request-id/))
				throw new UploadError('Service', 'Nothing shows who took it');
			missing = [...(etag ? [] : ['ETag']), ...(crc64 ? [] : ['x-oss-hash-crc64ecma'])];
		};
		if ((await this.#access.ask('PutObject', 'right-put', put)) !== 'done') return false;
		const evidence = `PutObject: answered, and its headers ${missing.join(' and ')} cannot be read`;
		for (const names of missing) {
			this.#findings.add(names === 'ETag' ? 'expose-etag' : 'expose-crc64', evidence, { names });
		}
		return true;
	}

	async #head(): Promise<boolean> {
		let size: number | undefined;
		const head = async (remote: Remote, signal: AbortSignal) => {
			size = (await remote.head(signal))?.size;
		};
		if ((await this.#access.ask('HeadObject', 'right-head', head)) !== 'done') return false;
		if (size === TEXT.length) return true;
		const code = this.#wire.isForeignHead ? 'head-foreign' : 'write-unseen';
		this.#findings.add(code, `HeadObject: ${this.#wire.seen()}, ${size ?? 'no'} bytes`);
		return false;
	}

	async #multipart(): Promise<boolean> {
		let uploadId = '';
		const initiate = async (remote: Remote, signal: AbortSignal) => {
			uploadId = await remote.initiate(signal);
		};
		if ((await this.#access.ask('InitiateMultipartUpload', 'right-put', initiate)) !== 'done') return false;
		let isSent = true;
		for (const partNumber of [1, 2]) {
			const part = { uploadId, partNumber, bytes: new Blob([TEXT]), md5: undefined, onSent: nothing };
			const send = (remote: Remote, signal: AbortSignal) => remote.uploadPart(part, signal);
			if ((await this.#access.ask('UploadPart', 'right-put', send)) !== 'done') isSent = false;
		}
		const abort = (remote: Remote, signal: AbortSignal) => remote.abort(uploadId, signal);
		if ((await this.#access.ask('AbortMultipartUpload', 'right-abort', abort)) === 'done') return isSent;
		this.#findings.add('upload-left', `AbortMultipartUpload: ${this.#wire.seen()}; uploadId ${uploadId}`);
		return false;
	}
}
