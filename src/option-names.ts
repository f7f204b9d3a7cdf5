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

/** Words of ali-oss, tus, Uppy and the C SDK, each with ours; in lower case, without `-` and `_`. */
const SLIPS: Readonly<Record<string, string>> = {
	'a function `getCredentials` that asks your server, keys have no place in a page':
		'accesskeyid accesskeysecret ststoken securitytoken credentials refreshststoken',
	'`endpoint`, https is the default': 'secure',
	'`parallel`': 'concurrency limit threadnum',
	'`retry: { patienceMs }`': 'retries retrydelays',
	'`key`': 'objectkey objectname filename',
	'`meta`': 'metadata',
	'`contentType`': 'mime mimetype',
	'`partSize`': 'chunksize',
	'`onProgress`': 'progress onuploadprogress',
	'`await task.result`': 'onsuccess oncomplete onerror',
};

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
	const owner = Object.hasOwn(OF_UPLOADER, name)
		? 'createUploader'
		: Object.hasOwn(OF_UPLOAD, name) && 'upload';
	if (!owner) return undefined;
	const isKept = call === 'resume' && owner === 'upload';
	return isKept
		? 'the upload goes on as it was begun, leave it out'
		: `it is one of ${owner}(), pass it there`;
}

function misspelt(call: Call, name: string): string | undefined {
	const bare = (each: string) => each.toLowerCase().replace(/[-_]/g, '');
	const same = Object.keys(OPTIONS[call]).find((option) => bare(option) === bare(name));
	const [meant] = Object.entries(SLIPS).find(([, slips]) => slips.split(' ').includes(bare(name))) ?? [];
	return (same || meant) && `write ${same ? `\`${same}\`` : meant}`;
}
