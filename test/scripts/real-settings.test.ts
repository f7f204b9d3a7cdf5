import { expect, test } from 'vitest';
import { realSettings } from '../../scripts/real-settings.mjs';

const NEEDED = {
	OSS_TEST_BUCKET: 'examplebucket',
	OSS_TEST_REGION: 'cn-hangzhou',
	OSS_TEST_STS_URL: 'http://127.0.0.1:3000/sts',
};

test('no bucket is named where none of the variables is set, or all are empty', () => {
	expect(realSettings({ PATH: '/bin' })).toBeUndefined();
	expect(realSettings({ OSS_TEST_BUCKET: '', OSS_TEST_REGION: '' })).toBeUndefined();
});

test('with the three that are needed the rest has defaults', () => {
	expect(realSettings(NEEDED)).toEqual({
		place: { bucket: 'examplebucket', region: 'cn-hangzhou' },
		stsUrl: 'http://127.0.0.1:3000/sts',
		prefix: '',
		port: 8642,
		report: 'test-results/real.md',
	});
});

test('an endpoint, a domain bound to the bucket, a prefix and a port are taken', () => {
	const settings = realSettings({
		...NEEDED,
		OSS_TEST_ENDPOINT: 'https://upload.example.com',
		OSS_TEST_CNAME: '1',
		OSS_TEST_PREFIX: 'users/1/',
		OSS_TEST_ORIGIN_PORT: '0',
	});
	expect(settings).toMatchObject({
		place: { endpoint: 'https://upload.example.com', cname: true },
		prefix: 'users/1/',
		port: 0,
	});
});

test.each(Object.keys(NEEDED))('where only %s is missing, it is named alone', (name) => {
	const missing = () => realSettings({ ...NEEDED, [name]: '' });
	expect(missing).toThrow(new RegExp(`^${name} is missing: [^\n]*$`));
});

test('an endpoint alone is taken for a bucket that is meant', () => {
	expect(() => realSettings({ OSS_TEST_ENDPOINT: 'https://upload.example.com' })).toThrow(
		/OSS_TEST_BUCKET is missing.*\nOSS_TEST_REGION is missing.*\nOSS_TEST_STS_URL is missing/,
	);
});

test.each([
	['OSS_TEST_STS_URL', '/sts'],
	['OSS_TEST_STS_URL', 'http://'],
	['OSS_TEST_CNAME', 'yes'],
	['OSS_TEST_PREFIX', 'users/1'],
	['OSS_TEST_PREFIX', '/users/'],
	['OSS_TEST_ORIGIN_PORT', '80a'],
	['OSS_TEST_ORIGIN_PORT', '70000'],
])('%s=%s is refused by its name', (name, value) => {
	expect(() => realSettings({ ...NEEDED, [name]: value })).toThrow(name);
});
