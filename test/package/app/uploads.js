/** Lets the page be driven: `window.uploadPicked` uploads what was picked. */
export function offerUploads(createUploader) {
	/** Resolves when the uploader is closed, so that no warning can come later. */
	window.uploadPicked = async ({ endpoint, credentials, key, workerUrl }) => {
		const warnings = [];
		const uploader = createUploader({
			bucket: 'examplebucket',
			region: 'cn-hangzhou',
			endpoint,
			getCredentials: () => credentials,
			workerUrl,
			parallel: 1,
		});
		const task = uploader.upload(document.querySelector('input').files[0], { key, partSize: 100 * 1024 });
		task.on('warning', ({ code, message, cause }) => warnings.push({ code, message, cause: String(cause) }));
		const { verified, crc64, resumed } = await task.result;
		await uploader.close();
		return { verified, crc64, resumed, warnings };
	};
}
