// The same for Next: lay it at app/sts/route.js, and upload-token.js and user.js beside the folder `app`.
import { uploadToken } from '../../upload-token.js';
import { userOf } from '../../user.js';

// Not when the app is built, but for each request.
export const dynamic = 'force-dynamic';

const headers = { 'cache-control': 'no-store' };

export async function GET(request) {
	try {
		const userId = await userOf(request);
		if (!userId) return Response.json({ message: 'Sign in first' }, { status: 401, headers });
		return Response.json(await uploadToken(userId), { headers });
	} catch (error) {
		console.error(error.message);
		return Response.json({ message: 'No upload token could be had' }, { status: 502, headers });
	}
}
