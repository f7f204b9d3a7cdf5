import { type Credentials, createUploader } from 'oss-resumable-upload';

/** An upload that never sees a window: the whole library runs in here, its own hash worker inside this one. */
addEventListener(
	'message',
	async ({ data }: MessageEvent<{ endpoint: string; credentials: Credentials; blob: Blob }>) => {
		const warnings: string[] = [];
		const uploader = createUploader({
			bucket: 'examplebucket',
			region: 'cn-hangzhou',
			endpoint: data.endpoint,
			getCredentials: () => data.credentials,
		});
		const task = uploader.upload(data.blob, { key: 'from-a-worker', partSize: 1024 * 1024 });
		task.on('warning', ({ message }) => warnings.push(message));
		const { verified, size } = await task.result;
		const pending = await uploader.pending();
		await uploader.close();
		postMessage({ verified, size, warnings, pending: pending.length, hasWindow: 'window' in globalThis });
	},
);
