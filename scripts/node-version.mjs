const NEEDED = [20, 19];

/** Ends the process with a sentence when this Node is too old: what comes later would fail with riddles. */
export function requireNode(version = process.versions.node) {
	const [major = 0, minor = 0] = version.split('.').map(Number);
	if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) return;
	console.error(
		`This needs Node ${NEEDED.join('.')} or newer, and this is Node ${version}: install one from https://nodejs.org.`,
	);
	process.exit(1);
}
