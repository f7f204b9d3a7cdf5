import { createUploader } from 'oss-resumable-upload';

/** Uploads what was picked; resolves when the uploader is closed, so that no warning can come later. */
window.uploadPicked = async ({ endpoint, credentials, key, workerUrl }) => {
	const warnings = [];
	const uploader = createUploader({
		bucket: 'examplebucket',
		region: 'cn-hangzhou',
		endpoint,
		getCredentials: () => credentials,
		workerUrl,
	});
	const task = uploader.upload(document.querySelector('input').files[0], { key, partSize: 100 * 1024 });
	task.on('warning', ({ code }) => warnings.push(code));
	const { verified, crc64 } = await task.result;
	await uploader.close();
	return { verified, crc64, warnings };
};
