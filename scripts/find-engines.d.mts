/** The Debian packages that this machine lacks for it. */
export function lackingFor(engine: 'firefox' | 'webkit'): Promise<readonly string[]>;
export function firefoxPath(): string | undefined;
