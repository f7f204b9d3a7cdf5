import { type Credentials, createUploader } from 'oss-resumable-upload';

interface Asked {
	readonly endpoint: string;
	readonly credentials: Credentials;
	readonly size: number;
}

/** An upload inside of a service worker, as an app may think of it. */
addEventListener('message', async ({ data, ports }: MessageEvent<Asked>) => {
	const { endpoint, credentials, size } = data;
	const uploader = createUploader({
		bucket: 'examplebucket',
		region: 'cn-hangzhou',
		endpoint,
		getCredentials: () => credentials,
	});
	const task = uploader.upload(new Blob([new Uint8Array(size)]), { key: 'k', partSize: 100 * 1024 });
	const warnings: string[] = [];
	task.on('warning', ({ code }) => warnings.push(code));
	const error = await task.result.catch((reason: unknown) => reason);
	const { name, code, message, retryable } = error as Record<string, unknown>;
	const pending = await uploader.pending();
	await uploader.close();
	ports[0]?.postMessage({ name, code, message, retryable, state: task.state, warnings, pending });
});
