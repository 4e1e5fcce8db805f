import { LRUCache } from "lru-cache";
import { type Caller, Problem } from "../kernel/index.ts";
import type { Tenancy } from "../tenancy/index.ts";
import { createAttempts } from "./attempts.ts";
import type { KeyRing, SigningKey } from "./keys.ts";
import { scopeOf } from "./scope.ts";
import { ACCESS_SECONDS, type Claims, claimsFor, readToken, type Subject, type TokenCodec } from "./token.ts";

/** The answer to a sign-in or a refresh. https://www.rfc-editor.org/rfc/rfc6749#section-5.1 */
export type Tokens = {
	readonly access_token: string;
	readonly token_type: "Bearer";
	readonly expires_in: number;
	readonly refresh_token: string;
	readonly scope: string;
};

/** `tenant` is a slug; people of the platform, and of one clinic only, may leave it out. `origin` is the client's address. */
export type Credentials = {
	readonly email: string;
	readonly password: string;
	readonly tenant?: string;
	readonly origin: string;
};

/** Sign-in, and who is asking. */
export type Auth = {
	/** @throws Problem `unauthenticated` with one text for every cause, or `throttled`. */
	login(credentials: Credentials): Promise<Tokens>;
	/** @throws Problem `unauthenticated`; a token shown twice ends its family. */
	refresh(refreshToken: string): Promise<Tokens>;
	/** Ends a refresh token's family; never fails. */
	logout(refreshToken: string): Promise<void>;
	/** Who an access token speaks for, by the roles that they have now. @throws Problem `unauthenticated`, `expired`, `suspended`. */
	authenticate(token: string | undefined): Promise<Caller>;
	/** An access token for a person, without a password: for the administrator's command line. @throws Problem `not-found`. */
	issue(email: string, tenant?: string): Promise<string>;
	/** The public keys. https://www.rfc-editor.org/rfc/rfc7517#section-5 */
	jwks(): { keys: SigningKey["jwk"][] };
	readonly issuer: string;
};

/** `issuer` is the base URL of the server, `iss` and `aud` of every token. */
export type AuthOptions = {
	readonly tenancy: Tenancy;
	readonly keys: KeyRing;
	readonly codec: TokenCodec;
	readonly issuer: string;
};

/** A caller is asked about again after this; with the directory's own 10 s a change elsewhere is seen within 20 s. */
const FRESH_MS = 10_000;
const TOKENS_KEPT = 5_000;

const REFUSED =
	"Sign-in failed: check e-mail address, password and clinic (tenant); who works in several clinics must name one.";
const REFRESH_REFUSED = "The refresh token is not valid any more: sign in again.";

type Verified = { readonly claims: Claims; caller: Caller | undefined; freshUntil: number; revision: number };

export function createAuth({ tenancy, keys, codec, issuer }: AuthOptions): Auth {
	const attempts = createAttempts();
	const verified = new LRUCache<string, Verified>({ max: TOKENS_KEPT });
	const accessToken = (subject: Subject): string => codec.sign(claimsFor(subject, issuer), keys.signing());
	const tokens = (subject: Subject, refreshToken: string): Tokens => ({
		access_token: accessToken(subject),
		token_type: "Bearer",
		expires_in: ACCESS_SECONDS,
		refresh_token: refreshToken,
		scope: scopeOf(subject.roles),
	});
	const verify = (token: string): Verified => {
		const claims = readToken(token, codec, keys, issuer);
		const entry = { claims, caller: undefined, freshUntil: 0, revision: 0 };
		verified.set(token, entry);
		return entry;
	};
	return {
		issuer,
		async login({ origin, ...credentials }) {
			attempts.check(credentials.email, origin);
			const identity = await tenancy.checkCredentials(credentials);
			if (identity === undefined) {
				attempts.failed(credentials.email, origin);
				throw new Problem("unauthenticated", REFUSED);
			}
			attempts.succeeded(credentials.email, origin);
			return tokens(identity, await tenancy.startFamily(identity));
		},
		async refresh(refreshToken) {
			const rotation = await tenancy.rotate(refreshToken);
			if (rotation.kind !== "rotated") throw new Problem("unauthenticated", REFRESH_REFUSED, rotation.kind);
			const { userId, tenantId, token } = rotation;
			const standing = await tenancy.standingNow(userId, tenantId);
			if (!standing.active || !standing.open) {
				await tenancy.endFamily(token);
				throw new Problem("unauthenticated", REFRESH_REFUSED, "inactive");
			}
			return tokens({ userId, tenantId, tenantSlug: standing.tenantSlug, roles: standing.roles }, token);
		},
		logout: (refreshToken) => tenancy.endFamily(refreshToken),
		async authenticate(token) {
			if (!token) throw new Problem("unauthenticated", "Sign in and send the access token as a bearer token.");
			const entry = verified.get(token) ?? verify(token);
			const now = Date.now();
			if (entry.claims.exp * 1000 <= now) {
				verified.delete(token);
				throw new Problem("expired", "The access token has expired: refresh it.");
			}
			const revision = tenancy.revision();
			if (entry.caller !== undefined && entry.freshUntil > now && entry.revision === revision) return entry.caller;
			const { userId, tenantId } = entry.claims;
			const caller = callerOf(entry.claims, await tenancy.standing(userId, tenantId));
			Object.assign(entry, { caller, freshUntil: now + FRESH_MS, revision });
			return caller;
		},
		async issue(email, tenant) {
			const identity = await tenancy.findIdentity(email, tenant);
			if (identity === undefined) throw new Problem("not-found", "No active person with this e-mail address there.");
			return accessToken(identity);
		},
		jwks: () => ({ keys: keys.all().map(({ jwk }) => jwk) }),
	};
}

function callerOf(claims: Claims, standing: Awaited<ReturnType<Tenancy["standing"]>>): Caller {
	if (!standing.open) throw new Problem("suspended", "The clinic is suspended: ask the platform's administrator.");
	if (!standing.active) throw new Problem("unauthenticated", "This sign-in has ended: ask your administrator.");
	const { userId, tenantId, scope } = claims;
	const tenant = tenantId === undefined ? {} : { tenantId, tenantSlug: standing.tenantSlug };
	return { userId, roles: standing.roles, ...tenant, scope };
}
