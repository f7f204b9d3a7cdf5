/** A real bucket, and the RAM user who may assume a role that uploads to it. */
export interface OssSettings {
	readonly bucket: string;
	/** Such as `cn-hangzhou`. */
	readonly region: string;
	readonly accessKeyId: string;
	readonly accessKeySecret: string;
	readonly roleArn: string;
	/** URL; default the region's own. */
	readonly stsEndpoint: string;
}

export interface DemoOptions {
	/** Of the page; 0 takes a free one. */
	readonly port: number;
	/** Of the emulator; 0 takes a free one. */
	readonly emulatorPort: number;
	/** How long a token lives. */
	readonly tokenSeconds: number;
	/** The real bucket to use instead of the emulator. */
	readonly oss?: OssSettings;
}

const OSS_NAMES = ['OSS_BUCKET', 'OSS_REGION', 'OSS_ACCESS_KEY_ID', 'OSS_ACCESS_KEY_SECRET', 'OSS_ROLE_ARN'];

/** Reads `PORT`, `EMULATOR_PORT`, `DEMO_TOKEN_SECONDS` and the `OSS_…` variables; throws a sentence when one is wrong. */
export function demoOptions(env: Readonly<Record<string, string | undefined>>): DemoOptions {
	const number = (name: string, fallback: number, least: number, most: number): number => {
		const value = env[name] ? Number(env[name]) : fallback;
		if (Number.isInteger(value) && value >= least && value <= most) return value;
		throw new Error(`${name} must be an integer from ${least} to ${most}, and is ${env[name]}.`);
	};
	const oss = ossSettings(env);
	return {
		port: number('PORT', 5173, 0, 65_535),
		emulatorPort: number('EMULATOR_PORT', 5174, 0, 65_535),
		tokenSeconds: number('DEMO_TOKEN_SECONDS', 900, 1, 43_200),
		...(oss && { oss }),
	};
}

function ossSettings(env: Readonly<Record<string, string | undefined>>): OssSettings | undefined {
	const missing = OSS_NAMES.filter((name) => !env[name]);
	if (missing.length === OSS_NAMES.length) return undefined;
	if (missing.length > 0) {
		throw new Error(`For a real bucket set ${missing.join(', ')} too, or none of ${OSS_NAMES.join(', ')}.`);
	}
	const [bucket = '', ossRegion = '', accessKeyId = '', accessKeySecret = '', roleArn = ''] = OSS_NAMES.map(
		(name) => env[name],
	);
	const region = ossRegion.replace(/^oss-/, '');
	const stsEndpoint = env.STS_ENDPOINT ?? `https://sts.${region}.aliyuncs.com`;
	return { bucket, region, accessKeyId, accessKeySecret, roleArn, stsEndpoint };
}
