import { randomBytes } from 'node:crypto';
import { DEFAULT_CORS, type Emulator, startEmulator } from '../../emulator/index.js';
import type { DemoOptions, OssSettings } from './settings.js';
import { assumeRole, type TemporaryCredentials, UPLOAD_ACTIONS, uploadPolicy } from './sts.js';

/** Where objects of the demo go: nothing else may be written. */
export const PREFIX = 'demo/';

/** The OSS that the page uploads to. */
export interface Storage {
	readonly mode: 'emulator' | 'oss';
	readonly bucket: string;
	readonly region: string;
	/** What the page gives to `createUploader`; undefined for the region's own. */
	readonly endpoint: string | undefined;
	/** Objects lie at `<base>/<key>`. */
	readonly base: string;
	readonly emulator: Emulator | undefined;
	mintCredentials(): Promise<TemporaryCredentials>;
	close(): Promise<void>;
}

/** @param origins of the page, the only one that the emulator is for */
export const openStorage = async (options: DemoOptions, origins: readonly string[]): Promise<Storage> =>
	options.oss ? realBucket(options.oss, options.tokenSeconds) : emulated(options, origins);

/** It listens where any page that is open in a browser of this machine can send requests. */
async function emulated(
	{ emulatorPort, tokenSeconds }: DemoOptions,
	origins: readonly string[],
): Promise<Storage> {
	const bucket = 'demo-bucket';
	const region = 'cn-hangzhou';
	const emulator = await startEmulator({
		port: emulatorPort,
		buckets: [bucket],
		region,
		// The permanent key that it has by default is printed in its source.
		accessKeySecret: randomBytes(22).toString('hex'),
		cors: DEFAULT_CORS.map((rule) => ({ ...rule, origins })),
		controlOrigin: origins,
		callbacks: false,
	});
	return {
		mode: 'emulator',
		bucket,
		region,
		endpoint: emulator.url,
		base: `${emulator.url}/${bucket}`,
		emulator,
		mintCredentials: async () =>
			emulator.mintCredentials({ ttlSeconds: tokenSeconds, policy: UPLOAD_ACTIONS }),
		close: () => emulator.close(),
	};
}

function realBucket(oss: OssSettings, seconds: number): Storage {
	const { bucket, region, stsEndpoint: endpoint } = oss;
	const policy = uploadPolicy(bucket, PREFIX);
	return {
		mode: 'oss',
		bucket,
		region,
		endpoint: undefined,
		base: `https://${bucket}.oss-${region}.aliyuncs.com`,
		emulator: undefined,
		mintCredentials: () => assumeRole({ ...oss, endpoint, policy, seconds }),
		close: async () => undefined,
	};
}
