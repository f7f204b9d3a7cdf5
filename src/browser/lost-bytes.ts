/**
 * Whether the file has lost bytes since it was picked, though it could be read. Firefox answers with fewer. WebKit, in
 * the second in which the file was picked, answers with zeros in their place, and only a stream of them ends early.
 */
export const hasLostBytes = async (bytes: Uint8Array, blob: Blob): Promise<boolean> =>
	bytes.length < blob.size || (bytes.at(-1) === 0 && !(await isThere(blob.slice(-1))));

const isThere = (last: Blob): Promise<boolean> =>
	new Response(last).arrayBuffer().then(
		({ byteLength }) => byteLength > 0,
		() => false,
	);
