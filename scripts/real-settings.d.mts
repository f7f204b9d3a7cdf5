export interface RealSettings {
	/** As an uploader takes it. */
	readonly place: {
		readonly bucket: string;
		readonly region: string;
		readonly endpoint?: string;
		readonly cname?: boolean;
	};
	/** Answers a token, as the page's `getCredentials` takes it. */
	readonly stsUrl: string;
	/** What the token is good for; all keys lie below it. */
	readonly prefix: string;
	/** Of the page's origin; 0 takes a free one. */
	readonly port: number;
	/** Where the report is written. */
	readonly report: string;
}

/**
 * What the environment says of the bucket; undefined where it says nothing.
 *
 * @throws Error that names the variable which is missing or wrong
 */
export function realSettings(env: Readonly<Record<string, string | undefined>>): RealSettings | undefined;
