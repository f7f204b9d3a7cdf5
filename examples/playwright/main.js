import { createUploader, credentialsFrom } from 'oss-resumable-upload';

// In your app these come from its settings: the tests have others than the page that people see.
const endpoint = 'http://127.0.0.1:9123';
const uploader = createUploader({
	bucket: 'examplebucket',
	region: 'cn-hangzhou',
	endpoint,
	// The emulator's own address for tokens, in place of your server's.
	getCredentials: credentialsFrom(`${endpoint}/-/sts`, { method: 'POST' }),
});

const status = document.querySelector('[role=status]');
document.querySelector('#film').addEventListener('change', async ({ target }) => {
	const [file] = target.files;
	if (!file) return;
	status.textContent = 'uploading';
	try {
		const task = uploader.upload(file, {
			key: (file, unfinished) => unfinished?.key ?? `films/${file.name}`,
			partSize: 1024 * 1024,
		});
		const { key, resumed } = await task.result;
		status.textContent = `stored as ${key}, ${resumed} bytes of it before`;
	} catch (error) {
		status.textContent = error.message;
	}
});
