import type { UploaderOptions, UploadOptions } from './public-options.js';

type Call = 'createUploader' | 'upload' | 'resume';

/** As records, so that the compiler misses no new option. */
const OF_UPLOADER: Readonly<Record<keyof UploaderOptions, true>> = {
	bucket: true,
	region: true,
	endpoint: true,
	cname: true,
	allowInsecureEndpoint: true,
	getCredentials: true,
	signRequest: true,
	credentialsFor: true,
	signatureVersion: true,
	scope: true,
	parallel: true,
	checkpoints: true,
	checkpointTtlMs: true,
	transport: true,
	retry: true,
	fingerprint: true,
	workerUrl: true,
};
const OF_UPLOAD: Readonly<Record<keyof UploadOptions, true>> = {
	key: true,
	partSize: true,
	contentType: true,
	headers: true,
	meta: true,
	callback: true,
	tags: true,
	acl: true,
	storageClass: true,
	forbidOverwrite: true,
	trafficLimit: true,
	checkpoint: true,
	verify: true,
	signal: true,
	onProgress: true,
};
const OPTIONS: Readonly<Record<Call, Readonly<Record<string, true>>>> = {
	createUploader: OF_UPLOADER,
	upload: OF_UPLOAD,
	resume: { signal: true, onProgress: true },
};

const NO_KEYS =
	'keys have no place in a page: write `getCredentials`, a function that asks your server for a token';
const AFTERWARDS = 'wait for `task.result`';

/** Words of ali-oss, tus, Uppy and the C SDK, with ours; in lower case, without `-` and `_`. */
const SLIPS: ReadonlyMap<string, string> = new Map([
	['accesskeyid', NO_KEYS],
	['accesskeysecret', NO_KEYS],
	['accesskey', NO_KEYS],
	['secretkey', NO_KEYS],
	['ststoken', NO_KEYS],
	['securitytoken', NO_KEYS],
	['credentials', NO_KEYS],
	['refreshststoken', 'write `getCredentials`'],
	['sign', 'write `signRequest`'],
	['authorizationv4', 'write `signatureVersion`'],
	['secure', 'leave it out, https is the default'],
	['concurrency', 'write `parallel`'],
	['limit', 'write `parallel`'],
	['threadnum', 'write `parallel`'],
	['retries', 'write `retry: { patienceMs }`'],
	['retrydelays', 'write `retry: { minDelayMs, maxDelayMs }`'],
	['objectname', 'write `key`'],
	['objectkey', 'write `key`'],
	['filename', 'write `key`'],
	['metadata', 'write `meta`'],
	['tagging', 'write `tags`'],
	['mime', 'write `contentType`'],
	['mimetype', 'write `contentType`'],
	['chunksize', 'write `partSize`'],
	['progress', 'write `onProgress`'],
	['onuploadprogress', 'write `onProgress`'],
	['abortsignal', 'write `signal`'],
	['onsuccess', AFTERWARDS],
	['oncomplete', AFTERWARDS],
	['onerror', AFTERWARDS],
]);

/**
 * Refuses an option that would be ignored though it was meant: one of another call, another spelling, another library's
 * word. Other names pass, since apps hand on objects that hold more than ours.
 */
export function expectOptionNames(call: Call, options: object): void {
	for (const [name, value] of Object.entries(options)) {
		if (value === undefined || Object.hasOwn(OPTIONS[call], name)) continue;
		const nextStep = ofAnotherCall(call, name) ?? misspelt(call, name);
		if (nextStep) throw new TypeError(`\`${name}\` is no option of ${call}(): ${nextStep}`);
	}
}

function ofAnotherCall(call: Call, name: string): string | undefined {
	if (Object.hasOwn(OF_UPLOADER, name)) return 'it is one of createUploader(), pass it there';
	if (!Object.hasOwn(OF_UPLOAD, name)) return undefined;
	if (call === 'resume') return 'the upload goes on as it was begun, leave it out';
	return 'it is one of upload(), pass it there';
}

function misspelt(call: Call, name: string): string | undefined {
	const bare = (each: string) => each.toLowerCase().replace(/[-_]/g, '');
	const meant = Object.keys(OPTIONS[call]).find((option) => bare(option) === bare(name));
	return meant ? `write \`${meant}\`` : SLIPS.get(bare(name));
}
