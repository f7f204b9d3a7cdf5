/** A command of a package that the app has installed, such as `['vite', 'build']`; or `node`. */
export type Command = readonly [tool: string, ...args: readonly string[]];

/**
 * `command`: a server on 127.0.0.1, its port in place of `%PORT%` and in the environment; `folder`: of the app, served as
 * it is.
 */
export type Service = { readonly command: Command } | { readonly folder: string };

/** One way in which the app reaches a browser. */
export interface Mode {
	readonly name: 'dev' | 'build' | 'no build';
	readonly build?: readonly Command[];
	readonly serve: Service;
}

/** An app that uses the package, as its tool's own documentation would have it made. */
export interface Consumer {
	readonly name: string;
	/** What it installs beside the package, with exact versions: what comes out tomorrow must not break today's tests. */
	readonly packages: Readonly<Record<string, string>>;
	/** The package whose version the table tells; of none: the browser does it all. */
	readonly tool?: string;
	/** By path. `%CDN%` in a text is the address of `cdn`, with a slash at its end. */
	readonly files: Readonly<Record<string, string>>;
	readonly modes: readonly Mode[];
	/** A folder of the app that is served on another origin, which lets every page in. */
	readonly cdn?: string;
}

/** What a person at the page would have seen. */
export interface Outcome {
	/** OSS holds the file, byte for byte, and its checksum agrees. */
	readonly uploads: boolean;
	/** What OSS held before the reload was not sent again. */
	readonly resumes: boolean;
	/** Where the worker's script came from; `none` without one, and then the warning `Hasher` was given. */
	readonly worker: 'file' | 'text' | 'none';
	/** Their messages. */
	readonly warnings: readonly string[];
}
