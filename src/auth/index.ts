export type { Auth, AuthOptions, Credentials, Tokens } from "./auth.ts";
export { createAuth } from "./auth.ts";
export type { KeyRing, SigningKey } from "./keys.ts";
export { openKeyRing, rotateKeys } from "./keys.ts";
export { scopeOf } from "./scope.ts";
export type { Claims, TokenCodec } from "./token.ts";
