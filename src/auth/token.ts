import { newId, Problem, type Role } from "../kernel/index.ts";
import type { KeyRing, SigningKey } from "./keys.ts";
import { scopeOf } from "./scope.ts";

/** What an access token says. https://www.rfc-editor.org/rfc/rfc9068 */
export type Claims = {
	readonly iss: string;
	readonly aud: string;
	readonly sub: string;
	readonly userId: string;
	readonly roles: readonly Role[];
	readonly tenantId?: string;
	readonly tenantSlug?: string;
	readonly scope: string;
	readonly fhirUser?: string;
	readonly patient?: string;
	readonly jti: string;
	readonly iat: number;
	readonly exp: number;
};

/** Signs and verifies compact JWTs; given from outside, as the library is the HTTP server's. */
export type TokenCodec = {
	sign(claims: Claims, key: SigningKey): string;
	/** The key id in the header of a token that is not verified yet. @throws when it is no token. */
	keyId(token: string): string | undefined;
	/** Checks signature, algorithm, issuer, audience and expiry. @throws; `code` "FAST_JWT_EXPIRED" when it has expired. */
	verify(token: string, key: SigningKey, expected: { readonly iss: string; readonly aud: string }): Claims;
};

/** Seconds that an access token lives. */
export const ACCESS_SECONDS = 15 * 60;

/** Who a token is for; without `tenantId` somebody of the platform. */
export type Subject = {
	readonly userId: string;
	readonly roles: readonly Role[];
	readonly tenantId?: string;
	readonly tenantSlug?: string;
};

/** The claims of a new access token; `issuer` is the base URL of the server. */
export function claimsFor({ userId, roles, tenantId, tenantSlug }: Subject, issuer: string): Claims {
	const iat = Math.floor(Date.now() / 1000);
	return {
		iss: issuer,
		aud: issuer,
		sub: userId,
		userId,
		roles,
		...(tenantId === undefined ? {} : { tenantId, tenantSlug }),
		scope: scopeOf(roles),
		...(tenantSlug === undefined ? {} : { fhirUser: `${issuer}/t/${tenantSlug}/fhir/Practitioner/${userId}` }),
		jti: newId(),
		iat,
		exp: iat + ACCESS_SECONDS,
	};
}

const INVALID = "The access token is not valid: sign in again.";

/** The claims of a token that one of our keys signed. @throws Problem `expired` or `unauthenticated`. */
export function readToken(token: string, codec: TokenCodec, keys: KeyRing, issuer: string): Claims {
	try {
		const key = keys.find(codec.keyId(token) ?? "");
		if (key === undefined) throw new Problem("unauthenticated", INVALID);
		return codec.verify(token, key, { iss: issuer, aud: issuer });
	} catch (error) {
		if (error instanceof Problem) throw error;
		const { code } = error as { code?: string };
		if (code === "FAST_JWT_EXPIRED") throw new Problem("expired", "The access token has expired: refresh it.");
		throw new Problem("unauthenticated", INVALID, code);
	}
}
