/** How a request says who sends it; the last two are those of STS. */
export type AuthorizationKind =
	| 'v4-header'
	| 'v4-query'
	| 'v1-header'
	| 'v1-query'
	| 'anonymous'
	| 'acs3'
	| 'rpc';
