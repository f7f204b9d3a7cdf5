import { createUploader, type Uploader, type UploaderOptions } from '../index.js';

/** What an uploader is for: where one of these changes, it is another one. */
export const purposeOf = ({ bucket, region, endpoint, scope = '' }: UploaderOptions): string =>
	JSON.stringify([bucket, region, endpoint, scope]);

/**
 * An uploader whose functions are those that `latest` answers when they are called: frameworks make them anew at every
 * turn. All else is as it was first said.
 */
export function latestUploader(latest: () => UploaderOptions): Uploader {
	let known = latest();
	const purpose = purposeOf(known);
	const current = (): UploaderOptions => {
		const now = latest();
		// Until it is closed, what one person has begun must not be asked of another one's token.
		if (purposeOf(now) === purpose) known = now;
		return known;
	};
	const followed = Object.entries(known).map(([name, value]) => [
		name,
		typeof value === 'function'
			? (...args: unknown[]) => (Reflect.get(current(), name) ?? value)(...args)
			: value,
	]);
	return createUploader(Object.fromEntries(followed));
}
