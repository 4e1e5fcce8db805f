import jwt from "@fastify/jwt";
import type { FastifyInstance } from "fastify";
import type { Claims, KeyRing, TokenCodec } from "../auth/index.ts";

/** Registers @fastify/jwt on `app` and gives its signing and verifying, with the key chosen for each token. */
export async function tokenCodec(app: FastifyInstance, keys: KeyRing): Promise<TokenCodec> {
	const { privatePem, publicPem, algorithm } = keys.signing();
	await app.register(jwt, { secret: { private: privatePem, public: publicPem }, sign: { algorithm } });
	return {
		sign: (claims, key) => app.jwt.sign({ ...claims }, { key: key.privatePem, algorithm: key.algorithm, kid: key.kid }),
		keyId: (token) => app.jwt.decode<{ header: { kid?: string } }>(token, { complete: true })?.header.kid,
		verify: (token, key, { iss, aud }) =>
			app.jwt.verify<Claims>(token, {
				key: key.publicPem,
				algorithms: [key.algorithm],
				allowedIss: iss,
				allowedAud: aud,
				requiredClaims: ["iss", "aud", "sub", "userId", "exp", "iat"],
			}),
	};
}
