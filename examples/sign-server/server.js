// Signs each request of an upload, so that no key reaches the page: `signRequest` of the uploader asks here.
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { createSigner, NotSignedError } from 'oss-resumable-upload/sign';
import { userOf } from './user.js';

const { OSS_BUCKET, OSS_REGION, OSS_ENDPOINT, OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET } = process.env;

const signer = createSigner({
	bucket: OSS_BUCKET,
	region: OSS_REGION,
	// Left out: the region's own. The same as the page gives to its uploader.
	endpoint: OSS_ENDPOINT,
	// Of a RAM user that may do nothing but upload to this bucket.
	credentials: { accessKeyId: OSS_ACCESS_KEY_ID, accessKeySecret: OSS_ACCESS_KEY_SECRET },
});

// Bytes; far above what an uploader asks.
const MAX_BODY = 64 * 1024;

const server = createServer(async (request, response) => {
	const reply = (status, body) => {
		response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
		response.end(JSON.stringify(body));
	};
	const isRight = request.method === 'POST' && request.url === '/sign';
	if (!isRight) return reply(404, { message: 'There is only POST /sign' });
	if (!(Number(request.headers['content-length']) <= MAX_BODY)) return reply(413, { message: 'Too long' });
	try {
		const userId = await userOf(request);
		if (!userId) return reply(401, { message: 'Sign in first' });
		// A `/` in it would lie below what is somebody else's.
		if (!/^[\w-]{1,50}$/.test(userId)) throw new TypeError('User ids are letters, digits, _ and -');
		// Whoever asks, only what an uploader sends is signed, and only below this person's own prefix.
		reply(200, await signer.signUpload(await json(request), { prefix: `users/${userId}/` }));
	} catch (error) {
		if (error instanceof NotSignedError) return reply(error.status, { message: error.message });
		if (error instanceof SyntaxError) return reply(400, { message: 'The body is no JSON' });
		console.error(error.message);
		reply(500, { message: 'Nothing was signed' });
	}
});
server.listen(process.env.PORT ?? 3000, '127.0.0.1', () => {
	console.log(`http://127.0.0.1:${server.address().port}/sign`);
});
